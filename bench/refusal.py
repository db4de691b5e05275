"""A refusal with its durable record, as one client meets it: one HTTP request, one decision, one synced commit.

The limit in the same run is a request to the same gate that decides and records nothing.
"""

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta

import aiohttp

from bench.figure import Figure, figure
from pratique.app import open_world
from pratique.model.artifact import ProjectName
from pratique.model.scope import Actor, ActorKind
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from pratique.web.serve import running

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
ROUNDS = 400
WARM_UP = 40
TARGET_MS = 5.0
FORBIDDEN = 403


def measure() -> list[Figure]:
    """Milliseconds by the clock, the median and the 99th percentile for one client."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    for patch in range(40):
        index.add("llmlook", wheel("llmlook", f"1.80.{patch}"), NOW - timedelta(days=400 - patch))
    held = index.add("llmlook", wheel("llmlook", "1.82.8"), NOW - timedelta(hours=6))
    upstreams = {"public": SimulatedUpstream("public", index)}
    with tempfile.TemporaryDirectory() as home:
        async with (
            open_world(Settings(home=home), clock=clock, upstreams=upstreams) as world,
            running(world, "127.0.0.1", 0, Actor(ActorKind.SERVICE, "bench")) as url,
            aiohttp.ClientSession() as session,
        ):
            await world.pages.find(ProjectName("llmlook"))
            refused = await _times(session, f"{url}/files/public{held.path}", FORBIDDEN)
            bare = await _times(session, f"{url}/-/health", 200)
            assert await world.store.size() >= ROUNDS
    median, bare_median = statistics.median(refused), statistics.median(bare)
    late = statistics.quantiles(refused, n=100)[98]
    return [
        figure("refusal with its durable record, p50", median, "ms", at_most=TARGET_MS),
        figure("  p99", late, "ms"),
        figure("  the limit: a request that decides nothing, p50", bare_median, "ms"),
    ]


async def _times(session: aiohttp.ClientSession, url: str, status: int) -> list[float]:
    times = []
    for attempt in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        async with session.get(url) as response:
            await response.read()
            assert response.status == status
        if attempt >= WARM_UP:
            times.append((time.perf_counter() - start) * 1e3)
    return times
