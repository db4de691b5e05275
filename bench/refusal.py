"""A refusal with its durable record, as one client meets it: one HTTP request, one decision, one synced commit.

The limit in the same run is a request to the same gate that decides and records nothing.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
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
    held = []  # a file each time: what was refused to somebody before is not recorded again
    data = wheel("llmlook", "1.80.0")[1]
    for number in range(WARM_UP + ROUNDS):
        project = f"llmlook{number}"
        for patch in range(10):
            index.add(project, (f"{project}-1.80.{patch}-py3-none-any.whl", data), NOW - timedelta(days=400 - patch))
        held.append(index.add(project, (f"{project}-1.82.8-py3-none-any.whl", data), NOW - timedelta(hours=6)))
    upstreams = {"public": SimulatedUpstream("public", index)}
    with tempfile.TemporaryDirectory() as home:
        async with (
            open_world(Settings(home=home), clock=clock, upstreams=upstreams) as world,
            running(world, "127.0.0.1", 0, Actor(ActorKind.SERVICE, "bench")) as url,
            aiohttp.ClientSession() as session,
        ):
            for file in held:
                await world.pages.find(ProjectName(file.project))
            refused = await _times(session, [f"{url}/files/public{file.path}" for file in held], FORBIDDEN)
            bare = await _times(session, [f"{url}/-/health"] * len(held), 200)
            assert await world.store.size() >= ROUNDS
    median, bare_median = statistics.median(refused), statistics.median(bare)
    late = statistics.quantiles(refused, n=100)[98]
    return [
        figure("refusal with its durable record, p50", median, "ms", at_most=TARGET_MS),
        figure("  p99", late, "ms"),
        figure("  the limit: a request that decides nothing, p50", bare_median, "ms"),
    ]


async def _times(session: aiohttp.ClientSession, urls: Sequence[str], status: int) -> list[float]:
    times = []
    for attempt, url in enumerate(urls):
        start = time.perf_counter()
        async with session.get(url) as response:
            await response.read()
            assert response.status == status
        if attempt >= WARM_UP:
            times.append((time.perf_counter() - start) * 1e3)
    return times
