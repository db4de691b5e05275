"""`pratique serve` told to end while somebody downloads: nothing that was begun is dropped, and nobody holds the gate up."""

import asyncio
import contextlib
import json
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import wheel
from tests.cli.standing import Standing
from tests.conftest import DAY, NOW

LARGE = "largelook-1.0-py3-none-any.whl"
SMALL_BUFFER_BYTES = 65_536


@pytest.fixture
def large(index: SimulatedIndex) -> SimulatedIndex:
    """With a file that no buffer of a connection takes at once."""
    index.add(
        "largelook", wheel("largelook", "1.0", {"largelook/data.txt": secrets.token_hex(7_000_000)}), NOW - 400 * DAY
    )
    return index


class Gate:
    """A gate in a process of its own, and what it logs."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url
        self.address = (urlsplit(url).hostname or "", urlsplit(url).port or 0)

    async def logged(self, event: str) -> dict[str, Any]:
        """The next line about this."""
        assert self.process.stderr is not None
        while True:
            line = await asyncio.wait_for(self.process.stderr.readline(), 60)
            assert line, f"nothing more is logged, and {event} never was"
            told: dict[str, Any] = json.loads(line)
            if told["event"] == event:
                return told

    async def download(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, int]:
        """A download that has begun, of a client that takes little at a time; and the length that was promised."""
        async with aiohttp.ClientSession() as session:
            accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
            async with session.get(f"{self.url}/simple/largelook/", headers=accept) as answer:
                path = (await answer.json(content_type=None))["files"][0]["url"].removeprefix("../..")
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, self.address)
        reader, writer = await asyncio.open_connection(sock=connection, limit=SMALL_BUFFER_BYTES)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: gate\r\n\r\n".encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        assert head.startswith(b"HTTP/1.1 200")
        return reader, writer, int(head.lower().partition(b"content-length: ")[2].split()[0])

    async def refuses_new_connections(self) -> bool:
        for _ in range(100):
            try:
                _, writer = await asyncio.open_connection(*self.address)
            except ConnectionRefusedError:
                return True
            writer.close()
            await asyncio.sleep(0.05)
        return False


@contextlib.asynccontextmanager
async def gate(folder: Path, index: SimulatedIndex, **variables: str) -> AsyncIterator[Gate]:
    async with serving(index) as upstream:
        account = Standing(folder, index, upstream)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pratique", "serve", "--port", "0"),
            cwd=account.home,
            env={**account.environment, **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            starting = Gate(process, "http://127.0.0.1:0")
            yield Gate(process, (await starting.logged("opened"))["url"])
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def test_a_slow_download_ends_whole_after_the_gate_was_told_to_end(tmp_path: Path, large: SimulatedIndex) -> None:
    async with gate(tmp_path, large) as served:
        reader, writer, length = await served.download()
        served.process.send_signal(signal.SIGTERM)
        await served.logged("leaving")
        assert await served.refuses_new_connections()
        body = bytearray()
        while chunk := await asyncio.wait_for(reader.read(SMALL_BUFFER_BYTES), 60):
            body += chunk
            await asyncio.sleep(0.005)
        assert (len(body), bytes(body)) == (length, large.files[LARGE].data)
        writer.close()
        await served.logged("closed")
        assert await asyncio.wait_for(served.process.wait(), 30) == 0


async def test_who_stops_reading_is_cut_off_when_the_time_is_over(tmp_path: Path, large: SimulatedIndex) -> None:
    async with gate(tmp_path, large, PRATIQUE_SERVER__FINISH_SECONDS="1") as served:
        reader, writer, length = await served.download()
        served.process.send_signal(signal.SIGTERM)
        assert (await served.logged("cut off"))["connections"] == 1
        assert await asyncio.wait_for(served.process.wait(), 30) == 0
        got = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := await asyncio.wait_for(reader.read(SMALL_BUFFER_BYTES), 60):
                got += len(chunk)
        assert got < length
        writer.close()


async def test_told_twice_it_ends_at_once(tmp_path: Path, large: SimulatedIndex) -> None:
    async with gate(tmp_path, large, PRATIQUE_SERVER__FINISH_SECONDS="600") as served:
        _, writer, _ = await served.download()
        served.process.send_signal(signal.SIGINT)
        await served.logged("leaving")
        served.process.send_signal(signal.SIGINT)
        await served.logged("cut off")
        assert await asyncio.wait_for(served.process.wait(), 30) == 0
        writer.close()


async def test_a_gate_that_leaves_says_so_while_it_still_listens(tmp_path: Path, index: SimulatedIndex) -> None:
    async with (
        gate(tmp_path, index, PRATIQUE_SERVER__LEAVE_SECONDS="600") as served,
        aiohttp.ClientSession() as session,
    ):
        assert (await session.get(f"{served.url}/-/ready")).status == 200
        served.process.send_signal(signal.SIGTERM)
        await served.logged("leaving")
        answer = await session.get(f"{served.url}/-/ready")
        assert (answer.status, await answer.json()) == (503, {"status": "leaving"})
        assert (await session.get(f"{served.url}/-/health")).status == 200
        assert (await session.get(f"{served.url}/simple/llmlook/")).status == 200
        served.process.send_signal(signal.SIGTERM)
        await served.logged("closed")
        assert await asyncio.wait_for(served.process.wait(), 30) == 0
