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


async def read(world: World, file: FileEvidence) -> FileEvidence:
    """The same file with its bytes fetched, hashed and looked into: once per digest, whoever asks first.

    Bytes without the digest that the index states are not kept, so there is nothing to serve whatever policy says of them. Of
    a file without a stated digest the first bytes that came whole count, from then on: other ones later are not the file.
    """
    known = await _hashes_now(world, file)
    try:
        blob = await _held(world, known.published or known.remembered) or await _fetched(world, file, known)
    except (NotFound, Unavailable, LimitExceeded) as error:
        return replace(file, evidence=_read(file, {SCAN.id: Unknown("file", str(error))}))
    if known.published is None and known.remembered is None:
        await _remember(world, file, blob)
        known = await _hashes_now(world, file)
    received = msgspec.structs.replace(known, received=blob)
    if known.published is not None and blob != known.published:
        unread = Unknown("file", "its bytes are not those that the index announces, so nobody looked into them")
        return replace(file, evidence=_read(file, {HASHES.id: received, SCAN.id: unread}))
    scan = await world.scanning.run(blob, lambda: _scan(world, file.artifact.file, blob))
    return replace(file, evidence=_read(file, {HASHES.id: received, SCAN.id: scan}), blob=blob)


async def _hashes_now(world: World, file: FileEvidence) -> Hashes:
    """What is known of the file's digest. Where its page states none, it may have been seen since that was read."""
    hashes = file.evidence.hashes
    known = hashes if isinstance(hashes, Hashes) else Hashes(published=None)
    if known.published is not None or known.remembered is not None or file.project is None:
        return known
    seen = (await world.memory.remembered(file.project.index, file.project.project)).get(file.artifact.file)
    return known if seen is None else msgspec.structs.replace(known, remembered=seen.digest)


async def _remember(world: World, file: FileEvidence, blob: Digest) -> None:
    """Remember the first sight of a file; what was remembered meanwhile stays."""
    entry, project = file.entry, file.project
    if entry is not None and project is not None:
        first = Remembered(entry.filename, entry.version, blob, entry.path, world.clock.now())
        await world.memory.remember(project.index, file.artifact.kind, project.project, [first])


def _read(file: FileEvidence, answers: Mapping[str, object]) -> Evidence:
    """What the index tier knew, and what the bytes showed."""
    return further(file.artifact.kind, Tier.BYTES, file.evidence, answers)


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


async def _fetched(world: World, file: FileEvidence, known: Hashes) -> Digest:
    entry, project = file.entry, file.project
    if entry is None or project is None:
        raise NotFound("the index does not list the file, and no copy of it is held here")
    key = (project.index, entry.url, known.published)
    return await world.fetching.run(key, lambda: _fetch(world, project.index, entry, known))


async def _fetch(world: World, index: str, entry: FileEntry, known: Hashes) -> Digest:
    """Fetch a file, and keep it if it has the digest the index states. One of no known digest must be as long as listed."""
    received = 0
    async with (
        world.upstreams[index].open(entry.url, bytes_max=limits.FILE_BYTES_MAX) as stream,
        world.blobs.writer() as writer,
    ):
        async for chunk in stream.chunks():
            received += len(chunk)
            await writer.write(chunk)
        is_first_sight = known.published is None and known.remembered is None
        if is_first_sight and (not received or entry.size not in (None, received)):
            raise Unavailable(f"index {index} sent {received} bytes of a file it lists with {entry.size}")
        return await writer.commit(known.published)
