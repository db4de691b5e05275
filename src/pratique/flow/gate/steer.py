"""A project page through the sentence: judge every file the index lists, record what is held back, serve the rest as it is.

The page is never refused. A file that policy holds stays listed, but in such a way that a client passes it over and takes the
newest one that is allowed; whoever insists on it meets the refusal of the file itself (`flow/gate/admit.py`). Two files would
undo that, and are marked too: a preview beside a held final, which clients take for want of the final, and a held file whose
version can still be built from sources, because clients read the metadata of files they pass over.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from heapq import nlargest
from typing import Any

from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.gate.judge import Judged, judge, record, recorded
from pratique.flow.listings import KnownProject, beside
from pratique.flow.observer import Notice
from pratique.flow.people.waivers import usable_waivers
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.canonical import digest_of
from pratique.model.decision import Verdict
from pratique.model.event import Requested, Steered
from pratique.model.listing import ListedFile
from pratique.model.scope import Mode, Scope
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.decide import changes_at, suspects, verdict
from pratique.record.state import View, page_key


@dataclass(frozen=True, slots=True, weakref_slot=True)
class SteeredPage:
    """A project's page, and what is different on it from what its index says, by file name (enforcing scopes only).

    `held` are the files that are held back; only the newest of them have an account (`STEERED_DECISIONS_MAX`), the others None.
    `previews` are passed over unless somebody asks for their version, `hidden` are held files that are not listed.
    """

    known: KnownProject
    held: Mapping[str, Judged | None]
    previews: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Adverse:
    """The files whose verdict is not ALLOW: the newest with an account, newest first, and the names of the others."""

    newest: tuple[Judged, ...]
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Steering:
    """A page with what it was made from. The same is true of it from `since` until `until` (excluded; None: for good)."""

    page: SteeredPage
    adverse: Adverse
    missed: Notice | None
    since: datetime
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether judging at this moment, with all else the same, would give the same page in the same words."""
        return self.since == now or (self.since < now and (self.until is None or now < self.until))


async def steer(
    world: World, project: ProjectName, requester: Requester, *, runtime: str = "", index: str = ""
) -> SteeredPage:
    """Judge a project's files for one requester, with `index` as that one serves them.

    `runtime` is the version of what the files are for, where the client tells it. Raises `NotFound` when no index has the
    project, `Unavailable` when its index keeps silent, `InvalidInput` when the page cannot be read, and `NotRecorded` when what
    is held back could not be written down. `kept_pages` has the same for many who ask.
    """
    now = world.clock.now()
    known = await world.pages.find(project, index)
    waivers = await usable_waivers(world, now, requester)
    steering = await judge_page(world, known, requester.scope, now, waivers, runtime)
    await note(world, requester, steering, now)
    tell(world, steering)
    return steering.page


async def judge_page(
    world: World, known: KnownProject, scope: Scope, now: datetime, waivers: Sequence[Waiver], runtime: str
) -> Steering:
    """What is held of a project in a scope at a moment, and what follows from it for its page. Nothing is recorded."""
    alternatives = Alternatives(world, known, scope, now, waivers, runtime)
    return await beside(len(known.page.files), partial(_judged, world, known, alternatives))


def tell(world: World, steering: Steering) -> None:
    """Tell whoever looks on that a page is given out."""
    page = steering.page
    if page.held:
        world.observer.steered(page.known.project, len(page.held), steering.missed)
    if page.known.page.rejected:
        world.observer.rejected(page.known.project, page.known.page.rejected)


def _judged(world: World, known: KnownProject, alternatives: Alternatives) -> Steering:
    """What is held, what follows from it for the page, and the release that an unpinned install would have taken."""
    scope, now = alternatives.scope, alternatives.now
    listed = (known.candidates[file.filename] for file in known.page.files)
    until = changes_at(world.policy, (Case(each.artifact, each.evidence, scope, now) for each in listed))
    adverse = _adverse(world, known, alternatives)
    held: dict[str, Judged | None] = {}
    if world.policy.mode(scope.name) is Mode.ENFORCE:
        held = {one.decision.artifact.file: one for one in adverse.newest}
        held |= dict.fromkeys(adverse.more)
    if not held:
        return Steering(SteeredPage(known, held), adverse, None, now, until)
    offered = [file for file in known.page.files if file.yanked is False and file.filename not in held]
    page = SteeredPage(
        known,
        held,
        _previews_beside(world, known, held, offered, alternatives.runtime),
        _buildable(world, known, held, offered),
    )
    return Steering(page, adverse, _missed(world, page), now, until)


def _adverse(world: World, known: KnownProject, alternatives: Alternatives) -> Adverse:
    """Every file a client might take whose verdict is not ALLOW.

    What the index has yanked, every client passes over already, with the index's own reason; who pins it is answered when
    the file is asked for.
    """
    scope, now = alternatives.scope, alternatives.now
    offered = [known.candidates[file.filename] for file in known.page.files if file.yanked is False]
    found = suspects(world.policy, [Case(each.artifact, each.evidence, scope, now) for each in offered])
    more: list[str] = []
    if len(found) > limits.STEERED_DECISIONS_MAX:
        waivers = alternatives.waivers
        found = [case for case in found if verdict(world.policy, case, waivers=waivers) is not Verdict.ALLOW]
        more = [case.artifact.file for case in found]
    found = nlargest(limits.STEERED_DECISIONS_MAX, found, key=partial(_age, world))
    judged = (judge(world, case.artifact, case.evidence, alternatives) for case in found)
    newest = tuple(one for one in judged if one.decision.verdict is not Verdict.ALLOW)
    told = {one.decision.artifact.file for one in newest}
    return Adverse(newest, tuple(name for name in more if name not in told))


def _age(world: World, case: Case) -> tuple[bool, Any, str]:
    """Orders by version; what is no version comes last."""
    version = world.ecosystem.version(case.artifact.version)
    return (False, 0, case.artifact.file) if version is None else (True, version.key, case.artifact.file)


def _previews_beside(
    world: World, known: KnownProject, held: Mapping[str, Judged | None], offered: list[ListedFile], runtime: str
) -> frozenset[str]:
    """The previews that a client might take because a final is held: no final that works for it stands between the two.

    Whatever range somebody asks for, a preview in it then has no held final beside it that would have been taken instead.
    """
    read, runs_on = world.ecosystem.version, world.ecosystem.runs_on
    previews: dict[str, Any] = {}
    finals: set[Any] = set()
    for file in offered:
        version = read(file.version)
        if version is not None and version.preview:
            previews[file.filename] = version.key
        elif version is not None and runs_on(file.requires, runtime):
            finals.add(version.key)
    if not previews:
        return frozenset()
    versions = (read(file.version) for file in known.page.files if file.filename in held)
    missing = sorted({version.key for version in versions if version is not None and not version.preview} - finals)
    order = sorted(finals)

    def is_beside(key: Any) -> bool:  # noqa: ANN401 - keys are the ecosystem's own
        place = bisect_left(order, key)
        first = bisect_right(missing, order[place - 1]) if place else 0
        last = bisect_left(missing, order[place]) if place < len(order) else len(missing)
        return first < last

    return frozenset(name for name, key in previews.items() if is_beside(key))


def _buildable(
    world: World, known: KnownProject, held: Mapping[str, Judged | None], offered: list[ListedFile]
) -> frozenset[str]:
    """The held files whose version has sources that are offered: a client builds these, and never meets the others."""
    sources = {file.version for file in offered if file.kind == world.ecosystem.sources}
    return frozenset(file.filename for file in known.page.files if file.filename in held and file.version in sources)


async def note(world: World, requester: Requester, steering: Steering, now: datetime) -> None:
    """Write down what this requester is not given, once for as long as it stays the same, whichever client asks."""
    adverse, page = steering.adverse, steering.page
    known, newest = page.known, adverse.newest
    if not newest:
        return
    actor, machine = await recorded(world, requester)
    told = [*sorted(one.id for one in newest), *adverse.more]
    steered = Steered(
        at=now,
        actor=actor,
        machine=machine,
        kind=world.ecosystem.kind,
        project=known.project,
        scope=requester.scope,
        mode=world.policy.mode(requester.scope.name),
        held=tuple(one.decision.artifact.file for one in newest if one.decision.artifact.file in page.held),
        held_count=len(page.held),
        files_count=len(known.candidates),
        rejected_count=len(known.page.rejected),
        policy=world.policy.digest,
        decisions=digest_of("\n".join(told).encode()),
    )
    if await world.ledger.row(View.PAGE, page_key(steered)) != steered.decisions.encode():
        await record(world, requester, newest, Requested.PAGE, steered)


def _missed(world: World, page: SteeredPage) -> Notice | None:
    """The newest final release, if a file of it is held back: the one an unpinned install would have taken."""
    versions = (world.ecosystem.version(file.version) for file in page.known.page.files if file.yanked is False)
    finals = (version for version in versions if version is not None and not version.preview)
    newest = max(finals, key=lambda version: version.key, default=None)
    if newest is None:
        return None
    accounts = (one for one in page.held.values() if one is not None)
    found = next((one for one in accounts if one.decision.artifact.version == newest.text), None)
    return None if found is None else Notice(found.id, found.decision)
