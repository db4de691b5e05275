"""The only unpacker: wheels and source distributions, from a stream, bounded, writing and executing nothing.

Two readers may see two archives in one file: a name twice, a central directory that disagrees with what it points at, a path
that climbs out. Such an archive is refused as ambiguous rather than read in one of its meanings.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Protocol

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file in an archive. `size` is what the archive claims; `read` raises `LimitExceeded` when it lies."""

    path: str
    size: int
    read: Callable[[], bytes]


class Reads(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        ...


def open_archive(filename: str, stream: IO[bytes]) -> Iterator[Member]:
    """The files of an archive, in its order. `stream` can seek. Read each before asking for the next.

    Raises `InvalidInput` for an archive that is broken or ambiguous, or of a kind that is not read, and `LimitExceeded` for
    one that is too large, has too many members, or grows too much.
    """
    if filename.endswith((".whl", ".zip", ".egg")):
        return _guarded(filename, _zip(filename, stream))
    if filename.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")):
        return _guarded(filename, _tar(stream))
    raise InvalidInput(f"{filename} is of no kind of archive that is read here")


def _guarded(filename: str, members: Iterator[Member]) -> Iterator[Member]:
    seen: set[str] = set()
    total = 0
    try:
        for count, member in enumerate(members, 1):
            if count > limits.ARCHIVE_MEMBERS_MAX:
                raise LimitExceeded(f"{filename} has more than {limits.ARCHIVE_MEMBERS_MAX} members")
            _check_path(filename, member.path)
            if member.path in seen:
                raise InvalidInput(f"{filename} has two members with the name of one")
            seen.add(member.path)
            total += member.size
            if total > limits.ARCHIVE_UNPACKED_BYTES_MAX:
                raise LimitExceeded(f"{filename} unpacks to more than {limits.ARCHIVE_UNPACKED_BYTES_MAX} bytes")
            yield member
    except _BROKEN as error:
        raise InvalidInput(f"{filename} cannot be unpacked: {type(error).__name__}") from error


def _check_path(filename: str, path: str) -> None:
    parts = path.split("/")
    climbs = path.startswith("/") or ".." in parts or "" in parts or "." in parts[1:]
    if climbs or "\\" in path or "\0" in path or (len(path) > 1 and path[1] == ":"):
        raise InvalidInput(f"{filename} has a member whose path leads out of it")
    if len(path) > limits.ARCHIVE_PATH_CHARACTERS_MAX:
        raise LimitExceeded(f"{filename} has a member with a path of {len(path)} characters")


def _zip(filename: str, stream: IO[bytes]) -> Iterator[Member]:
    with _Directory(filename, stream).opened() as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.flag_bits & 0x1:
                raise InvalidInput("a member is encrypted")
            _check_ratio(info.file_size, info.compress_size)
            yield Member(info.filename, info.file_size, partial(_read_zip, archive, info))


def _tar(stream: IO[bytes]) -> Iterator[Member]:
    # A compressed tar is read once, forwards: what has been unpacked is counted before more is.
    with tarfile.open(fileobj=_Counted(_unpacked(stream)), mode="r|") as archive:
        for info in archive:
            if info.issym() or info.islnk():
                _check_path("the archive", _target(info))
                continue
            if not info.isreg():
                if info.isdir():
                    continue
                raise InvalidInput("a member is neither a file, a folder nor a link")
            path = info.name.removeprefix("./")
            yield Member(path, info.size, partial(_read_tar, archive, info))


def _target(info: tarfile.TarInfo) -> str:
    """Where a link points, as a path from the archive's root; one that leads out keeps its `..`."""
    if info.islnk() or info.linkname.startswith("/"):
        return info.linkname
    parts: list[str] = []
    for part in [*info.name.split("/")[:-1], *info.linkname.split("/")]:
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "root"


def _unpacked(stream: IO[bytes]) -> Reads:
    magic = stream.read(6)
    stream.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=stream)
    if magic[:3] == b"BZh":
        return bz2.BZ2File(stream)
    if magic == b"\xfd7zXZ\x00":
        return lzma.LZMAFile(stream)
    return stream


class _Directory(io.RawIOBase):
    """A zip file whose directory is refused before it is read when it is too large: each entry costs far more in memory."""

    def __init__(self, filename: str, stream: IO[bytes]) -> None:
        super().__init__()
        self._filename = filename
        self._stream = stream
        self._at_once: int | None = limits.ARCHIVE_DIRECTORY_BYTES_MAX

    def opened(self) -> zipfile.ZipFile:
        """The archive. `zipfile` reads its directory in one piece, here, and later nothing but members."""
        archive = zipfile.ZipFile(self)
        self._at_once = None
        return archive

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        if self._at_once is not None and size > self._at_once:
            raise LimitExceeded(f"the directory of {self._filename} has {size} bytes; the limit is {self._at_once}")
        return self._stream.read(size)


class _Counted(io.RawIOBase):
    """A stream that ends in an error once more has come out of it than an archive may hold."""

    def __init__(self, stream: Reads) -> None:
        super().__init__()
        self._stream = stream
        self._read = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        left = limits.ARCHIVE_UNPACKED_BYTES_MAX - self._read
        chunk = self._stream.read(min(size, left + 1) if size >= 0 else left + 1)
        self._read += len(chunk)
        if self._read > limits.ARCHIVE_UNPACKED_BYTES_MAX:
            raise LimitExceeded(f"the archive unpacks to more than {limits.ARCHIVE_UNPACKED_BYTES_MAX} bytes")
        return chunk


def _check_ratio(size: int, packed: int) -> None:
    if size > limits.ARCHIVE_MEMBER_BYTES_MAX and size > packed * limits.ARCHIVE_RATIO_MAX:
        raise LimitExceeded(f"a member of {packed} bytes grows to {size}")


def _read_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    return _bounded(lambda: archive.open(info), info.file_size)


def _read_tar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    return _bounded(lambda: archive.extractfile(info), info.size)


def _bounded(opened: Callable[[], IO[bytes] | None], size: int) -> bytes:
    if size > limits.ARCHIVE_MEMBER_BYTES_MAX:
        raise LimitExceeded(f"a member has {size} bytes; the limit is {limits.ARCHIVE_MEMBER_BYTES_MAX}")
    try:
        stream = opened()
        if stream is None:
            raise InvalidInput("a member cannot be read")
        with stream:
            data = stream.read(size + 1)
    except _BROKEN as error:
        raise InvalidInput(f"a member cannot be unpacked: {type(error).__name__}") from error
    if len(data) != size:
        raise InvalidInput("a member is not as large as the archive says")
    return data
