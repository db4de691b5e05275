"""One run for all who want the same thing at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class SingleFlight(Generic[Key, Value]):
    """Joins concurrent requests for one key. Nothing is kept once the run is over; a caller that leaves stops nobody else."""

    def __init__(self) -> None:
        self._running: dict[Key, asyncio.Task[Value]] = {}

    async def run(self, key: Key, start: Callable[[], Awaitable[Value]]) -> Value:
        """The value for `key`, from the run under way or from a new one. Raises what the run raises."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.ensure_future(self._value(start))
            task.add_done_callback(lambda _: self._running.pop(key, None))
        try:
            return await asyncio.shield(task)
        finally:
            del task  # an error holds this frame, and the task the error: what failed would stay, with all it had read

    @staticmethod
    async def _value(start: Callable[[], Awaitable[Value]]) -> Value:
        return await start()
