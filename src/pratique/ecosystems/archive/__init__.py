"""The only unpacker: wheels and source distributions, from a stream, bounded, writing and executing nothing.

Two readers may see two archives in one file: a name twice, a directory that disagrees with what it points at, a header that a
newer form overrides, a path that climbs out, something behind the end. Such an archive is refused as ambiguous rather than
read in one of its meanings. What installers read with (`zipfile`, `tarfile`, streaming readers that go by local headers, and
the readers of other languages) then all read the same.
"""

import lzma
import zlib
from collections.abc import Iterator
from typing import IO

from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.tar import read_tar
from pratique.ecosystems.archive.zip import read_zip
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

__all__ = ["Member", "open_archive"]

_BROKEN = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def open_archive(filename: str, stream: IO[bytes]) -> Iterator[Member]:
    """The files of an archive. `stream` can seek. Read each before asking for the next. A tar may hold a name twice.

    Raises `InvalidInput` for an archive that is broken or ambiguous, or of a kind that is not read, and `LimitExceeded` for
    one that is too large, has too many members, or grows too much.
    """
    if filename.endswith((".whl", ".zip", ".egg")):
        return _once(filename, _guarded(filename, read_zip(stream)))
    if filename.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar")):
        return _guarded(filename, read_tar(stream))
    raise InvalidInput(f"{filename} is of no kind of archive that is read here")


def _guarded(filename: str, members: Iterator[Member]) -> Iterator[Member]:
    total = 0
    try:
        for count, member in enumerate(members, 1):
            if count > limits.ARCHIVE_MEMBERS_MAX:
                raise LimitExceeded(f"{filename} has more than {limits.ARCHIVE_MEMBERS_MAX} members")
            _check_path(filename, member.path)
            if member.link:
                _check_path(filename, member.link)
            total += member.size
            if total > limits.ARCHIVE_UNPACKED_BYTES_MAX:
                raise LimitExceeded(f"{filename} unpacks to more than {limits.ARCHIVE_UNPACKED_BYTES_MAX} bytes")
            yield member
    except _BROKEN as error:
        raise InvalidInput(f"{filename} cannot be unpacked: {type(error).__name__}") from error


def _once(filename: str, members: Iterator[Member]) -> Iterator[Member]:
    """Refuse a name that is there twice: of a zip, some readers take the first and some the last. Of a tar, all take the last."""
    seen: set[str] = set()
    for member in members:
        if member.path in seen:
            raise InvalidInput(f"{filename} has two members with the name of one")
        seen.add(member.path)
        yield member


def _check_path(filename: str, path: str) -> None:
    parts = path.split("/")
    climbs = path.startswith("/") or ".." in parts or "" in parts or "." in parts
    if (
        climbs
        or "\\" in path
        or ":" in path
        or not path.isprintable()
        or any(part.endswith((".", " ")) for part in parts)
    ):
        raise InvalidInput(f"{filename} has a member whose path leads out of it, or can be read in two ways")
    if len(path) > limits.ARCHIVE_PATH_CHARACTERS_MAX:
        raise LimitExceeded(f"{filename} has a member with a path of {len(path)} characters")
