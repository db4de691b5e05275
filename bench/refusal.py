"""A refusal with its durable record, as one client meets it: one HTTP request, one decision, one synced commit.

The limit in the same run is the same request for a path that decides nothing (`/-/health`).
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
ROUNDS = 300
TARGET_MS = 5.0
HTTP_FORBIDDEN = 403


async def _times(request: Callable[[], Awaitable[None]]) -> list[float]:
    for _ in range(20):
        await request()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await request()
        times.append((time.perf_counter() - start) * 1e3)
    return times
