"""What is known of one file: first what its index says, then what its bytes show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from pratique.errors import InvalidInput, LimitExceeded, NotFound, Unavailable
from pratique.facts.evidence import Evidence
from pratique.facts.gather import further, silent
from pratique.facts.questions.hashes import HASHES, Hashes
from pratique.facts.questions.listing import Listing, ListingState
from pratique.facts.questions.release_diff import RELEASE_DIFF
from pratique.facts.questions.scan import SCAN
from pratique.flow.gate.comparison import compared
from pratique.flow.listings import KnownProject, is_at
from pratique.flow.requester import FileRequest
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import Artifact, Digest, ProjectName
from pratique.model.evidence import Scan, Tier, Unknown
from pratique.model.listing import ListedFile
from pratique.model.sight import Remembered


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """One file, as far as it is known. `entry` is its line on the page, None when it is not listed (any more)."""

    artifact: Artifact
    evidence: Evidence
    project: KnownProject | None
    entry: ListedFile | None
    blob: Digest | None = None


async def locate(world: World, ask: FileRequest) -> FileEvidence:
    """What the index tier knows of the file asked for.

    An index that does not answer, or sends a page that cannot be read, leaves everything unknown: policy says what follows.
    Raises `NotFound` for a file that is not listed and never was, or is listed by two projects, `Gone` for one that was deleted
    from the own index, and `InvalidInput` for a name
    that is no file of any project.
    """
    project = await _project(world, ask)
    if isinstance(project, _Silent):
        kind, name = world.ecosystem.kind, project.name
        artifact = Artifact(kind, name, world.ecosystem.file(ask.filename, name).version, ask.filename)
        nothing = silent(kind, Tier.INDEX, Unknown(f"index {ask.index}", project.why))
        return FileEvidence(artifact, nothing, None, None)
    if world.own is not None and project.index == world.own.name:
        await world.own.check_there(project.project, ask.filename)
    candidate, entry = project.candidates[ask.filename], project.entries.get(ask.filename)
    if entry is None or is_at(entry.path, ask.path):
        return FileEvidence(candidate.artifact, candidate.evidence, project, entry)
    remembered = project.remembered.get(ask.filename)
    if remembered is None or not is_at(remembered.path, ask.path):
        raise NotFound(f"index {ask.index} lists {ask.filename} at another path", advice="refresh the lock file")
    moved = Listing(ListingState.VANISHED, "the index now lists another file under this name")
    evidence = msgspec.structs.replace(candidate.evidence, listing=moved)
    return FileEvidence(candidate.artifact, evidence, project, None)


@dataclass(frozen=True, slots=True)
class _Silent:
    """A project of which nothing can be found out at present."""

    name: ProjectName
    why: str


async def _project(world: World, ask: FileRequest) -> KnownProject | _Silent:
    """The one project that lists the file, or once did.

    A file name alone may fit several projects. The listings settle it, and a file that two of them claim is nobody's.
    """
    found: list[KnownProject] = []
    quiet: list[_Silent] = []
    nowhere = NotFound(
        f"index {ask.index} lists no file {ask.filename}", advice="refresh the lock file, then try again"
    )
    for name in world.ecosystem.projects(ask.filename):
        try:
            known = await world.pages.find(name, ask.index if ask.index in world.pages.explicit else "")
        except NotFound:
            continue
        except (Unavailable, InvalidInput) as error:
            quiet.append(_Silent(name, str(error)))
            continue
        if known.index != ask.index:
            nowhere = NotFound(f"{name} is served by the index {known.index}, not by {ask.index}")
        elif ask.filename in known.candidates:
            found.append(known)
    here = [known for known in found if known.file_at(ask.path) is not None] or found
    if len(here) > 1:
        raise NotFound(f"{ask.filename} is listed by {here[0].project} and by {here[1].project}, and so by nobody")
    if here:
        return here[0]
    if quiet:
        return quiet[0]
    raise nowhere


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
    scan = await world.scanning.run(blob, lambda: _scan(world, file.artifact, blob))
    diff = await compared(world, file.artifact, file.project, scan)
    return replace(file, evidence=_read(file, {HASHES.id: received, SCAN.id: scan, RELEASE_DIFF.id: diff}), blob=blob)


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


async def _scan(world: World, artifact: Artifact, blob: Digest) -> Scan | Unknown:
    """What the scanner sees, from memory where the same rules have looked at the same bytes."""
    kept = await world.memory.scanned(blob, world.scanner.rules)
    if kept is not None:
        return kept
    scan = await world.scanner.scan(artifact.file, blob, artifact.project)
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
    world.scanner.prepare()
    key = (project.index, entry.url, known.published)
    return await world.fetching.run(key, lambda: _fetch(world, project.index, entry, known))


async def _fetch(world: World, index: str, entry: ListedFile, known: Hashes) -> Digest:
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
