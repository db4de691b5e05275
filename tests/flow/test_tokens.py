"""Until when a token opens the gate."""

from datetime import timedelta

import pytest

from pratique.errors import NotFound
from pratique.flow.people.tokens import issue, requester_with
from pratique.flow.world import World
from pratique.model.scope import ActorKind, ScopeName
from pratique.simulators.clock import SimulatedClock
from tests.conftest import DAY, NOW
from tests.flow.test_waivers import ANN

SECRET = "for this test alone"  # noqa: S105 - opens nothing


async def test_a_token_opens_until_the_moment_it_expires_and_not_at_it(world: World, clock: SimulatedClock) -> None:
    await issue(world, SECRET, "farm", ScopeName("ci"), ActorKind.SERVICE, NOW + DAY, ANN)
    clock.set(NOW + DAY - timedelta(microseconds=1))
    assert (await requester_with(world, SECRET, "pip/26.3")).scope.name == "ci"
    clock.set(NOW + DAY)
    with pytest.raises(NotFound, match="has expired"):
        await requester_with(world, SECRET, "pip/26.3")
