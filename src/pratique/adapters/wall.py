"""A child that may open TCP connections to one port and to no other: Landlock, where the kernel has its network rules.

What a thread gives up, it gives up for itself and for all that it starts, for good (landlock(7), PR_SET_NO_NEW_PRIVS). So a
thread of its own does, and then starts the child; the rest of this process is as free as before. Where the kernel has none,
the child runs all the same, and `Child.walled` says so.
"""

import asyncio
import ctypes
import os
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Final

_NO_NEW_PRIVILEGES: Final = 38
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_NET_SINCE: Final = 4
_CONNECT_TCP: Final = 0b10
_RULE_NET_PORT: Final = 2


def shut(*ports: int) -> bool:
    """Let this thread, and all it starts, connect to these ports only; whether the kernel could.

    Of the network nothing else is governed: names can be looked up, and ports listened on.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(_CREATE, None, 0, 1) < _NET_SINCE:
        return False
    told = struct.pack("=QQ", 0, _CONNECT_TCP)
    rules = library.syscall(_CREATE, told, len(told), 0)
    if rules < 0:
        return False
    try:
        for port in ports:
            rule = struct.pack("=QQ", _CONNECT_TCP, port)
            if library.syscall(_ADD_RULE, rules, _RULE_NET_PORT, rule, 0):
                return False
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        held: int = library.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return held == 0


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
