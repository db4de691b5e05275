"""What was let in and is known to be bad by now: every served file looked into with today's rules, and who got it.

A scan is recorded with the rules that made it, so looking again goes on where it was broken off. A file that turns out bad is
refused from then on, from our own copies too: each request is judged by the scan of today's rules.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from pratique.errors import NotFound
from pratique.facts.severity import worst
from pratique.flow.record.find import Found, Wanted, find
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Digest
from pratique.model.decision import Verdict
from pratique.model.event import Decided, Requested
from pratique.model.evidence import Alarm, Scan, Unknown

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


async def _let_in(world: World) -> AsyncIterator[Found]:
    async for each in find(world.store, Wanted(("type=decided",))):
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
