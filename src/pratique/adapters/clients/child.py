"""A client behind the wall: it reaches its gate and nothing else, and so does all that it starts."""

import asyncio
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from pratique.adapters.wall import shut


class Child:
    """A process behind the wall. To be waited for once."""

    def __init__(self) -> None:
        self.walled = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wall")
        self._process: subprocess.Popen[bytes] | None = None

    async def start(
        self, command: Sequence[str], environment: Mapping[str, str], port: int, *, stdout: int | None = None
    ) -> IO[bytes] | None:
        """Start a command that reaches `port` only; where its output can be read, if `stdout` is `subprocess.PIPE`.

        Raises `OSError` when it cannot be started.
        """

        def begin() -> IO[bytes] | None:
            self.walled = shut(port)
            self._process = subprocess.Popen(command, env=dict(environment), stdout=stdout)  # noqa: S603 - what the user runs
            return self._process.stdout

        return await asyncio.get_running_loop().run_in_executor(self._thread, begin)

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.terminate()

    async def wait(self) -> int:
        """Its exit code once it has ended; that of a process ended by a signal is negative."""
        assert self._process is not None  # noqa: S101 - only what was started is waited for
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._process.wait)
        finally:
            self._thread.shutdown(wait=False)
