"""Files on disk: `sha256/ab/cdef...`. Written aside, synced and renamed, so a file is there whole or not at all; verified when
it is read whole, so that a disk that rots, or a hand that changes it, is noticed before anything is served to the end."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from pratique.errors import NotFound, Tampered
from pratique.model.artifact import Digest
from pratique.ports import BlobWriter

_CHUNK_BYTES: Final = 256 * 1024
_REMOVE: Final = "remove it from the blobs folder; it is fetched again on the next request"


class DiskBlobs:
    """A folder of files. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def size(self, digest: Digest) -> int:
        """As `ports.Blobs.size`."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError as error:
            raise NotFound(f"no file {digest} is held") from error

    async def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """As `ports.Blobs.read`."""
        size = await self.size(digest)
        stop = size if end is None else min(end, size)
        hasher = hashlib.sha256() if start == 0 and stop == size else None
        with self._path(digest).open("rb") as file:
            file.seek(start)
            left = stop - start
            while left > 0:
                chunk = await asyncio.to_thread(file.read, min(_CHUNK_BYTES, left))
                if not chunk:
                    raise Tampered("blob-changed", f"the file {digest} became shorter while it was read")
                left -= len(chunk)
                if hasher is not None:
                    hasher.update(chunk)
                    if left == 0 and hasher.hexdigest() != digest.removeprefix("sha256:"):
                        raise Tampered("blob-changed", f"the file {digest} no longer has that digest", advice=_REMOVE)
                yield chunk

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[BlobWriter]:
        """As `ports.Blobs.writer`."""
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        with os.fdopen(descriptor, "wb") as file:
            try:
                yield _Writer(file, Path(name), self._path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    Path(name).unlink()

    async def remove(self, digest: Digest) -> None:
        """As `ports.Blobs.remove`."""
        with contextlib.suppress(FileNotFoundError):
            self._path(digest).unlink()

    def _path(self, digest: Digest) -> Path:
        value = digest.removeprefix("sha256:")
        return self._folder / "sha256" / value[:2] / value[2:]


class _Writer:
    def __init__(self, file: IO[bytes], name: Path, path_of: Callable[[Digest], Path]) -> None:
        self._file = file
        self._name = name
        self._path_of = path_of
        self._hasher = hashlib.sha256()

    async def write(self, chunk: bytes) -> None:
        self._hasher.update(chunk)
        await asyncio.to_thread(self._file.write, chunk)

    async def commit(self) -> Digest:
        digest = Digest("sha256:" + self._hasher.hexdigest())
        await asyncio.to_thread(self._keep, digest)
        return digest

    def _keep(self, digest: Digest) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        path = self._path_of(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(self._name, path)
