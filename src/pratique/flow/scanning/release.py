"""The files of a release, fetched from the index that has it and looked into, whatever policy would say of them."""

from collections.abc import AsyncIterator

from pratique.errors import NotFound
from pratique.facts.looked import Looked
from pratique.facts.questions.hashes import Hashes
from pratique.flow.gate.file_evidence import FileEvidence, read
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest
from pratique.model.evidence import Scan, Unknown


async def look_into_release(world: World, release: Artifact) -> AsyncIterator[Looked]:
    """Every file of a release with what the scanner sees in it; the one that is named, where one is.

    They are fetched, remembered and kept as a gate does it; nothing is judged, and nothing handed over. Raises `NotFound` for a
    release or a file that no index has, and `Unavailable` when the index keeps silent.
    """
    known = await world.pages.find(release.name)
    files = [each for each in known.candidates.values() if each.artifact.version == release.version]
    files = [each for each in files if release.file in ("", each.artifact.file)]
    if not files:
        raise NotFound(f"index {known.index} lists no {release.file or release.label}", advice="check the version")
    for candidate in files:
        entry = known.entries.get(candidate.artifact.file)
        file = await read(world, FileEvidence(candidate.artifact, candidate.evidence, known, entry))
        hashes, scan = file.evidence.hashes, file.evidence.scan
        received = hashes.received if isinstance(hashes, Hashes) else None
        seen = scan if isinstance(scan, Scan | Unknown) else Unknown("scanner", "the file was not looked at")
        filename = candidate.artifact.file
        yield Looked(path=filename, digest=received or Digest(""), scan=seen, filename=filename)
