"""Files in memory: for drills and tests."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO

from pratique.errors import NotFound
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.ports import BlobWriter


class MemoryBlobs:
    """Keeps files until it is gone, or until others need the room. What comes in is kept in `also`, too, if there is one."""

    def __init__(self, bytes_max: int | None = limits.BLOBS_BYTES_MAX, *, also: "MemoryBlobs | None" = None) -> None:
        self._held: dict[Digest, bytes] = {}
        """The one that was used longest ago comes first."""
        self._bytes_max = bytes_max
        self._also = also

    async def size(self, digest: Digest) -> int:
        """As `ports.Blobs.size`."""
        return len(self._get(digest))

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """As `ports.Blobs.read`."""
        yield self._get(digest)[start:end]

    async def sound(self, digest: Digest) -> None:
        """As `ports.Blobs.sound`: there is no file."""
        self._get(digest)

    async def file(self, digest: Digest) -> IO[bytes]:
        """As `ports.Blobs.file`."""
        data = self._get(digest)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        file.write(data)
        file.seek(0)
        return file

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[BlobWriter]:
        """As `ports.Blobs.writer`."""
        yield _Writer(self)

    async def remove(self, digest: Digest) -> None:
        """As `ports.Blobs.remove`."""
        self._held.pop(digest, None)

    def _get(self, digest: Digest) -> bytes:
        if digest not in self._held:
            raise NotFound(f"no file {digest} is held")
        self._held[digest] = self._held.pop(digest)
        return self._held[digest]

    def keep(self, data: bytes, digest: Digest) -> None:
        """Hold a received file, and make room for it."""
        if self._also is not None:
            self._also.keep(data, digest)
        self._held.pop(digest, None)
        self._held[digest] = data
        total = sum(map(len, self._held.values()))
        for oldest in list(self._held)[:-1]:
            if self._bytes_max is None or total <= self._bytes_max:
                break
            total -= len(self._held.pop(oldest))


class _Writer:
    def __init__(self, blobs: MemoryBlobs) -> None:
        self._blobs = blobs
        self._received = bytearray()

    async def write(self, chunk: bytes) -> None:
        self._received += chunk

    async def commit(self, expected: Digest | None = None) -> Digest:
        data = bytes(self._received)
        digest = Digest("sha256:" + hashlib.sha256(data).hexdigest())
        if expected in (None, digest):
            self._blobs.keep(data, digest)
        return digest
