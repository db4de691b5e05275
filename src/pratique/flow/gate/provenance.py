"""Who attested a file that is asked for: its attestations read, verified, and held against those of the release before it.

A page says which files are attested. What an attestation says is looked up for the one file that somebody wants, before its bytes
are fetched. It can only make a no out of a yes: nothing is let in for being attested, and nothing is spared the scanner.
"""

from dataclasses import replace

from pratique.errors import PratiqueError
from pratique.facts.continuity import attested_before, compared
from pratique.facts.questions.provenance import PROVENANCE, Break, Continuity, Provenance
from pratique.flow.gate.file_evidence import FileEvidence
from pratique.flow.listings import KnownProject
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import VersionText
from pratique.model.evidence import Unknown
from pratique.model.listing import ListedFile
from pratique.model.provenance import Identity, Rejected, Verified
from pratique.model.text import clean


async def attest(world: World, file: FileEvidence) -> FileEvidence:
    """The same file with its attestation verified; as it was where it has none."""
    known = file.evidence.provenance
    if not isinstance(known, Provenance) or file.project is None or file.entry is None or not file.entry.provenance:
        return file
    answer = await _answer(world, file.project, file.entry)
    return replace(file, evidence=PROVENANCE.put(file.evidence, answer))


async def _answer(world: World, project: KnownProject, entry: ListedFile) -> Provenance | Unknown:
    before = attested_before(project.page.files, entry, world.ecosystem.version)
    compared_with = VersionText("") if before is None else before.version
    own = await _signed(world, project, entry)
    match own:
        case Rejected():
            why = clean(f"{own.reason}: {own.why}")
            return Provenance(Continuity.BROKEN, (Break.REJECTED,), compared=compared_with, why=why)
        case Unknown() if before is None:
            return own
        case Unknown():
            return Provenance(Continuity.BROKEN, (Break.UNREAD,), compared=compared_with, why=own.why)
        case _:
            pass
    publisher = _publisher(own[0].identity)
    if before is None:
        return Provenance(Continuity.CONTINUOUS, verified=True, publisher=publisher)
    earlier = await _signed(world, project, before)
    if isinstance(earlier, Rejected | Unknown):
        why = clean(f"{before.filename}: {earlier.why}")
        return Provenance(
            Continuity.BROKEN, (Break.UNREAD,), verified=True, publisher=publisher, compared=compared_with, why=why
        )
    breaks = compared(
        [each.identity for each in own], [each.identity for each in earlier], entry.version, before.version
    )
    state = Continuity.BROKEN if set(breaks) - {Break.RENAMED} else Continuity.CONTINUOUS
    was = f"it was {_publisher(earlier[0].identity)}" if breaks else ""
    return Provenance(state, breaks, verified=True, publisher=publisher, compared=compared_with, why=clean(was))


async def _signed(world: World, project: KnownProject, entry: ListedFile) -> tuple[Verified, ...] | Rejected | Unknown:
    """Who signed a file; unknown where its attestation could not be had, or the index states no digest to hold it against."""
    if entry.digest is None:
        return Unknown(PROVENANCE.source, "the index states no digest of the file")
    try:
        document = await _document(world, project.index, entry.provenance)
    except PratiqueError as error:
        return Unknown(PROVENANCE.source, clean(str(error)))
    return await world.attestations.verify(world.ecosystem.kind, entry.filename, entry.digest, document)


async def _document(world: World, index: str, url: str) -> bytes:
    """Raises `NotFound`, `Unavailable` and `LimitExceeded`."""
    kept = world.provenance.get((index, url))
    if kept is not None:
        return kept
    fetched = await world.upstreams[index].get(url, accept="application/json", bytes_max=limits.PROVENANCE_BYTES_MAX)
    world.provenance.put((index, url), fetched.body, len(fetched.body))
    return fetched.body


def _publisher(identity: Identity) -> str:
    """Who that is, in short: the repository with its workflow, or the account."""
    if not identity.repository:
        return f"{identity.kind} {identity.account}".rstrip()
    return f"{identity.repository} ({identity.workflow or identity.kind})"
