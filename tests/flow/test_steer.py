"""Listings with thousands of files, all of them held: still one page, still a bounded record."""

from datetime import timedelta

from pratique.flow.gate.steer import steer
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.event import Decided, Steered, decode
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

ASKER = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))
FILES = 2_000


async def test_a_page_of_nothing_but_held_files_is_steered_within_bounds(world: World, index: SimulatedIndex) -> None:
    filename, data = wheel("manylook", "0")
    for number in range(FILES):
        index.add("manylook", (filename.replace("-0-", f"-1.{number}-"), data), NOW - timedelta(minutes=number))
    steered = await steer(world, ProjectName("manylook"), ASKER)
    assert len(steered.held) == FILES
    events = [decode(entry) for entry in await world.store.entries(0, await world.store.size())]
    kinds = {type(event): sum(type(one) is type(event) for one in events) for event in events}
    assert (kinds[Decided], kinds[Steered]) == (limits.STEERED_DECISIONS_MAX, 1)
    summary = events[-1]
    assert isinstance(summary, Steered)
    assert (summary.held_count, summary.files_count, len(summary.held)) == (FILES, FILES, limits.STEERED_DECISIONS_MAX)


async def test_the_alternative_is_never_the_held_version_itself(world: World, index: SimulatedIndex) -> None:
    index.add("mixlook", wheel("mixlook", "1.0"), NOW - 300 * DAY)
    index.add("mixlook", wheel("mixlook", "2.0"), NOW - 200 * DAY)
    late = wheel("mixlook", "2.0")
    index.add("mixlook", (late[0].replace("py3", "py2.py3"), late[1]), NOW - timedelta(hours=1))
    index.add("mixlook", wheel("mixlook", "3.0"), NOW - timedelta(hours=1))
    steered = await steer(world, ProjectName("mixlook"), ASKER)
    offered = {name: judged.alternative for name, judged in steered.held.items() if judged is not None}
    assert offered == {"mixlook-2.0-py2.py3-none-any.whl": "1.0", "mixlook-3.0-py3-none-any.whl": "2.0"}


async def test_the_record_grows_by_nothing_that_it_holds_already_whichever_client_asks(world: World) -> None:
    def requester(name: str, client: str) -> Requester:
        return Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, name, client))

    for number in range(40):
        await steer(world, ProjectName("llmlook"), requester("ann", f"client {number}"))
    entries = await world.store.size()
    await steer(world, ProjectName("llmlook"), requester("ann", "one more"))
    assert await world.store.size() == entries
    await steer(world, ProjectName("llmlook"), requester("bob", "pip"))
    (added,) = [decode(entry) for entry in await world.store.entries(entries, entries + 9)]
    assert isinstance(added, Steered), "what a page holds back is decided once, and told to each requester"
