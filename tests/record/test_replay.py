"""Decisions made again: what counts as another answer, and what as other words; and how they are told from the record."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from pratique.app import open_world
from pratique.errors import InvalidInput, NotFound
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.record.find import Wanted, find, newest_decision
from pratique.flow.record.lookup import recall, sightings
from pratique.flow.record.replay import replay
from pratique.flow.record.verify import verify
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.event import Decided, decode, encode, event_of
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.conditions.cooldown import Cooldown
from pratique.policy.load import read
from pratique.policy.policy import Policy
from pratique.render.refusal import terminal
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream

HELD, GOOD = "llmlook-1.82.8-py3-none-any.whl", "llmlook-1.82.6-py3-none-any.whl"


async def ask(world: World, filename: str = HELD) -> Admission:
    project = ProjectName("llmlook")
    known = await world.pages.find(project)
    requester = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))
    return await admit(world, FileRequest(requester, "public", known.entries[filename].path))


async def newest(world: World) -> tuple[int, Decided]:
    async for found in find(world.store, Wanted(("type=decided",))):
        assert isinstance(found.event, Decided)
        return found.index, found.event
    raise AssertionError


class Weather:
    """A condition of tomorrow, which holds everything."""

    id = "weather"
    title = "Weather"
    waivable_by: tuple[str, ...] = ()

    def judge(self, _: Case) -> Reason:
        """Always holds."""
        return Reason(self.id, Verdict.HOLD, "It rains.", Remedy(do="wait"))


def loading(change: "Changed", monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine of tomorrow read policies its own way."""
    monkeypatch.setattr("pratique.flow.record.replay.read", lambda text, name: change(read(text, name)))


class Changed:
    """A change of how policies are read."""

    def __init__(self, *, reworded: bool = False, more: bool = False, fewer: bool = False) -> None:
        self.reworded, self.more, self.fewer = reworded, more, fewer

    def __call__(self, policy: Policy) -> Policy:
        """The policy as the engine of tomorrow has it."""
        conditions = policy.conditions
        if self.reworded:
            conditions = tuple(Reworded(each) if isinstance(each, Cooldown) else each for each in conditions)
        if self.more:
            conditions = (*conditions, Weather())
        if self.fewer:
            conditions = tuple(each for each in conditions if each.id != "cooldown")
        return replace(policy, conditions=conditions)


class Reworded:
    """A condition that says the same in other words."""

    def __init__(self, condition: Cooldown) -> None:
        self._condition = condition
        self.id, self.title, self.waivable_by = condition.id, condition.title, condition.waivable_by

    def judge(self, case: Case) -> Reason:
        """The same answer."""
        return msgspec.structs.replace(self._condition.judge(case), why="Said in other words.")


async def test_other_words_are_no_other_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await ask(world)
    index, _ = await newest(world)
    loading(Changed(reworded=True), monkeypatch)
    again = await replay(world.store, index)
    assert again.differences == ()
    assert any("Said in other words." in words for words in again.rewordings)


async def test_a_condition_that_was_not_asked_is_no_difference_and_one_that_is_gone_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(world, GOOD)
    index, _ = await newest(world)
    loading(Changed(more=True), monkeypatch)
    assert (await replay(world.store, index)).differences == ()
    loading(Changed(fewer=True), monkeypatch)
    (gone,) = (await replay(world.store, index)).differences
    assert gone.startswith("cooldown: recorded ALLOW")


@pytest.mark.parametrize("change", [{"verdict": Verdict.ALLOW}, {"reasons": ()}])
async def test_a_recorded_answer_that_does_not_follow_is_a_difference(world: World, change: dict[str, object]) -> None:
    await ask(world)
    _, event = await newest(world)
    if "reasons" in change:
        change = {"reasons": (msgspec.structs.replace(event.reasons[0], verdict=Verdict.DENY), *event.reasons[1:])}
    await world.ledger.append((msgspec.structs.replace(event, **change), {}))
    index, _ = await newest(world)
    assert (await replay(world.store, index)).differences != ()


async def test_what_a_later_format_adds_is_passed_over(world: World) -> None:
    await ask(world)
    _, event = await newest(world)
    later = encode(event)[:-1] + b',"weather":{"rain":true}}'
    assert decode(later) == event
    assert event_of(encode(event).replace(b'"v":1', b'"v":2')) is None


async def test_a_decision_is_told_in_the_words_it_was_told_in_and_today_s_where_they_differ(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admission = await ask(world)
    told = await recall(world, admission.judged.id)
    assert told.why == admission.judged.decision.strictest.why
    assert (told.use_version, told.today) == ("1.82.6", ())
    loading(Changed(reworded=True), monkeypatch)
    later = await recall(world, admission.judged.id[:6].lower())
    assert later.why == told.why
    assert "Said in other words." in later.today[0]
    assert "  today  cooldown: recorded" in terminal(later)


async def test_what_was_let_in_is_not_said_to_have_been_kept_out(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    allowed = SimulatedUpstream("public", index)
    policy = Path(settings.home).parent / "policy.toml"
    policy.write_text('[scopes]\nworkstation = { mode = "observe" }\n[cooldown]\nworkstation = "3 days"\n')
    watching = msgspec.structs.replace(settings, policy=str(policy))
    async with open_world(watching, clock=clock, upstreams={"public": allowed}) as world:
        watched = terminal(await recall(world, (await ask(world)).judged.id))
        assert "Nothing was installed" not in watched
        assert "It was let in: workstation is set to observe." in watched
        fine = terminal(await recall(world, (await ask(world, GOOD)).judged.id))
        assert fine.endswith("It was let in.")
        assert "no safe version yet" not in fine


async def test_five_hundred_rules_that_hold_are_a_refusal_and_are_told_and_replayed(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    rule = '[[rule]]\nid = "rule-{}"\nwhen = "true"\nthen = "hold"\nwhy = "{}"\nuse = "another"\n'
    text = "[withdrawn]\n" + "".join(rule.format(number, f"Because {number}. " + "x" * 400) for number in range(500))
    policy = Path(settings.home).parent / "policy.toml"
    policy.write_text(text)
    many = msgspec.structs.replace(settings, policy=str(policy))
    async with open_world(many, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        admission = await ask(world)
        assert admission.refused
        place, event = await newest(world)
        assert (event.reasons, event.reasons_in in event.documents) == ((), True)
        again = await replay(world.store, place)
        assert (again.differences, again.rewordings) == ((), ())
        assert (await recall(world, admission.judged.id)).why.startswith("Because 0.")
        assert (await verify(world.store, world.verifier_key)).damage == ()


async def test_a_beginning_that_several_ids_share_names_them(world: World) -> None:
    await ask(world)
    _, event = await newest(world)
    for number in range(12):
        await world.ledger.append((msgspec.structs.replace(event, id=f"ABCD{number:012d}"), {}))
    with pytest.raises(InvalidInput, match=r"ABCD000000000000, ABCD000000000001.*, \.\.\."):
        await newest_decision(world.store, "abcd")
    assert (await newest_decision(world.store, "abcd-ooooo-ooooo-ii")).index > 0
    for nothing in ("ABCE", "ABC", "not an id!", ""):
        with pytest.raises(NotFound):
            await newest_decision(world.store, nothing)


async def test_entries_are_found_by_what_they_say(world: World, clock: SimulatedClock) -> None:
    await asyncio.gather(ask(world), ask(world, GOOD))
    digest = (await newest(world))[1].digest
    actor = (await world.ledger.pseudonym(Actor(ActorKind.HUMAN, "ann"))).name
    machine = await world.ledger.recorded_machine(world.ledger.machine)

    async def found(*terms: str, since: datetime | None = None, until: datetime | None = None) -> list[str]:
        return [
            one.event.verdict.name if isinstance(one.event, Decided) else type(one.event).__name__
            async for one in find(world.store, Wanted(terms, since, until))
        ]

    assert sorted(await found("release=pypi/llmlook@1.82.6")) == ["ALLOW"]
    assert sorted(await found("project=pypi/llmlook")) == ["ALLOW", "FirstSeen", "HOLD"]
    assert await found("verdict=hold") == ["HOLD"]
    assert sorted(await found(f"actor={actor}", f"machine={machine}")) == ["ALLOW", "HOLD"]
    assert set(await found(f"digest={digest}")) <= {"ALLOW", "HOLD", "Scanned"}
    assert await found("verdict=hold", "release=pypi/llmlook@1.82.6") == []
    now = clock.now()
    assert await found("type=decided", until=now) == []
    assert sorted(await found("type=decided", since=now)) == ["ALLOW", "HOLD"]


async def test_the_first_sight_and_the_last_serve_of_a_file_are_told(world: World, clock: SimulatedClock) -> None:
    for _ in range(2):
        await ask(world, GOOD)
        clock.advance(timedelta(hours=1))
    await ask(world)
    release = Artifact(Ecosystem.PYPI, ProjectName("llmlook"), VersionText("1.82.6"))
    (seen,) = await sightings(world.store, release)
    assert (seen.file.filename, seen.index, seen.entry) == (GOOD, "public", 0)
    assert seen.last_served is not None
    assert isinstance(seen.last_served.event, Decided)
    assert seen.last_served.event.at > seen.at
    every = await sightings(world.store, msgspec.structs.replace(release, version=VersionText("")))
    assert {each.file.filename: each.last_served is not None for each in every}[HELD] is False
    assert len(every) == 3
