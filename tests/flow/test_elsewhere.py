"""What was installed past the gate is judged by policy, and recorded with its names."""

from dataclasses import replace

import pytest

from pratique.flow.elsewhere import judge_brought
from pratique.flow.record.find import Found
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.decision import Verdict
from pratique.model.event import Brought, CameElsewhere, decode
from pratique.model.scope import Actor, ActorKind, Mode, Scope, ScopeName

WHO = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "annabel.quarrington"))


async def told(world: World) -> CameElsewhere:
    place = await world.store.size() - 1
    event = decode((await world.store.entries(place, place + 1))[0])
    assert isinstance(event, CameElsewhere)
    assert Found(place, b"", event).event is event
    return event


@pytest.mark.parametrize(
    ("kinds", "verdict"), [(["folder"], Verdict.ALLOW), (["folder", "git"], Verdict.HOLD), (["file"], Verdict.HOLD)]
)
async def test_the_strictest_way_makes_the_verdict(world: World, kinds: list[str], verdict: Verdict) -> None:
    brought = [Brought("demo", "1.0", kind, "https://git.example/") for kind in kinds]
    assert await judge_brought(world, WHO, brought) == (verdict, verdict)
    event = await told(world)
    assert (event.packages, event.count, event.verdict, event.enforced) == (
        tuple(brought),
        len(brought),
        verdict,
        verdict,
    )
    assert event.documents == (world.policy.digest,)
    assert event.actor.name != WHO.actor.name, "people are named by pseudonyms"


async def test_a_scope_that_only_warns_lets_it_be(world: World) -> None:
    modes = {**world.policy.modes, WHO.scope.name: Mode.WARN}
    milder = world.under(replace(world.policy, modes=modes))
    assert await judge_brought(milder, WHO, [Brought("demo", "1.0", "git")]) == (Verdict.HOLD, Verdict.ALLOW)
    assert (await told(milder)).mode is Mode.WARN


async def test_of_many_the_first_are_named_and_all_are_counted(world: World) -> None:
    many = [
        Brought(f"demo-{number}", "1.0", "file", "x" * limits.BROUGHT_SOURCE_CHARACTERS_MAX) for number in range(500)
    ]
    await judge_brought(world, WHO, many)
    event = await told(world)
    assert (len(event.packages), event.count) == (limits.BROUGHT_NAMED_MAX, 500)
