"""What goes wrong while an answer is sent, and clients that do not keep to it: raw bytes on the wire."""

import asyncio
import contextlib
import os
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.clock import SystemClock
from pratique.errors import NotFound, Tampered, Unavailable
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.scope import Actor, ActorKind
from pratique.settings import Settings
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import wheel
from pratique.web.serve import running
from tests.conftest import DAY, NOW

LOCAL = Actor(ActorKind.HUMAN, "annabel.quarrington")
MEGA = 1024 * 1024


@pytest.fixture
def large(index: SimulatedIndex) -> bytes:
    """A wheel of a megabyte."""
    name, data = wheel("bulklook", "1.0", {"bulklook/data.txt": os.urandom(MEGA).hex()})
    index.add("bulklook", (name, data), NOW - 400 * DAY)
    return data


@pytest.fixture
def path(index: SimulatedIndex, large: bytes) -> str:
    del large
    return f"/files/public{index.files['bulklook-1.0-py3-none-any.whl'].path}"


class Wire:
    """One connection to a gate."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def ask(self, *paths: str, **headers: str) -> None:
        fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        for path in paths:
            self.writer.write(f"GET {path} HTTP/1.1\r\nHost: gate.example\r\n{fields}\r\n".encode())

    async def everything(self) -> bytes:
        """What comes until the gate closes the connection."""
        received = bytearray()
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                while chunk := await self.reader.read(MEGA):
                    received += chunk
        return bytes(received)


@contextlib.asynccontextmanager
async def wire(url: str) -> AsyncIterator[Wire]:
    host, _, port = url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


class Failing(DiskBlobs):
    """Files on disk that fail after their first chunk once `error` is set."""

    error: Exception | None = None

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        async for chunk in super().read(digest, start=start, end=end):
            yield chunk
            if self.error is not None:
                raise self.error


class Replacing(DiskBlobs):
    """Files on disk of which one is replaced by other content after its first chunk was read, or before any was."""

    def __init__(self, folder: Path, content: bytes | None, after_chunks: int) -> None:
        super().__init__(folder, SystemClock())
        self._sha256 = folder / "sha256"
        self._content = content
        self._after_chunks = after_chunks
        self.armed = False

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        if self.armed and self._after_chunks == 0:
            self._replace(digest)
        async for chunk in super().read(digest, start=start, end=end):
            yield chunk
            if self.armed and self._after_chunks == 1:
                self._replace(digest)

    def _replace(self, digest: Digest) -> None:
        value = digest.removeprefix("sha256:")
        path = self._sha256 / value[:2] / value[2:]
        if self._content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(self._content)


def only_the_beginning(received: bytes, whole: bytes) -> bool:
    """Whether there is one head, and behind it less than what it announces, all of it from the file."""
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 20"), head
    return received.count(b"HTTP/1.1") == 1 and whole.startswith(body) and len(body) < len(whole)


@pytest.mark.parametrize(
    "error",
    [Tampered("blob-changed", "other bytes"), NotFound("gone"), Unavailable("disk"), RuntimeError("bug"), OSError(5)],
    ids=lambda error: type(error).__name__,
)
async def test_no_byte_follows_an_answer_that_broke(
    world: World, settings: Settings, path: str, large: bytes, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BLOB_CHECKED_FIRST_BYTES_MAX", 0)
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", 1e9)  # this process sends it, not the kernel
    blobs = Failing(Path(settings.home) / "blobs", SystemClock())
    async with running(replace(world, blobs=blobs), "127.0.0.1", 0, LOCAL) as url:
        async with wire(url) as first:
            first.ask(path, Connection="close")
            assert (await first.everything()).endswith(large[-100:])
        blobs.error = error
        async with wire(url) as connection:
            connection.ask(path, "/-/health", path)
            assert only_the_beginning(await connection.everything(), large)


@pytest.mark.parametrize(
    "content",
    [None, b"", b"short", bytes(MEGA), bytes(5 * MEGA)],
    ids=["gone", "empty", "short", "less", "more"],
)
@pytest.mark.parametrize("after_chunks", [0, 1])
@pytest.mark.parametrize("part", ["", "bytes=100000-"])
async def test_a_file_replaced_while_it_is_sent_is_never_taken_for_whole(
    world: World,
    settings: Settings,
    path: str,
    large: bytes,
    content: bytes | None,
    after_chunks: int,
    part: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "BLOB_CHECKED_FIRST_BYTES_MAX", 0)
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", 1e9)  # this process sends it, not the kernel
    blobs = Replacing(Path(settings.home) / "blobs", content, after_chunks)
    async with running(replace(world, blobs=blobs), "127.0.0.1", 0, LOCAL) as url:
        async with wire(url) as first:
            first.ask(path, Connection="close")
            await first.everything()
        blobs.armed = True
        wanted = large[100_000:] if part else large
        async with wire(url) as connection:
            connection.ask(path, **({"Range": part} if part else {}))
            connection.ask("/-/health", Connection="close")
            received = await connection.everything()
        if received.startswith((b"HTTP/1.1 404", b"HTTP/1.1 424")):
            assert part, "of a part the whole is looked at before it begins"
            return
        _, _, body = received.partition(b"\r\n\r\n")
        if content is None and after_chunks == 1:
            assert body.startswith(wanted), "an open file outlives its name"
            return
        assert received.count(b"HTTP/1.1") == 1
        assert len(body) < len(wanted)


async def test_a_small_file_is_checked_before_its_answer_begins(
    world: World, settings: Settings, path: str, large: bytes
) -> None:
    async with running(world, "127.0.0.1", 0, LOCAL) as url, wire(url) as connection:
        connection.ask(path, Connection="close")
        assert (await connection.everything()).endswith(large[-100:])
        (held,) = [each for each in (Path(settings.home) / "blobs/sha256").rglob("*") if each.is_file()]
        held.write_bytes(bytes(len(large)))
        for part in ({}, {"Range": "bytes=5-9"}):
            async with wire(url) as again:
                again.ask(path, Connection="close", **part)
                assert (await again.everything()).startswith(b"HTTP/1.1 424 Pratique: blob-changed")


@pytest.fixture
async def sent_by_the_kernel(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, list[int]]]:
    """A gate that has found its file right already, and how many bytes the kernel has sent of it."""
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    monkeypatch.setattr(limits, "BLOB_CHECKED_FIRST_BYTES_MAX", 0)
    sent: list[int] = []
    loop = asyncio.get_running_loop()
    sendfile = loop.sendfile

    async def counted(*arguments: Any) -> int:  # noqa: ANN401 - as the loop has it
        sent.append(await sendfile(*arguments))
        return sent[-1]

    monkeypatch.setattr(loop, "sendfile", counted)
    async with running(world, "127.0.0.1", 0, LOCAL) as url:
        async with wire(url) as first:
            first.ask(path, Connection="close")
            await first.everything()
        assert sent == [], "nobody has looked at it before"
        yield url, sent


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("", 0, None),
        ("bytes=5-", 5, None),
        ("bytes=-70000", -70_000, None),
        ("bytes=7-9", 7, 10),
        ("bytes=1-40000", 1, 40_001),
    ],
)
async def test_what_was_found_right_is_sent_by_the_kernel(
    sent_by_the_kernel: tuple[str, list[int]], path: str, large: bytes, asked: str, start: int, end: int | None
) -> None:
    url, sent = sent_by_the_kernel
    wanted = large[start:end]
    async with wire(url) as connection:
        for _ in range(2):
            connection.ask(path, **({"Range": asked} if asked else {}))
        connection.ask("/-/health", Connection="close")
        received = await connection.everything()
    for _ in range(2):
        head, _, rest = received.partition(b"\r\n\r\n")
        assert f"content-length: {len(wanted)}".encode() in head.lower()
        assert rest.startswith(wanted)
        received = rest[len(wanted) :]
    assert b'"status": "ok"' in received
    assert bool(sent) is (len(wanted) > 32 * 1024)


@pytest.mark.parametrize("kept_times", [True, False])
async def test_a_file_changed_after_it_was_found_right_is_not_sent_as_whole(
    sent_by_the_kernel: tuple[str, list[int]], settings: Settings, path: str, large: bytes, *, kept_times: bool
) -> None:
    url, sent = sent_by_the_kernel
    (held,) = [each for each in (Path(settings.home) / "blobs/sha256").rglob("*") if each.is_file()]
    found = held.stat()
    with held.open("r+b") as file:
        file.seek(300_000)
        file.write(b"other bytes")
    if kept_times:
        os.utime(held, ns=(found.st_atime_ns, found.st_mtime_ns))
    async with wire(url) as connection:
        connection.ask(path, Connection="close")
        assert only_the_beginning(await connection.everything(), large[:300_000] + b"other bytes" + large[300_011:])
    assert sent == []
    async with wire(url) as connection:
        connection.ask(path, Connection="close", Range="bytes=0-9")
        assert (await connection.everything()).startswith(b"HTTP/1.1 424 Pratique: blob-changed")


@pytest.mark.parametrize("harm", ["changed", "shorter", "used"])
async def test_a_file_that_is_changed_while_the_kernel_sends_it_is_not_taken_for_whole(
    sent_by_the_kernel: tuple[str, list[int]],
    settings: Settings,
    path: str,
    large: bytes,
    harm: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, sent = sent_by_the_kernel
    (held,) = [each for each in (Path(settings.home) / "blobs/sha256").rglob("*") if each.is_file()]
    loop = asyncio.get_running_loop()
    sendfile = loop.sendfile

    async def harmed(*arguments: Any) -> int:  # noqa: ANN401 - as the loop has it
        count = int(await sendfile(*arguments))
        if harm == "changed":
            with held.open("r+b") as file:
                file.seek(len(large) - 5)
                file.write(b"other")
        elif harm == "shorter":
            os.truncate(held, 400_000)
        else:
            held.touch()
        return count

    monkeypatch.setattr(loop, "sendfile", harmed)
    async with wire(url) as connection:
        connection.ask(path, Connection="close")
        received = await connection.everything()
    assert sent
    if harm == "used":
        assert received.endswith(large[-100:]), "that its use was noted is no change"
    else:
        assert only_the_beginning(received, large)


async def test_half_requests_are_ended_and_others_are_served_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CLIENT_HEAD_SECONDS_MAX", 2.0)
    async with running(world, "127.0.0.1", 0, LOCAL) as url, contextlib.AsyncExitStack() as stack:
        half = [await stack.enter_async_context(wire(url)) for _ in range(240)]
        for place, connection in enumerate(half):
            connection.writer.write(b"GET /simple/llmlook/ HTTP/1.1\r\nHost: gate"[: place % 40])
        async with wire(url) as good:
            good.ask("/-/health", Connection="close")
            assert (await good.everything()).startswith(b"HTTP/1.1 200")
        assert await asyncio.gather(*(connection.everything() for connection in half)) == [b""] * 240


async def test_a_half_request_that_drips_is_ended_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLIENT_HEAD_SECONDS_MAX", 1.0)
    monkeypatch.setattr(limits, "CLIENT_IDLE_SECONDS_MAX", 1.0)
    async with running(world, "127.0.0.1", 0, LOCAL) as url, wire(url) as connection:
        connection.ask("/-/health")
        connection.writer.write(b"GET /-/health HTTP/1.1\r\n")
        reading = asyncio.create_task(connection.everything())
        for _ in range(500):
            if reading.done():
                break
            connection.writer.write(b"A")
            await asyncio.sleep(0.02)
        assert (await reading).count(b"HTTP/1.1 200") == 1


async def test_the_connections_of_one_address_are_bounded_and_idle_ones_make_room(
    world: World, index: SimulatedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_PER_ADDRESS_MAX", 3)
    async with running(world, "127.0.0.1", 0, LOCAL) as url, contextlib.AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(wire(url)) for _ in range(3)]
        async with wire(url) as newest:
            newest.ask("/-/health", Connection="close")
            assert (await newest.everything()).startswith(b"HTTP/1.1 200")
        assert await idle[0].everything() == b""
        index.behaviour.stalls_seconds = 3.0
        busy = [await stack.enter_async_context(wire(url)) for _ in range(3)]
        for connection in busy:
            connection.ask("/simple/llmlook/", Connection="close")
        await asyncio.sleep(0.3)
        async with wire(url) as refused:
            assert (await refused.everything()).startswith(b"HTTP/1.1 503 Pratique: too many connections")
        for connection in busy:
            assert (await connection.everything()).startswith(b"HTTP/1.1 200")


async def test_all_connections_together_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_MAX", 2)
    async with running(world, "127.0.0.1", 0, LOCAL) as url, contextlib.AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(wire(url)) for _ in range(2)]
        async with wire(url) as newest:
            newest.ask("/-/health", Connection="close")
            assert (await newest.everything()).startswith(b"HTTP/1.1 200")
        assert await idle[0].everything() == b""


async def test_a_client_that_stops_reading_is_cut_off(
    world: World, index: SimulatedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, data = wheel("hugelook", "1.0", {"hugelook/data.txt": os.urandom(8 * MEGA).hex()})
    hosted = index.add("hugelook", (name, data), NOW - 400 * DAY)
    monkeypatch.setattr(limits, "CLIENT_WRITE_SECONDS_MAX", 0.3)
    async with running(world, "127.0.0.1", 0, LOCAL) as url, wire(url) as connection:
        connection.ask(f"/files/public{hosted.path}")
        assert (await connection.reader.readline()).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(2)
        assert len(await connection.everything()) < len(data)


async def test_slow_readers_hold_no_memory(world: World, index: SimulatedIndex) -> None:
    name, data = wheel("hugelook", "1.0", {"hugelook/data.txt": os.urandom(8 * MEGA).hex()})
    hosted = index.add("hugelook", (name, data), NOW - 400 * DAY)
    async with running(world, "127.0.0.1", 0, LOCAL) as url, contextlib.AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(wire(url)) for _ in range(40)]
        readers[0].ask(f"/files/public{hosted.path}")
        await readers[0].reader.readline()
        tracemalloc.start()
        for reader in readers[1:]:
            reader.ask(f"/files/public{hosted.path}")
        for reader in readers[1:]:
            assert (await reader.reader.readline()).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.5)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert held < 39 * MEGA, "about a chunk each, not the file"
