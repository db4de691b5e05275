"""What tests share: a simulated index on a simulated clock, and a world around it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pratique.app import open_world
from pratique.flow.world import World
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import sdist, wheel

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def index(clock: SimulatedClock) -> SimulatedIndex:
    """Three releases of llmlook, the newest six hours old; a parent that wants it; a source distribution."""
    index = SimulatedIndex(clock)
    index.add("llmlook", wheel("llmlook", "1.82.5"), NOW - 430 * DAY)
    index.add("llmlook", wheel("llmlook", "1.82.6"), NOW - 400 * DAY)
    index.add("llmlook", wheel("llmlook", "1.82.8"), NOW - timedelta(hours=6))
    index.add("parentlook", wheel("parentlook", "1.0", requires=["llmlook>=1.64"]), NOW - 400 * DAY)
    index.add("sdlook", sdist("sdlook", "1.0"), NOW - 400 * DAY)
    return index


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=str(tmp_path / "home"))


@pytest.fixture
async def world(settings: Settings, clock: SimulatedClock, index: SimulatedIndex) -> AsyncIterator[World]:
    """The default policy, SQLite and files on disk, in front of the simulated index."""
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with open_world(settings, clock=clock, upstreams=upstreams) as world:
        yield world


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files anew, to be reviewed like code")
