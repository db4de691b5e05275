"""Would we have been hit? Attacks and benign releases through the very verbs the gate uses, on a simulated clock.

Each file of an attack is asked for ten minutes in, in the middle of its window, a minute after its removal, and one, three, seven
and fourteen days in: as an unpinned install sees the page, and as a pin or a lock file asks for the file. An attack is contained
when its bytes are never served. The same again with the cooldown off, in every rule of it, shows the next layer.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from pratique.flow.drill_asking import Asking
from pratique.flow.drill_report import Attacked, DrillReport, Passed, Probe
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.decision import Decision, Verdict
from pratique.model.scenario import Scenario, ScenarioFile, Scene
from pratique.policy.conditions.cooldown import Cooldown
from pratique.policy.conditions.sources import Reserved, Sources
from pratique.policy.pattern import read_name_pattern
from pratique.policy.policy import Policy

Rehearsal: TypeAlias = Callable[[Scenario, Policy], AbstractAsyncContextManager[Scene[World]]]
"""Opens a world in which a scenario takes place."""

_ALREADY_THERE: Final = timedelta(hours=1)
"""So long before an attack its victim asks for the release before it."""


async def drill(
    scenarios: Sequence[Scenario],
    policy: Policy,
    requester: Requester,
    rehearse: Rehearsal,
    *,
    told: Callable[[int], None] = lambda _: None,
) -> DrillReport:
    """Run every scenario under a policy for one requester, some at a time; `told` hears how many are done.

    Attacks are reported in the order of their times, the latest first, benign releases in that of `scenarios`.
    """
    turn = asyncio.Semaphore(limits.DRILL_SCENARIOS_AT_ONCE_MAX)
    done = 0

    async def one(scenario: Scenario) -> Attacked | Passed:
        nonlocal done
        async with turn:
            result = await _play(scenario, policy, requester, rehearse)
        done += 1
        told(done)
        return result

    tasks = [asyncio.ensure_future(one(scenario)) for scenario in scenarios]
    try:
        results = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    attacks = [each for each in results if isinstance(each, Attacked)]
    attacks.sort(key=lambda each: (each.scenario.asked_for[0].uploaded, each.scenario.id), reverse=True)
    return DrillReport(tuple(attacks), tuple(each for each in results if isinstance(each, Passed)))


async def _play(scenario: Scenario, policy: Policy, requester: Requester, rehearse: Rehearsal) -> Attacked | Passed:
    if scenario.asked is not None:
        return Passed(scenario, await _release(scenario, policy, requester, rehearse, scenario.asked))
    full = _reserving(policy, scenario)
    probes = await _attack(scenario, full, requester, rehearse)
    without = await _attack(scenario, _without(full, (Cooldown.id, *scenario.also_off)), requester, rehearse)
    return Attacked(scenario, probes, without)


async def _attack(scenario: Scenario, policy: Policy, requester: Requester, rehearse: Rehearsal) -> tuple[Probe, ...]:
    probes: list[Probe] = []
    wanted = [(moment, file) for file in scenario.asked_for for moment in _moments(file)]
    wanted += _there_before(scenario)
    async with rehearse(scenario, policy) as scene:
        asking = Asking(scene, scenario, requester)
        for moment, file in sorted(wanted, key=lambda each: (each[0], each[1].filename)):
            scene.set_clock(moment)
            if file.asked_for:
                probes.append(await asking.probe(file, moment))
            else:
                await asking.ask_before(file)
    return tuple(probes)


def _there_before(scenario: Scenario) -> Iterator[tuple[datetime, ScenarioFile]]:
    """What a victim had before each file that matters, and when it was asked for."""
    for file in scenario.asked_for:
        before = scenario.before(file)
        if before is not None:
            yield max(before.uploaded, file.uploaded - _ALREADY_THERE), before


def _moments(file: ScenarioFile) -> set[datetime]:
    """When a file is asked for."""
    removed = file.removed or file.uploaded + timedelta(days=14)
    return {
        file.uploaded + timedelta(minutes=10),
        file.uploaded + (removed - file.uploaded) / 2,
        removed + timedelta(minutes=1),
        *(file.uploaded + timedelta(days=days) for days in (1, 3, 7, 14)),
    }


async def _release(scenario: Scenario, policy: Policy, requester: Requester, rehearse: Rehearsal, at: datetime) -> str:
    """What is wrong with the answers to a benign release; empty when all is well."""
    async with rehearse(scenario, policy) as scene:
        asking = Asking(scene, scenario, requester)
        for moment, before in _there_before(scenario):
            scene.set_clock(moment)
            await asking.ask_before(before)
        scene.set_clock(at)
        admissions = [await asking.ask(file) for file in scenario.asked_for]
    alarms = (_alarm(scenario, admission.judged.decision) for admission in admissions)
    return next(filter(None, alarms), "")


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


def _without(policy: Policy, controls: Sequence[str]) -> Policy:
    """A policy with conditions switched off, each with all of its rules: every wait of the cooldown is part of one condition."""
    return replace(policy, conditions=tuple(each for each in policy.conditions if each.id not in controls))
