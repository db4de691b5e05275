"""What is kept of project pages."""

import asyncio
import gc
import weakref

import pytest

from pratique.errors import InvalidInput
from pratique.flow.bounded_cache import BoundedCache
from pratique.flow.single_flight import SingleFlight
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

BYTES_MAX = 5_000


async def test_pages_are_kept_up_to_a_number_of_bytes(world: World, index: SimulatedIndex) -> None:
    world.pages.kept = BoundedCache(BYTES_MAX)
    names = [ProjectName(f"look{number}") for number in range(6)]
    for name in names:
        index.add(name, wheel(name, "1.0"), NOW - 400 * DAY)
        await world.pages.find(name)
        assert 0 < len(world.pages.kept) <= 3
        assert world.pages.kept.bytes_kept <= BYTES_MAX
    index.requests.clear()
    for name in (names[-1], names[0]):
        await world.pages.find(name)
    assert index.requests == [names[0]], "the newest is kept, the oldest is not"


class _Page:
    """Something large."""


async def test_a_run_that_fails_leaves_nothing_behind_for_the_garbage_collector() -> None:
    seen: list[weakref.ref[_Page]] = []
    flight: SingleFlight[str, None] = SingleFlight()

    async def read() -> None:
        page = _Page()
        seen.append(weakref.ref(page))
        await asyncio.sleep(0)
        raise InvalidInput("the page cannot be read")

    gc.disable()
    try:
        with pytest.raises(InvalidInput) as raised:
            await flight.run("page", read)
        del raised
        await asyncio.sleep(0)
        assert [page() for page in seen] == [None]
    finally:
        gc.enable()
