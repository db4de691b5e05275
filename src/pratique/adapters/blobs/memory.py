"""Files in memory: for drills and tests."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pratique.errors import NotFound
from pratique.model.artifact import Digest
from pratique.ports import BlobWriter


class MemoryBlobs:
    """Keeps files until it is gone."""

    def __init__(self) -> None:
        self._held: dict[Digest, bytes] = {}

    async def size(self, digest: Digest) -> int:
        """As `ports.Blobs.size`."""
        return len(self._get(digest))

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """As `ports.Blobs.read`."""
        yield self._get(digest)[start:end]

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[BlobWriter]:
        """As `ports.Blobs.writer`."""
        yield _Writer(self._held)

    async def remove(self, digest: Digest) -> None:
        """As `ports.Blobs.remove`."""
        self._held.pop(digest, None)

    def _get(self, digest: Digest) -> bytes:
        if digest not in self._held:
            raise NotFound(f"no file {digest} is held")
        return self._held[digest]


class _Writer:
    def __init__(self, held: dict[Digest, bytes]) -> None:
        self._held = held
        self._received = bytearray()

    async def write(self, chunk: bytes) -> None:
        self._received += chunk

    async def commit(self) -> Digest:
        data = bytes(self._received)
        digest = Digest("sha256:" + hashlib.sha256(data).hexdigest())
        self._held[digest] = data
        return digest
