"""Waivers: what they lift, for how long, how often; and scopes that only warn."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from pratique.app import open_world
from pratique.cli.notices import Notices
from pratique.errors import InvalidInput, NotFound
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.gate.steer import steer
from pratique.flow.people.waivers import fresh_waiver_id, grant, revoke
from pratique.flow.record.replay import Replayed, replay_all
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.decision import Verdict
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

ANN = Actor(ActorKind.HUMAN, "ann")
HELD = "llmlook-1.82.8-py3-none-any.whl"
WAIVER = Waiver(
    id="W1",
    condition="cooldown",
    package="pkg:pypi/llmlook@1.82.*",
    scopes=(ScopeName("workstation"),),
    owner="ann",
    approved_by="bob",
    approver_group="security",
    reason="We have read the diff.",
    expires=NOW + DAY,
)


async def ask(
    world: World, scope: str = "workstation", who: str = "ann", *, takes: bool = True, filename: str = HELD
) -> Admission:
    project = ProjectName("llmlook")
    known = await world.pages.find(project)
    requester = Requester(Scope(ScopeName(scope)), Actor(ActorKind.HUMAN, who))
    path = known.entries[filename].path
    return await admit(world, FileRequest(requester, "public", path, takes=lambda _digest, _size: takes))


async def replayed(world: World) -> list[tuple[str, ...]]:
    return [one.differences async for one in replay_all(world.store)]


async def test_a_waiver_lifts_its_condition_in_its_scope_until_it_expires(world: World, clock: SimulatedClock) -> None:
    assert (await ask(world)).refused
    await grant(world, WAIVER, ANN)
    admitted = await ask(world)
    assert not admitted.refused
    assert [reason.waiver for reason in admitted.judged.decision.reasons if reason.waiver] == ["W1"]
    assert (await ask(world, "ci")).refused
    clock.advance(DAY)
    assert (await ask(world)).refused
    assert set(await replayed(world)) == {()}


async def test_a_waiver_that_is_used_up_lifts_nothing(world: World) -> None:
    await grant(world, msgspec.structs.replace(WAIVER, uses_max=2), ANN)
    people = ("ann", "bob", "carol")
    assert [(await ask(world, who=name)).refused for name in people] == [False, False, True]
    assert await world.ledger.uses() == {"W1": 2}
    assert set(await replayed(world)) == {()}


async def test_a_use_is_one_file_for_one_requester_on_one_day(world: World, clock: SimulatedClock) -> None:
    await grant(world, msgspec.structs.replace(WAIVER, uses_max=2, expires=NOW + 9 * DAY), ANN)
    assert [(await ask(world)).refused for _ in range(3)] == [False] * 3
    assert await world.ledger.uses() == {"W1": 1}
    assert not (await ask(world, who="bob")).refused
    assert await world.ledger.uses() == {"W1": 2}
    assert not (await ask(world)).refused, "what was begun today can be gone on with"
    clock.advance(DAY / 2)
    assert (await ask(world)).refused


async def test_no_use_is_made_of_a_waiver_where_no_file_is_handed_over(world: World) -> None:
    await grant(world, msgspec.structs.replace(WAIVER, uses_max=1), ANN)
    for _ in range(3):
        assert not (await ask(world, takes=False)).refused
    assert await world.ledger.uses() == {}
    assert not (await ask(world)).refused
    assert await world.ledger.uses() == {"W1": 1}
    assert (await ask(world, who="bob", takes=False)).refused


async def test_a_waiver_that_was_taken_back_and_granted_again_begins_anew(world: World) -> None:
    once = msgspec.structs.replace(WAIVER, uses_max=1)
    await grant(world, once, ANN)
    assert not (await ask(world)).refused
    await revoke(world, "W1", ANN)
    await grant(world, once, ANN)
    assert await world.ledger.uses() == {}
    assert not (await ask(world, who="bob")).refused


async def test_ids_of_waivers_are_random_and_may_be_typed_by_their_beginnings(world: World) -> None:
    ids = {fresh_waiver_id(world) for _ in range(100)}
    assert (len(ids), {len(one) for one in ids}) == (100, {16})
    first, second = "7F3K0000000000AA", "7F3K1111111111BB"
    for one in (first, second):
        await grant(world, msgspec.structs.replace(WAIVER, id=one), ANN)
    with pytest.raises(InvalidInput, match="7F3K0000000000AA, 7F3K1111111111BB"):
        await revoke(world, "7f3k", ANN)
    assert await revoke(world, "7f3kiLIL", ANN) == second
    assert [waiver.id for waiver in await world.ledger.waivers()] == [first]


async def test_only_what_a_waiver_lets_in_uses_it(world: World, index: SimulatedIndex) -> None:
    await grant(world, msgspec.structs.replace(WAIVER, uses_max=1), ANN)
    index.yank(HELD, NOW, "broken")
    world.pages.kept.clear()
    assert (await ask(world)).refused
    assert await world.ledger.uses() == {}
    index.files[HELD].yanked_from = None
    world.pages.kept.clear()
    await steer(world, ProjectName("llmlook"), Requester(Scope(ScopeName("workstation")), ANN))
    assert await world.ledger.uses() == {}
    assert not (await ask(world)).refused
    assert await world.ledger.uses() == {"W1": 1}


async def test_a_waiver_is_taken_back(world: World) -> None:
    await grant(world, WAIVER, ANN)
    await revoke(world, "W1", ANN)
    assert (await ask(world)).refused
    with pytest.raises(NotFound):
        await revoke(world, "W1", ANN)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"condition": "fixed-bytes"}, "fixed-bytes cannot be waived"),
        ({"condition": "weather"}, "no condition is called"),
        ({"approver_group": "interns"}, "may not waive cooldown"),
        ({"scopes": (ScopeName("moon"),)}, "no scope is called"),
        ({"reason": " "}, "`reason` says nothing"),
        ({"package": "llmlook"}, "no package URL"),
        ({"expires": NOW - DAY}, "has passed"),
    ],
)
async def test_what_may_not_be_granted_is_not(world: World, change: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        await grant(world, msgspec.structs.replace(WAIVER, **change), ANN)
    assert await world.store.size() == 0


POLICY = """
accepts = ["malicious-code", "changed-bytes"]

[scopes]
workstation = { mode = "MODE" }

[cooldown]
workstation = "3 days"

[[waiver]]
id = "W2"
condition = "cooldown"
package = "pkg:pypi/llmlook"
owner = "ann"
approved_by = "bob"
reason = "Reviewed with the policy."
expires = 2026-04-01
uses_max = 1
"""


async def test_a_waiver_in_the_policy_counts_its_uses_too(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.replace("MODE", "enforce"), encoding="utf-8")
    own = msgspec.structs.replace(settings, policy=str(policy))
    async with open_world(own, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        assert [(await ask(world, who=name)).refused for name in ("ann", "bob")] == [False, True]
        assert set(await replayed(world)) == {()}
        with pytest.raises(InvalidInput, match="there is a waiver W2 already"):
            await grant(world, msgspec.structs.replace(WAIVER, id="W2"), ANN)


async def test_decisions_under_one_policy_after_another_are_decided_again_each_under_its_own(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, tmp_path: Path
) -> None:
    days = tmp_path / "days.toml"
    days.write_text(
        'accepts = ["malicious-code", "changed-bytes"]\n[cooldown]\nworkstation = "1 minute"\n', encoding="utf-8"
    )
    seen: list[bool] = []
    again: list[Replayed] = []
    for own in (settings, msgspec.structs.replace(settings, policy=str(days)), settings):
        async with open_world(own, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
            seen.append((await ask(world)).refused)
            again = [one async for one in replay_all(world.store)]
    assert seen == [True, False, True]
    assert [(one.recorded.verdict, one.differences) for one in again] == [
        (Verdict.HOLD, ()),
        (Verdict.ALLOW, ()),
        (Verdict.HOLD, ()),
    ]


async def test_a_scope_that_warns_lets_in_and_says_so(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.replace("MODE", "warn").partition("[[waiver]]")[0], encoding="utf-8")
    own = msgspec.structs.replace(settings, policy=str(policy))
    upstreams, notices = {"public": SimulatedUpstream("public", index)}, Notices()
    async with open_world(own, clock=clock, upstreams=upstreams, observer=notices) as world:
        admitted = await ask(world)
        assert (admitted.refused, admitted.judged.decision.verdict) == (False, Verdict.HOLD)
        assert [notice.decision.artifact.file for notice in notices.let_in.values()] == [HELD]


async def test_a_hold_ends_by_itself(world: World, clock: SimulatedClock) -> None:
    refused = await ask(world)
    remedy = refused.judged.decision.strictest.remedy
    assert remedy is not None
    assert remedy.until == NOW - timedelta(hours=6) + 3 * DAY
    clock.set(remedy.until - timedelta(seconds=1))
    assert (await ask(world)).refused
    clock.set(remedy.until)
    assert not (await ask(world)).refused


async def test_a_waiver_for_a_file_lets_in_no_other_build_and_no_local_version(
    world: World, index: SimulatedIndex
) -> None:
    late = NOW - timedelta(hours=1)
    others = [wheel("llmlook", "1.82.8", build="1"), wheel("llmlook", "1.82.8+local")]
    for made in others:
        index.add("llmlook", made, late)
    refused = await ask(world)
    await grant(world, msgspec.structs.replace(WAIVER, package=refused.judged.decision.artifact.file_purl), ANN)
    assert not (await ask(world)).refused
    for filename, _ in others:
        assert (await ask(world, filename=filename)).refused, filename
    await grant(world, msgspec.structs.replace(WAIVER, id="W2", package="pkg:pypi/llmlook@1.82.8"), ANN)
    assert [(await ask(world, filename=filename)).refused for filename, _ in others] == [False, True]
    assert set(await replayed(world)) == {()}
