"""Two stores as one: what is kept for good, and what is kept for a while."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import IO

from pratique.errors import NotFound
from pratique.model.artifact import Digest
from pratique.ports import Blobs, BlobWriter, SoundFile


class ShelvedBlobs:
    """Files are looked for among those that are kept for good, then among the others; what comes in is one of the others."""

    def __init__(self, kept: Blobs, others: Blobs) -> None:
        self._kept = kept
        self._others = others

    async def size(self, digest: Digest) -> int:
        """As `ports.Blobs.size`."""
        return await (await self._shelf(digest)).size(digest)

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """As `ports.Blobs.read`."""
        async for chunk in (await self._shelf(digest)).read(digest, start=start, end=end):
            yield chunk

    async def sound(self, digest: Digest) -> SoundFile | None:
        """As `ports.Blobs.sound`."""
        return await (await self._shelf(digest)).sound(digest)

    async def file(self, digest: Digest) -> IO[bytes]:
        """As `ports.Blobs.file`."""
        return await (await self._shelf(digest)).file(digest)

    def writer(self) -> AbstractAsyncContextManager[BlobWriter]:
        """As `ports.Blobs.writer`."""
        return self._others.writer()

    async def remove(self, digest: Digest) -> None:
        """As `ports.Blobs.remove`: from both."""
        await self._kept.remove(digest)
        await self._others.remove(digest)

    async def _shelf(self, digest: Digest) -> Blobs:
        try:
            await self._kept.size(digest)
        except NotFound:
            return self._others
        return self._kept
