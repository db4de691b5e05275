"""What was let in and is known to be bad by now: every served file looked into with today's rules, and who got it.

A scan is recorded with the rules that made it, so looking again goes on where it was broken off. A file that turns out bad is
refused from then on, from our own copies too: each request is judged by the scan of today's rules. The same is true of what
feeds of advisories say by now.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from pratique.errors import NotFound, Unavailable
from pratique.facts.advisories.matching import match
from pratique.facts.gather import gather
from pratique.facts.questions.advisories import ADVISORIES
from pratique.facts.severity import worst
from pratique.flow.record.find import Found, Wanted, find
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest, ProjectName, VersionText
from pratique.model.decision import Reason, Verdict
from pratique.model.event import Decided, Requested
from pratique.model.evidence import Alarm, Scan, Tier, Unknown
from pratique.model.scope import Scope
from pratique.policy.condition import Case
from pratique.record.entry import project_term, release_term

_LAST: Final = "\U0010ffff"
_NO_BLOCK: Final = 1 << 62
"""Behind every block of a term."""

Progress = Callable[[int, int], None]
"""Told how many files are done, and how many there are."""


@dataclass(slots=True)
class Served:
    """A file that was let in, under each name it had, and the entries by which it was, newest first."""

    digest: Digest
    artifacts: list[Artifact] = field(default_factory=list)
    entries: list[Found] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rescan:
    """What came of looking again: how many files were served, looked into anew, and could not be (with the reason for one)."""

    served: int
    looked: int
    unread: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A file that was let in and is no longer good, with the scan that says so."""

    served: Served
    scan: Scan


@dataclass(frozen=True, slots=True)
class Advised:
    """A release that was let in, what is known against it by now, and the entries by which it was let in, newest first."""

    artifact: Artifact
    reason: Reason
    entries: list[Found]


async def served(store_world: World) -> dict[Digest, Served]:
    """Every file that was ever let in, by its digest, in the order in which it was last let in."""
    found: dict[Digest, Served] = {}
    async for each in _let_in(store_world):
        event = each.event
        if not isinstance(event, Decided) or event.digest is None:
            continue
        file = found.setdefault(event.digest, Served(event.digest))
        file.entries.append(each)
        if event.artifact not in file.artifacts:
            file.artifacts.append(event.artifact)
    return found


async def rescan(world: World, progress: Progress = lambda done, of: None) -> Rescan:  # noqa: ARG005 - says nothing
    """Look into every served file that today's rules have not seen. Files that are no longer held cannot be."""
    files = await served(world)
    looked = unread = 0
    why = ""
    for done, file in enumerate(files.values(), 1):
        if await world.memory.scanned(file.digest, world.scanner.rules) is None:
            answer = await _look(world, file)
            if isinstance(answer, Scan):
                await world.memory.keep_scan(file.digest, answer)
                looked += 1
            else:
                unread, why = unread + 1, why or f"{file.artifacts[0].file}: {answer.why}"
        progress(done, len(files))
    return Rescan(len(files), looked, unread, why)


async def recalls(world: World) -> list[Recalled]:
    """Served files that today's rules find suspicious or worse, the worst first; but for those let in by a waiver, knowingly."""
    found: list[Recalled] = []
    for file in (await served(world)).values():
        scan = await world.memory.scanned(file.digest, world.scanner.rules)
        if scan is not None and worst(scan) is not Alarm.NONE and not _knowingly(file):
            found.append(Recalled(file, scan))
    return sorted(found, key=lambda each: -worst(each.scan))


async def advised(world: World, packages: Iterable[tuple[str, str]] | None = None) -> list[Advised]:
    """Releases that were let in and that the policy would refuse today for what is known against them, the worst first.

    `packages` (kind, name) narrows them down to those of which something else is known now. What was let in by a waiver,
    knowingly, is left out. Raises `Unavailable` where the advisories cannot be read.
    """
    kind = world.ecosystem.kind
    condition = next((each for each in world.policy.conditions if each.id == ADVISORIES.id), None)
    if condition is None:
        return []
    names = await world.advisories.packages(kind) if packages is None else [name for of, name in packages if of == kind]
    found: list[Advised] = []
    for name in names:
        versions = await _versions_let_in(world, name)
        about = await world.advisories.about(kind, name) if versions else None
        if about is None:
            continue
        if isinstance(about, Unknown):
            raise Unavailable(about.why, advice="pratique advisories show")
        matched = match(about, versions, world.ecosystem.version)
        for version in matched.against:
            artifact = Artifact(kind, ProjectName(name), version)
            evidence = gather(kind, Tier.INDEX, {ADVISORIES.id: matched.advisories(version)})
            reason = condition.judge(Case(artifact, evidence, Scope(world.scope), world.clock.now()))
            if reason.verdict is Verdict.ALLOW:
                continue
            release = release_term(project_term(kind, name), version)
            entries = [each async for each in _let_in(world, release) if not _used(each)]
            if entries:
                found.append(Advised(artifact, reason, entries))
    return sorted(found, key=lambda each: (-each.reason.verdict, each.artifact.purl))


async def _versions_let_in(world: World, name: str) -> list[VersionText]:
    """The versions of a project that the record speaks of."""
    begun = release_term(project_term(world.ecosystem.kind, name), "")
    versions: list[VersionText] = []
    after: tuple[str, int] | None = None
    while found := await world.store.terms(begun, begun + _LAST, after=after, most=1):
        versions.append(VersionText(found[0][0].removeprefix(begun)))
        after = found[0][0], _NO_BLOCK
    return versions


def _used(found: Found) -> bool:
    return isinstance(found.event, Decided) and bool(found.event.used)


async def _let_in(world: World, *terms: str) -> AsyncIterator[Found]:
    async for each in find(world.store, Wanted(("type=decided", *terms))):
        event = each.event
        if isinstance(event, Decided) and event.enforced is Verdict.ALLOW and event.requested is Requested.FILE:
            yield each


def _knowingly(file: Served) -> bool:
    return all(isinstance(each.event, Decided) and each.event.used for each in file.entries)


async def _look(world: World, file: Served) -> Scan | Unknown:
    try:
        await world.blobs.size(file.digest)
    except NotFound:
        return Unknown("scanner", "it is no longer held here")
    artifact = file.artifacts[0]
    return await world.scanner.scan(artifact.file, file.digest, artifact.project)
