"""Would we have been hit? Attacks and benign releases through the very verbs the gate uses, on a simulated clock.

Each attack is asked for ten minutes in, in the middle of its window, a minute after its removal, and one, three, seven and
fourteen days in: as an unpinned install sees the page, and as a pin or a lock file asks for the file. It is contained when its
bytes are never served. The same again with the control that the catalogue expects first switched off shows the next layer.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pratique.errors import NotFound
from pratique.flow.gate.admit import admit
from pratique.flow.gate.steer import SteeredPage, steer
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.decision import Decision, Verdict
from pratique.model.evidence import Tier
from pratique.model.listing import settled_path
from pratique.model.scenario import Scenario, Stage
from pratique.policy.conditions.sources import Reserved, Sources
from pratique.policy.pattern import read_name_pattern
from pratique.policy.policy import Policy

Rehearsal = Callable[[Scenario, Policy], AbstractAsyncContextManager[tuple[World, Callable[[datetime], None]]]]
"""Opens a world in which a scenario takes place, with the hand that sets its clock."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One request for a file that matters: when, and what became of it. `by` is the control that refused it.

    A control is a condition and, where its table has several, the rule of it: `cooldown.young_project`.
    """

    at: datetime
    stage: Stage
    by: str


@dataclass(frozen=True, slots=True)
class Contained:
    """An attack: where it was contained with every control on, and with the first one off."""

    scenario: Scenario
    probes: tuple[Probe, ...]
    without: tuple[Probe, ...]

    @property
    def contained(self) -> bool:
        """Whether its bytes were never served."""
        return worst(self.probes) is not Stage.EXPOSED


@dataclass(frozen=True, slots=True)
class Passed:
    """A benign release. `alarm` says what was wrong with the answer; empty when all is well."""

    scenario: Scenario
    alarm: str


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What a drill found."""

    attacks: tuple[Contained, ...]
    benign: tuple[Passed, ...]


def worst(probes: Sequence[Probe]) -> Stage:
    """The latest stage any probe came to."""
    order = list(Stage)
    return max((probe.stage for probe in probes), key=order.index)


async def drill(
    attacks: Iterable[Scenario],
    benign: Iterable[Scenario],
    policy: Policy,
    requester: Requester,
    rehearse: Rehearsal,
    *,
    benign_at: datetime,
) -> DrillReport:
    """Run every scenario under a policy for one requester."""
    contained: list[Contained] = []
    for scenario in attacks:
        full = _reserving(policy, scenario)
        probes = await _attack(scenario, full, requester, rehearse)
        without = await _attack(scenario, _without(full, scenario.control), requester, rehearse)
        contained.append(Contained(scenario, probes, without))
    passed = [await _release(scenario, policy, requester, rehearse, benign_at) for scenario in benign]
    return DrillReport(tuple(contained), tuple(passed))


async def _attack(scenario: Scenario, policy: Policy, requester: Requester, rehearse: Rehearsal) -> tuple[Probe, ...]:
    removed = scenario.removed or scenario.published + timedelta(days=14)
    moments = {
        scenario.published + timedelta(minutes=10),
        scenario.published + (removed - scenario.published) / 2,
        removed + timedelta(minutes=1),
        *(scenario.published + timedelta(days=days) for days in (1, 3, 7, 14)),
    }
    probes: list[Probe] = []
    async with rehearse(scenario, policy) as (world, set_clock):
        set_clock(min(moments))
        asks = await _asks(world, scenario, requester)
        for moment in sorted(moments):
            set_clock(moment)
            probes += [await _probe(world, ProjectName(scenario.project), ask, moment) for ask in asks]
    return tuple(probes)


async def _asks(world: World, scenario: Scenario, requester: Requester) -> tuple[FileRequest, ...]:
    """Requests for the files that matter, as a lock file made at this moment would have them."""
    project = ProjectName(scenario.project)
    entries = (await steer(world, project, requester)).known.entries
    index = list(world.upstreams)[-1]
    return tuple(FileRequest(requester, index, settled_path(entries[name].path)) for name in scenario.filenames)


async def _probe(world: World, project: ProjectName, ask: FileRequest, moment: datetime) -> Probe:
    """Ask as an unpinned install does, by the page, and as a pin does, by the file."""
    try:
        steered = await steer(world, project, ask.requester)
        admission = await admit(world, ask)
    except NotFound:
        return Probe(moment, Stage.BEFORE_DOWNLOAD, "not listed")
    if not admission.refused:
        return Probe(moment, Stage.EXPOSED, "")
    looked_inside = admission.file.evidence.tier is Tier.BYTES
    stage = Stage.DOWNLOAD if looked_inside or _offers(steered, ask.filename) else Stage.BEFORE_DOWNLOAD
    return Probe(moment, stage, admission.judged.decision.strictest.control)


def _offers(steered: SteeredPage, filename: str) -> bool:
    """Whether a page offers a file to an unpinned install: listed, not held back, and not yanked by its index either."""
    entry = steered.known.entries.get(filename)
    return entry is not None and entry.yanked is False and filename not in steered.held


async def _release(
    scenario: Scenario, policy: Policy, requester: Requester, rehearse: Rehearsal, at: datetime
) -> Passed:
    async with rehearse(scenario, policy) as (world, set_clock):
        set_clock(at)
        admissions = [await admit(world, ask) for ask in await _asks(world, scenario, requester)]
    alarms = (_alarm(scenario, admission.judged.decision) for admission in admissions)
    return Passed(scenario, next(filter(None, alarms), ""))


def _alarm(scenario: Scenario, decision: Decision) -> str:
    """What is wrong with the answer to a benign release."""
    refusing = {reason.condition for reason in decision.reasons if reason.verdict is not Verdict.ALLOW}
    if not scenario.refused_by:
        return f"refused by {', '.join(sorted(refusing))}: {decision.strictest.why}" if refusing else ""
    if refusing != {scenario.refused_by}:
        return f"refused by {', '.join(sorted(refusing)) or 'nothing'}, not by {scenario.refused_by} alone"
    remedy = decision.strictest.remedy
    return "" if remedy is not None and remedy.ask else "refused without somebody to ask"


def _reserving(policy: Policy, scenario: Scenario) -> Policy:
    """The policy of an organisation that has reserved its own names, as the scenario's had not."""
    if not scenario.reserved:
        return policy
    reserved = Reserved(tuple(read_name_pattern(name) for name in scenario.reserved), "internal")
    others = tuple(condition for condition in policy.conditions if condition.id != Sources.id)
    return replace(policy, conditions=(*others, Sources(reserved={"internal": reserved})))


def _without(policy: Policy, control: str) -> Policy:
    return replace(policy, conditions=tuple(each for each in policy.conditions if each.id != control))
