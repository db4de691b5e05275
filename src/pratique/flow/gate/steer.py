"""A project page through the sentence: judge every file the index lists, record what is held back, serve the rest as it is.

The page is never refused. A file that policy holds stays listed, but in such a way that a client passes it over and takes the
newest one that is allowed; whoever insists on it meets the refusal of the file itself (`flow/gate/admit.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from packaging.version import InvalidVersion, Version

from pratique.flow.gate.alternatives import Alternatives
from pratique.flow.gate.judge import Judged, judge, record, recorded
from pratique.flow.listings import KnownProject
from pratique.flow.observer import Notice
from pratique.flow.people.waivers import usable_waivers
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import Artifact, ProjectName
from pratique.model.canonical import digest_of
from pratique.model.decision import Verdict
from pratique.model.event import Requested, Steered
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.decide import suspects
from pratique.record.state import View, page_key

Newest = tuple[bool, Version, str]


@dataclass(frozen=True, slots=True)
class SteeredPage:
    """A project's page and the files of it that are held back, by file name (enforcing scopes only)."""

    known: KnownProject
    held: Mapping[str, Judged]


async def steer(world: World, project: ProjectName, requester: Requester) -> SteeredPage:
    """Judge a project's files for one requester.

    Raises `NotFound` when no index has the project, `Unavailable` when its index keeps silent, `InvalidInput` when the page
    cannot be read, and `NotRecorded` when what is held back could not be written down.
    """
    now = world.clock.now()
    known = await world.pages.find(project)
    waivers = await usable_waivers(world, now, requester)
    adverse = _adverse(world, known, requester, now, waivers)
    held = {one.decision.artifact.file: one for one in adverse if one.decision.enforced is not Verdict.ALLOW}
    await _record(world, known, requester, adverse, held, now)
    if held:
        world.observer.steered(known.project, len(held), _missed(known, held))
    return SteeredPage(known, held)


def _adverse(
    world: World, known: KnownProject, requester: Requester, now: datetime, waivers: tuple[Waiver, ...]
) -> list[Judged]:
    """Every file a client might take whose verdict is not ALLOW, newest version first.

    What the index has yanked, every client passes over already, with the index's own reason; who pins it is answered when
    the file is asked for.
    """
    offered = [known.candidates[entry.filename] for entry in known.page.files if entry.yanked is False]
    found = suspects(world.policy, [Case(each.artifact, each.evidence, requester.scope, now) for each in offered])
    found.sort(key=lambda case: _newest(case.artifact), reverse=True)
    alternatives = Alternatives(world, known, requester.scope, now, waivers)
    judged = (judge(world, case.artifact, case.evidence, alternatives) for case in found)
    return [one for one in judged if one.decision.verdict is not Verdict.ALLOW]


def _newest(file: Artifact) -> Newest:
    """Orders by version as PEP 440 does; what is no version comes last."""
    try:
        return True, Version(file.version), file.file
    except InvalidVersion:
        return False, Version("0"), file.file


async def _record(
    world: World,
    known: KnownProject,
    requester: Requester,
    adverse: list[Judged],
    held: Mapping[str, Judged],
    now: datetime,
) -> None:
    """Write down what this requester is not given, once for as long as it stays the same, whichever client asks."""
    if not adverse:
        return
    actor, machine = await recorded(world, requester)
    newest = adverse[: limits.STEERED_DECISIONS_MAX]
    page = Steered(
        at=now,
        actor=actor,
        machine=machine,
        kind=newest[0].decision.artifact.kind,
        project=known.project,
        scope=requester.scope,
        mode=world.policy.mode(requester.scope.name),
        held=tuple(one.decision.artifact.file for one in newest if one.decision.artifact.file in held),
        held_count=len(held),
        files_count=len(known.candidates),
        policy=world.policy.digest,
        decisions=digest_of("\n".join(sorted(one.id for one in adverse)).encode()),
    )
    if await world.ledger.row(View.PAGE, page_key(page)) != page.decisions.encode():
        await record(world, requester, newest, Requested.PAGE, page)


def _missed(known: KnownProject, held: Mapping[str, Judged]) -> Notice | None:
    """The newest final release if it is held back: the one an unpinned install would have taken."""
    files = (_newest(candidate.artifact) for candidate in known.candidates.values())
    newest = max((one for one in files if one[0] and not one[1].is_prerelease), default=None)
    one = held.get(newest[2]) if newest is not None else None
    return Notice(one.id, one.decision) if one is not None else None
