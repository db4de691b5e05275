"""Files that lie about, as one open file for a confined child, which itself can open nothing.

A bundle is a row of frames: what it holds, how long its path, the size of the file, how many bytes of it follow, and then the
path and these bytes. It has no name in any folder, and is gone when nobody holds it open.
"""

import hashlib
import io
import os
import stat
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import IO, Final

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.artifact import Digest

_FRAME: Final = struct.Struct(">BIQQ")
_READ_BYTES: Final = 1024 * 1024


class Holds(IntEnum):
    """What a frame holds."""

    FILE = 0
    LINK = 1
    """Where a link leads, from the top of the bundle."""
    BYTE_CODE = 2
    """A cached file, behind the file that is its source; its path is its own."""
    BYTE_CODE_COMPARED_WHOLE = 3
    """The same, to be compared with all of its source compiled."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it is read back: `held` bytes from `start` on, none of a file that is too large to be looked into."""

    holds: Holds
    path: str
    size: int
    start: int
    held: int

    def read(self, stream: IO[bytes]) -> bytes:
        """Its bytes. Raises `LimitExceeded` where they are not held."""
        if self.held < self.size:
            most = f"{limits.ARCHIVE_MEMBER_BYTES_MAX}, and {limits.SCAN_BUNDLE_BYTES_MAX} for all together"
            raise LimitExceeded(f"it has {self.size} bytes; the limit is {most}")
        stream.seek(self.start)
        return stream.read(self.held)


class Bundle:
    """A bundle being written. Files are read once: what is held is what the digest is of."""

    def __init__(self) -> None:
        self.file = _unnamed()
        self._held = 0

    def add(self, holds: Holds, path: str, place: Path) -> Digest:
        """Add a file of the disk under a path; its digest.

        Raises `OSError` for one that cannot be opened, or changes while it is read. Nothing is followed or waited for: a link,
        a pipe or a device in its place raises, too.
        """
        with opened(place) as source:
            size = os.fstat(source.fileno()).st_size
            kept = size <= limits.ARCHIVE_MEMBER_BYTES_MAX and self._held + size <= limits.SCAN_BUNDLE_BYTES_MAX
            self._begin(holds, path, size, size if kept else 0)
            hasher, left = hashlib.sha256(), size
            while left:
                chunk = source.read(min(left, _READ_BYTES))
                if not chunk:
                    raise OSError(None, "it became shorter while it was read", str(place))
                hasher.update(chunk)
                left -= len(chunk)
                if kept:
                    self.file.write(chunk)
            self._held += size if kept else 0
        return Digest(f"sha256:{hasher.hexdigest()}")

    def add_link(self, path: str, target: str) -> None:
        """Add a link, which is not followed."""
        held = target.encode("utf-8", errors="replace")
        self._begin(Holds.LINK, path, len(held), len(held))
        self.file.write(held)

    async def opened(self) -> IO[bytes]:
        """The bundle, to be handed over."""
        self.file.flush()
        return self.file

    def _begin(self, holds: Holds, path: str, size: int, held: int) -> None:
        name = path.encode("utf-8", errors="replace")
        self.file.write(_FRAME.pack(holds, len(name), size, held) + name)


def opened(place: Path) -> io.BufferedReader:
    """A regular file, open to be read. Raises `OSError` for anything else; what is opened is never waited for."""
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(None, "it is no regular file", str(place))
    return os.fdopen(descriptor, "rb")


def frames(stream: IO[bytes]) -> Iterator[Frame]:
    """Every frame, in order. Raises `InvalidInput` for what breaks off."""
    while head := stream.read(_FRAME.size):
        if len(head) < _FRAME.size:
            raise InvalidInput("the bundle breaks off")
        holds, length, size, held = _FRAME.unpack(head)
        path = stream.read(length).decode("utf-8", errors="replace")
        start = stream.tell()
        yield Frame(Holds(holds), path, size, start, held)
        stream.seek(start + held)


def members(stream: IO[bytes]) -> Iterator[Member]:
    """The files and links in it, as those of an archive."""
    for frame in frames(stream):
        if frame.holds is Holds.FILE:
            yield Member(frame.path, frame.size, partial(frame.read, stream))
        elif frame.holds is Holds.LINK:
            yield Member(
                frame.path, 0, partial(frame.read, stream), frame.read(stream).decode("utf-8", errors="replace")
            )


def _unnamed() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("pratique", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()
