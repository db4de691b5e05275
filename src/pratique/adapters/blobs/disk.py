"""Files on disk: `sha256/ab/cdef...`.

Written aside, synced and renamed, so that a file is there whole or not at all; verified when it is read whole, so that
a disk that rots, or a hand that changes it, is noticed before the last byte is given out. What was verified is remembered with
the file's inode, size and times, and good for as long as these stay (docs/adr/0028). The time of a file's last change is
that of its last use, to the minute: by it room is made, so that processes which share the folder agree.
"""

import asyncio
import contextlib
import hashlib
import os
import stat
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Final, NamedTuple

from pratique.adapters.durable import sync_folder
from pratique.errors import NotFound, Tampered, Unavailable
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.ports import BlobWriter, Clock

_CHUNK_BYTES: Final = 256 * 1024
_DAY_SECONDS: Final = 24 * 3600.0
_STATE_BYTES: Final = 512
"""What it takes to remember that a file was checked."""
_AGAIN: Final = "remove it from the blobs folder; it is fetched again on the next request"


class DiskBlobs:
    """A folder of files of at most `bytes_max` bytes, None: where nothing makes room. Several processes may share it."""

    def __init__(self, folder: Path, clock: Clock, bytes_max: int | None = limits.BLOBS_BYTES_MAX) -> None:
        self._folder = folder
        self._clock = clock
        self._bytes_max = bytes_max
        self._bytes: int | None = None
        """What the folder holds, by the last count and what came since; None before the first."""
        self._counted_at = 0.0
        self._counting = asyncio.Lock()
        self._checked: OrderedDict[Digest, _State] = OrderedDict()
        """How files were when they were found right; what was used longest ago comes first."""
        self._incoming = folder / "incoming"
        with _in_plain(folder):
            self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(self._incoming)

    async def size(self, digest: Digest) -> int:
        """As `ports.Blobs.size`."""
        with _in_plain(self._folder, digest):
            path = self._path(digest)
            found = path.stat()
            self._note_use(path, found.st_mtime)
            return found.st_size

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """As `ports.Blobs.read`. The last chunk of a whole read is held back until the digest is known to be right."""
        with _in_plain(self._folder, digest), self._path(digest).open("rb") as file:
            found = os.fstat(file.fileno())
            self._note_use(self._path(digest), found.st_mtime)
            before = _state(file)
            size = found.st_size
            stop = size if end is None else min(end, size)
            part = _Part(file, start, stop - start, hashlib.sha256() if start == 0 and stop == size else None)
            more = True
            while more:
                chunk = await asyncio.to_thread(part.next, digest)
                more = part.left > 0
                if chunk:
                    yield chunk
            old = abs(self._now() - before.changed_ns / 1e9) > limits.BLOB_SETTLED_SECONDS
            if part.verified and old and await asyncio.to_thread(self._is_settled, file, before):
                self._remember(digest, before)

    async def sound(self, digest: Digest) -> "_Sound | None":
        """As `ports.Blobs.sound`."""
        checked = self._checked.get(digest)
        with _in_plain(self._folder, digest):
            file = self._path(digest).open("rb")
            state = _state(file)
            if state != checked:
                file.close()
                return None
        self._checked.move_to_end(digest)
        return _Sound(file, digest, state)

    async def file(self, digest: Digest) -> IO[bytes]:
        """As `ports.Blobs.file`."""
        with _in_plain(self._folder, digest):
            return await asyncio.to_thread(self._path(digest).open, "rb")

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[BlobWriter]:
        """As `ports.Blobs.writer`."""
        with _in_plain(self._folder):
            descriptor, name = tempfile.mkstemp(dir=self._incoming)
        aside = Path(name)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                yield _Writer(file, aside, self)
        finally:
            _discard(aside)

    async def remove(self, digest: Digest) -> None:
        """As `ports.Blobs.remove`."""
        with _in_plain(self._folder):
            _discard(self._path(digest))

    def keep(self, file: IO[bytes], aside: Path, digest: Digest) -> None:
        """Give a received file its name. What is already held under that name has the same content."""
        with _in_plain(self._folder):
            now = self._now()
            os.utime(aside, (now, now))
            os.fsync(file.fileno())
            path = self._path(digest)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside.replace(path)
            for folder in (path.parent, path.parent.parent):
                sync_folder(folder)

    async def make_room(self, new: Digest, size_bytes: int) -> None:
        """Remove what has not been used for long, and what was used longest ago, until the rest fits.

        What was used within the last two minutes stays, because somebody may be about to read it: by such files alone the bound
        may be passed. The folder is counted when it may have become too large, and once a day.
        """
        if self._bytes_max is None:
            return
        async with self._counting:
            if self._bytes is not None:
                self._bytes += size_bytes
            if (
                self._bytes is None
                or self._bytes > self._bytes_max
                or abs(self._now() - self._counted_at) > _DAY_SECONDS
            ):
                with _in_plain(self._folder):
                    self._bytes = await asyncio.to_thread(self._evict, self._path(new), self._bytes_max)
                self._counted_at = self._now()

    def _evict(self, new: Path, bytes_max: int) -> int:
        """Make room; the bytes that are left."""
        now = self._now()
        held = sorted(_files(self._folder / "sha256"))
        left = sum(size for _, size, _ in held)
        for used, size, path in held:
            too_old = now - used > limits.BLOB_UNUSED_SECONDS_MAX
            in_use = path == new or abs(now - used) < 2 * limits.BLOB_USE_NOTED_SECONDS
            if in_use or not (too_old or left > bytes_max):
                continue
            _discard(path)
            left -= size
        return left

    def _is_settled(self, file: IO[bytes], before: "_State") -> bool:
        """Whether a file is as it was, and was last changed so long ago, by the disk's own clock, that a change would show."""
        with _in_plain(self._incoming):
            descriptor, name = tempfile.mkstemp(dir=self._incoming)
            now = os.fstat(descriptor).st_ctime_ns
            os.close(descriptor)
            Path(name).unlink()
        return _state(file) == before and now - before.changed_ns > limits.BLOB_SETTLED_SECONDS * 1e9

    def _remember(self, digest: Digest, state: "_State") -> None:
        self._checked[digest] = state
        while len(self._checked) * _STATE_BYTES > limits.BLOBS_CHECKED_BYTES_MAX:
            self._checked.popitem(last=False)

    def _note_use(self, path: Path, noted: float) -> None:
        """Note that a file is used now, unless that was noted lately; one that is removed at this moment needs no note."""
        now = self._now()
        if abs(now - noted) > limits.BLOB_USE_NOTED_SECONDS:
            with contextlib.suppress(FileNotFoundError):
                os.utime(path, (now, now))

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _path(self, digest: Digest) -> Path:
        value = digest.removeprefix("sha256:")
        return self._folder / "sha256" / value[:2] / value[2:]


class _State(NamedTuple):
    """What of an open file shows that it was changed: whoever writes to it cannot set the time of its last change back."""

    device: int
    inode: int
    size: int
    written_ns: int
    changed_ns: int


def _state(file: IO[bytes]) -> _State:
    found = os.fstat(file.fileno())
    return _State(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class _Sound:
    """As `ports.SoundFile`."""

    file: BufferedReader
    digest: Digest
    state: _State

    async def still_sound(self) -> bool:
        """As `ports.SoundFile.still_sound`. Where its times are others, because its use was noted, it is read again."""
        if _state(self.file) == self.state:
            return True
        return await asyncio.to_thread(self._has_digest)

    def _has_digest(self) -> bool:
        with _in_plain(Path(self.file.name), self.digest):
            self.file.seek(0)
            return f"sha256:{hashlib.file_digest(self.file, 'sha256').hexdigest()}" == self.digest


class _Part:
    """A stretch of an open file, read chunk by chunk in a thread."""

    def __init__(self, file: IO[bytes], start: int, count: int, hasher: "hashlib._Hash | None") -> None:
        file.seek(start)
        self._file = file
        self.left = max(count, 0)
        self._hasher = hasher
        self.verified = False

    def next(self, digest: Digest) -> bytes:
        """The next chunk, empty for an empty stretch. Raises `Tampered` when the file is not what its name says."""
        chunk = self._file.read(min(_CHUNK_BYTES, self.left))
        if self.left and not chunk:
            raise Tampered("blob-changed", f"the file {digest} became shorter while it was read", advice=_AGAIN)
        self.left -= len(chunk)
        if self._hasher is not None:
            self._hasher.update(chunk)
            if not self.left and self._hasher.hexdigest() != digest.removeprefix("sha256:"):
                raise Tampered("blob-changed", f"the file {digest} no longer has that digest", advice=_AGAIN)
            self.verified = not self.left
        return chunk


class _Writer:
    def __init__(self, file: IO[bytes], aside: Path, blobs: DiskBlobs) -> None:
        self._file = file
        self._aside = aside
        self._blobs = blobs
        self._hasher = hashlib.sha256()

    async def write(self, chunk: bytes) -> None:
        await asyncio.to_thread(self._take, chunk)

    async def commit(self, expected: Digest | None = None) -> Digest:
        digest = Digest("sha256:" + self._hasher.hexdigest())
        if expected in (None, digest):
            size = self._file.tell()
            await asyncio.to_thread(self._blobs.keep, self._file, self._aside, digest)
            await self._blobs.make_room(digest, size)
        return digest

    def _take(self, chunk: bytes) -> None:
        with _in_plain(self._aside):
            self._hasher.update(chunk)
            left = memoryview(chunk)
            while left:
                left = left[self._file.write(left) :]


@contextmanager
def _in_plain(where: Path, digest: Digest | None = None) -> Iterator[None]:
    """The border to the system: its errors become ours."""
    try:
        yield
    except FileNotFoundError as error:
        if digest is not None:
            raise NotFound(f"no file {digest} is held") from error
        raise Unavailable(f"{where} is gone: {error}", advice="is the folder still there?") from error
    except OSError as error:
        raise Unavailable(f"{where} cannot be used: {error}", advice="is there space, and is it writable?") from error


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Every file below a folder: when it was last used, its size, its path. One that goes meanwhile is left out."""
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            found = path.stat()
            if stat.S_ISREG(found.st_mode):
                yield found.st_mtime, found.st_size, path


def _discard(path: Path) -> None:
    """Remove a file that may have been moved on already."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def _sweep(incoming: Path) -> None:
    """Remove what killed processes left behind: files older, by the disk's own clock, than any transfer may last."""
    descriptor, name = tempfile.mkstemp(dir=incoming)
    os.close(descriptor)
    now = Path(name).stat().st_mtime
    Path(name).unlink()
    for path in incoming.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if now - path.stat().st_mtime > limits.BLOB_INCOMING_SECONDS_MAX:
                path.unlink()
