"""Files on disk beyond the port: damage, crashes, and what is left behind."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.clock import SystemClock
from pratique.adapters.durable import write_aside
from pratique.errors import NotFound, Tampered, Unavailable
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.simulators.clock import SimulatedClock

LARGE = bytes(range(256)) * 4_000
NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)

RECEIVER = """
import asyncio, sys
from pathlib import Path
from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.clock import SystemClock

async def main() -> None:
    blobs = DiskBlobs(Path(sys.argv[1]), SystemClock())
    async with blobs.writer() as writer:
        for _ in range(1_000_000):
            await writer.write(b"x" * 65_536)
            print("received", flush=True)

asyncio.run(main())
"""


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    return DiskBlobs(tmp_path / "blobs", SystemClock())


async def put(blobs: DiskBlobs, content: bytes) -> Digest:
    async with blobs.writer() as writer:
        await writer.write(content)
        return await writer.commit()


async def get(blobs: DiskBlobs, digest: Digest) -> list[bytes]:
    return [chunk async for chunk in blobs.read(digest)]


async def receive(blobs: DiskBlobs, digest: Digest, given: bytearray) -> None:
    async for chunk in blobs.read(digest):
        given += chunk


def stored(blobs: Path, digest: Digest) -> Path:
    value = digest.removeprefix("sha256:")
    return blobs / "sha256" / value[:2] / value[2:]


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_a_file_lies_under_its_digest_and_nothing_else_is_left(blobs: DiskBlobs, tmp_path: Path) -> None:
    digest = await put(blobs, LARGE)
    value = digest.removeprefix("sha256:")
    assert everything(tmp_path / "blobs") == [f"sha256/{value[:2]}/{value[2:]}"]


@pytest.mark.parametrize("content", [b"one byte flipped", LARGE])
@pytest.mark.parametrize(
    "damage", [lambda old: old[:-1], lambda _: b"", lambda old: old + b"x", lambda old: bytes([old[0] ^ 1]) + old[1:]]
)
async def test_a_changed_file_is_noticed_before_its_last_byte_is_given_out(
    blobs: DiskBlobs, tmp_path: Path, content: bytes, damage: Callable[[bytes], bytes]
) -> None:
    digest = await put(blobs, content)
    path = stored(tmp_path / "blobs", digest)
    path.write_bytes(damage(content))
    given = bytearray()
    with pytest.raises(Tampered, match="blob-changed") as refusal:
        await receive(blobs, digest, given)
    assert len(given) < max(len(damage(content)), 1)
    assert refusal.value.advice
    await blobs.remove(digest)
    assert await put(blobs, content) == digest
    assert b"".join(await get(blobs, digest)) == content


async def test_a_receiver_that_is_killed_leaves_no_file_to_be_found(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", RECEIVER, str(tmp_path / "blobs")]
    receiver = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    assert receiver.stdout is not None
    for _ in range(5):
        await receiver.stdout.readline()
    os.kill(receiver.pid, signal.SIGKILL)
    await receiver.communicate()
    (left,) = everything(tmp_path / "blobs")
    assert left.startswith("incoming/")
    DiskBlobs(tmp_path / "blobs", SystemClock())
    assert everything(tmp_path / "blobs") == [left], "it may belong to another process that still receives"
    path = tmp_path / "blobs" / left
    long_ago = path.stat().st_mtime - limits.BLOB_INCOMING_SECONDS_MAX - 60
    os.utime(path, (long_ago, long_ago))
    DiskBlobs(tmp_path / "blobs", SystemClock())
    assert everything(tmp_path / "blobs") == []


async def test_a_folder_that_is_gone_is_said_so(blobs: DiskBlobs, tmp_path: Path) -> None:
    (tmp_path / "blobs" / "incoming").rmdir()
    with pytest.raises(Unavailable, match="gone"):
        await put(blobs, b"content")
    with pytest.raises(NotFound):
        await blobs.size(digest_of(b"content"))


async def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        DiskBlobs(tmp_path / "file" / "blobs", SystemClock())


def held_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def test_a_month_of_files_stays_within_the_bound_and_what_is_used_stays(tmp_path: Path) -> None:
    clock = SimulatedClock(NOW)
    blobs = DiskBlobs(tmp_path / "blobs", clock, bytes_max=500_000)
    popular = await put(blobs, b"popular" * 1_000)
    for turn in range(30 * 4):
        clock.advance(timedelta(hours=6))
        digest = await put(blobs, turn.to_bytes(4) * 10_000)
        assert await blobs.size(digest) == 40_000
        assert await blobs.size(popular) == 7_000
        assert held_bytes(tmp_path / "blobs") <= 500_000, turn
    assert held_bytes(tmp_path / "blobs") > 400_000


async def test_what_nobody_used_for_long_is_removed(tmp_path: Path) -> None:
    clock = SimulatedClock(NOW)
    blobs = DiskBlobs(tmp_path / "blobs", clock)
    used, unused = await put(blobs, b"used"), await put(blobs, b"unused")
    for _ in range(91):
        clock.advance(timedelta(days=1))
        await blobs.size(used)
    assert await put(blobs, b"new")
    assert await blobs.size(used) == 4
    with pytest.raises(NotFound):
        await blobs.size(unused)


async def test_what_was_used_just_now_is_not_removed_and_what_is_read_is_read_to_its_end(tmp_path: Path) -> None:
    clock = SimulatedClock(NOW)
    blobs = DiskBlobs(tmp_path / "blobs", clock, bytes_max=len(LARGE))
    digest = await put(blobs, LARGE)
    reading = blobs.read(digest)
    received = await anext(reading)
    clock.advance(timedelta(seconds=30))
    await put(blobs, LARGE + b"another")
    assert await blobs.size(digest) == len(LARGE), "somebody may be about to read it"
    clock.advance(timedelta(hours=1))
    await put(blobs, LARGE + b"a third")
    with pytest.raises(NotFound):
        await blobs.size(digest)
    assert received + b"".join([chunk async for chunk in reading]) == LARGE


async def test_a_folder_found_too_full_is_brought_within_the_bound(tmp_path: Path) -> None:
    clock = SimulatedClock(NOW)
    for part in range(20):
        clock.advance(timedelta(hours=1))
        await put(DiskBlobs(tmp_path / "blobs", clock), bytes([part]) * 100_000)
    clock.advance(timedelta(hours=1))
    await put(DiskBlobs(tmp_path / "blobs", clock, bytes_max=500_000), b"new")
    assert held_bytes(tmp_path / "blobs") <= 500_000


async def test_a_file_is_durable_before_it_can_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, bool]] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        synced.append((kind, any(path.is_file() for path in (tmp_path / "blobs/sha256").rglob("*"))))
        real(descriptor)

    blobs = DiskBlobs(tmp_path / "blobs", SystemClock())
    (tmp_path / "blobs/sha256").mkdir()
    monkeypatch.setattr(os, "fsync", noting)
    await put(blobs, LARGE)
    assert synced == [("file", False), ("folder", True), ("folder", True)]


def test_what_is_written_aside_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(os.pread(descriptor, 100, 0))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    assert write_aside(tmp_path, b"content").read_bytes() == b"content"
    assert synced == [b"content"]


async def test_what_was_changed_a_moment_ago_is_not_remembered_as_right(
    blobs: DiskBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = await put(blobs, LARGE)
    assert await blobs.sound(digest) is None, "nobody has read it yet"
    await get(blobs, digest)
    assert await blobs.sound(digest) is None, "a change within the same tick of the clock would not show"
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    assert b"".join([chunk async for chunk in blobs.read(digest, start=5)]) == LARGE[5:]
    assert await blobs.sound(digest) is None, "a part says nothing of the whole"
    await get(blobs, digest)
    sound = await blobs.sound(digest)
    assert sound is not None
    with sound.file:
        assert await sound.still_sound()
        assert sound.file.read() == LARGE


async def test_only_so_many_files_are_remembered_as_right(blobs: DiskBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    monkeypatch.setattr(limits, "BLOBS_CHECKED_BYTES_MAX", 1024)
    digests = [await put(blobs, content) for content in (b"one", b"two", b"three")]
    for digest in digests:
        await get(blobs, digest)
    found = [await blobs.sound(digest) for digest in digests]
    assert [each is not None for each in found] == [False, True, True]
    for each in found:
        if each is not None:
            each.file.close()
