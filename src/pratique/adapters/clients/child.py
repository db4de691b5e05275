"""A client behind the wall: it reaches its gate and nothing else, and so does all that it starts."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Final

from pratique.adapters.wall import shut

_PARENT_DEATH_SIGNAL: Final = 1


class Child:
    """A process behind the wall, which does not outlive this one on Linux. To be waited for once."""

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
            self._process = subprocess.Popen(  # noqa: S603 - what the user runs
                command,
                env=dict(environment),
                stdout=stdout,
                preexec_fn=_tie(),  # noqa: PLW1509 - one call of the system, prepared before the fork
            )
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


def _tie() -> Callable[[], None] | None:
    """What a child does before its command begins: ask to be killed as soon as this process is (prctl(2), PR_SET_PDEATHSIG).

    A client whose gate is gone could only fail, and might write, while it fails, what was to be put right by then. The system
    looks at the thread that started it, which therefore waits for it.
    """
    if sys.platform != "linux":
        return None
    ask, parent = ctypes.CDLL(None).prctl, os.getpid()

    def tie() -> None:
        ask(_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)

    return tie
