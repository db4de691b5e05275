"""What is kept of project pages."""

import pytest

from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW


async def test_no_more_pages_are_kept_than_the_limit_says(
    world: World, index: SimulatedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAGES_KEPT_MAX", 3)
    names = [ProjectName(f"look{number}") for number in range(6)]
    for name in names:
        index.add(name, wheel(name, "1.0"), NOW - 400 * DAY)
        await world.pages.find(name)
        assert len(world.pages.kept) <= 3
    index.requests.clear()
    for name in (names[-1], names[0]):
        await world.pages.find(name)
    assert index.requests == [names[0]], "the newest is kept, the oldest is not"
