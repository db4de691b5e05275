"""Where a command that waits in place of a foreign one is met: it tells its environment, and ends when it may."""

import asyncio
import json
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from pratique.adapters.clients.foreign import waiting
from pratique.adapters.clients.meeting import Meeting

SECONDS_MAX = 10


@pytest.fixture
def place() -> Iterator[Path]:
    """Where a short path leads to: that of a socket has a limit."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "met"


@asynccontextmanager
async def waiter(place: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command that waits, run in an environment."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", waiting(place), env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_waiting_command_tells_its_environment_and_waits_until_it_is_left(place: Path) -> None:
    large = "x" * 100_000
    async with AsyncExitStack() as stack:
        async with Meeting(place) as meeting:
            process = await stack.enter_async_context(waiter(place, VIRTUAL_ENV="made", LARGE=large))
            told = await asyncio.wait_for(meeting.environment(), SECONDS_MAX)
            assert (told["VIRTUAL_ENV"], told["LARGE"]) == ("made", large)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(process.wait(), 0.05)
        assert await asyncio.wait_for(process.wait(), SECONDS_MAX) == 0


async def test_who_comes_second_changes_nothing_and_is_let_go_too(place: Path) -> None:
    came = []
    async with Meeting(place) as meeting:
        for which in ("first", "second"):
            reader, writer = await asyncio.open_unix_connection(str(place))
            came.append((reader, writer))
            writer.write(json.dumps({"WHICH": which}).encode() + b"\n")
            told = await asyncio.wait_for(meeting.environment(), SECONDS_MAX)
            assert told == {"WHICH": "first"}
        await asyncio.sleep(0.01)
    for reader, writer in came:
        assert await asyncio.wait_for(reader.read(), SECONDS_MAX) == b""
        writer.close()
        await writer.wait_closed()


async def test_nobody_is_met_once_it_is_over(place: Path) -> None:
    async with Meeting(place):
        pass
    with pytest.raises(OSError, match=r"refused|No such file"), socket.socket(socket.AF_UNIX) as late:
        late.connect(str(place))
