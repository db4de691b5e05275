"""What is known of one file: first what its index says, then what its bytes show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from pratique.ecosystems.pypi.entries import FileEntry
from pratique.ecosystems.pypi.filenames import parse_filename
from pratique.errors import InvalidInput, LimitExceeded, NotFound, Unavailable
from pratique.facts.evidence import Evidence
from pratique.facts.gather import further, silent
from pratique.facts.questions.hashes import HASHES, Hashes
from pratique.facts.questions.listing import Listing, ListingState
from pratique.facts.questions.scan import SCAN
from pratique.flow.listings import KnownProject
from pratique.flow.requester import FileRequest
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import Artifact, Digest, Ecosystem
from pratique.model.evidence import Scan, Tier, Unknown
from pratique.model.sight import Remembered


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """One file, as far as it is known. `entry` is its line on the page, None when it is not listed (any more)."""

    artifact: Artifact
    evidence: Evidence
    project: KnownProject | None
    entry: FileEntry | None
    blob: Digest | None = None


async def locate(world: World, ask: FileRequest) -> FileEvidence:
    """What the index tier knows of the file asked for.

    An index that does not answer, or sends a page that cannot be read, leaves everything unknown: policy says what follows.
    Raises `NotFound` for a file that is not listed and never was, and `InvalidInput` for a name that is no file of the project.
    """
    parsed = parse_filename(ask.filename)
    artifact = Artifact(Ecosystem.PYPI, ask.project, parsed.version, ask.filename)
    try:
        project = await world.pages.find(ask.project)
    except (Unavailable, InvalidInput) as error:
        nothing = silent(artifact.kind, Tier.INDEX, Unknown(f"index {ask.index}", str(error)))
        return FileEvidence(artifact, nothing, None, None)
    if project.index != ask.index:
        raise NotFound(f"{ask.project} is served by the index {project.index}, not by {ask.index}")
    entry, candidate = project.entries.get(ask.filename), project.candidates.get(ask.filename)
    if candidate is None:
        raise NotFound(
            f"index {ask.index} lists no file {ask.filename}", advice="refresh the lock file, then try again"
        )
    if entry is not None and entry.path == ask.path:
        return FileEvidence(artifact, candidate.evidence, project, entry)
    if entry is None:
        return FileEvidence(artifact, candidate.evidence, project, None)
    remembered = project.remembered.get(ask.filename)
    if remembered is None or remembered.path != ask.path:
        raise NotFound(f"index {ask.index} lists {ask.filename} at another path", advice="refresh the lock file")
    moved = Listing(ListingState.VANISHED, "the index now lists another file under this name")
    return FileEvidence(artifact, msgspec.structs.replace(candidate.evidence, listing=moved), project, None)


async def read(world: World, material: FileEvidence) -> FileEvidence:
    """The same file with its bytes fetched, hashed and looked into: once per digest, whoever asks first."""
    entry, evidence = material.entry, material.evidence
    known = evidence.hashes if isinstance(evidence.hashes, Hashes) else Hashes(published=None)
    expected = known.published or known.remembered
    try:
        blob = await _held(world, expected) or await _fetched(world, material)
    except (NotFound, Unavailable, LimitExceeded) as error:
        return replace(material, evidence=_read(material, {SCAN.id: Unknown("file", str(error))}))
    if entry is not None and material.project is not None and known.published is None and known.remembered is None:
        first = Remembered(entry.filename, entry.version, blob, entry.path, world.clock.now())
        await world.memory.remember(material.project.index, material.artifact.kind, material.project.project, [first])
    scan = await world.scanning.run(blob, lambda: _scan(world, material.artifact.file, blob))
    seen = {HASHES.id: msgspec.structs.replace(known, received=blob), SCAN.id: scan}
    return replace(material, evidence=_read(material, seen), blob=blob)


def _read(material: FileEvidence, answers: Mapping[str, object]) -> Evidence:
    """What the index tier knew, and what the bytes showed."""
    return further(material.artifact.kind, Tier.BYTES, material.evidence, answers)


async def _scan(world: World, filename: str, blob: Digest) -> Scan | Unknown:
    """What the scanner sees, from memory where the same rules have looked at the same bytes."""
    kept = await world.memory.scanned(blob, world.scanner.rules)
    if kept is not None:
        return kept
    scan = await world.scanner.scan(filename, blob)
    if isinstance(scan, Scan):
        await world.memory.keep_scan(blob, scan)
    return scan


async def _held(world: World, digest: Digest | None) -> Digest | None:
    if digest is None:
        return None
    try:
        await world.blobs.size(digest)
    except NotFound:
        return None
    return digest


async def _fetched(world: World, material: FileEvidence) -> Digest:
    entry, project = material.entry, material.project
    if entry is None or project is None:
        raise NotFound("the index does not list the file, and no copy of it is held here")
    return await world.fetching.run((project.index, entry.url), lambda: _fetch(world, project.index, entry))


async def _fetch(world: World, index: str, entry: FileEntry) -> Digest:
    async with (
        world.upstreams[index].open(entry.url, bytes_max=limits.FILE_BYTES_MAX) as stream,
        world.blobs.writer() as writer,
    ):
        async for chunk in stream.chunks():
            await writer.write(chunk)
        return await writer.commit()
