"""Zip files that can be read in one way only (APPNOTE.TXT 6.3.10).

A zip file says everything twice: in front of each member, and in the directory at its end. Installers go by the one or by the
other. What is accepted here is an archive that is nothing but its members, one right behind the other from the first byte on,
its directory, and one end record at its very end, in which both tellings of each member agree.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Final

from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.paths import check_path
from pratique.ecosystems.archive.zip_content import check_packed_end, content_of
from pratique.ecosystems.archive.zip_directory import FULL, STORED, Entry, read_directory, wide
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LATER: Final = 0x8
"""Checksum and sizes follow the member, because they were not known in front of it."""
_UTF8: Final = 0x800
_HINTS: Final = 0x6
"""How hard the packer tried: says nothing of the content."""
_TYPE, _REGULAR = 0o170_000, 0o100_000
_FOLDER: Final = 0o040_000


@dataclass(frozen=True, slots=True)
class Located:
    """A file of a zip: its path, its entry in the directory, and where its bytes begin."""

    path: str
    entry: Entry
    start: int


def read_zip(stream: IO[bytes], *, by_directory: bool = False) -> Iterator[Member]:
    """The files of a zip file, in the order of their bytes. Raises `InvalidInput` and `LimitExceeded`.

    A member is unpacked when it is read. One whose sizes follow it is unpacked before, too: its end shows in no other way,
    except `by_directory`, in files that nobody reads without it (models, whose tensors are stored with their sizes behind).
    """
    for each in located(stream, by_directory=by_directory):
        yield member(stream, each)


def member(stream: IO[bytes], each: Located) -> Member:
    """The file as a member, unpacked when it is read."""
    return Member(each.path, each.entry.size, partial(content_of, stream, each.entry, each.start))


def located(stream: IO[bytes], *, by_directory: bool = False) -> Iterator[Located]:
    """Where each file of a zip is. Raises as `read_zip`."""
    entries, directory = read_directory(stream)
    place = 0
    for entry in entries:
        if entry.start != place:
            raise InvalidInput("its members do not lie one behind the other")
        start, place = _bounds(stream, entry, directory)
        if entry.flags & _LATER:
            if not by_directory:
                _check_end(stream, entry, start)
            place = _behind(stream, entry, place)
        path = _path(entry)
        if path.endswith("/"):
            if entry.size:
                raise InvalidInput("a folder in it has content")
            check_path(path.removesuffix("/"), colons=False)
            continue
        yield Located(path, entry, start)
    if place != directory:
        raise InvalidInput("there is something between its members and its directory")


def _bounds(stream: IO[bytes], entry: Entry, limit: int) -> tuple[int, int]:
    """Where a member's bytes start, and where they end. Raises `InvalidInput` where the two tellings differ."""
    stream.seek(entry.start)
    head = stream.read(_LOCAL.size + len(entry.name))
    if len(head) != _LOCAL.size + len(entry.name):
        raise InvalidInput("a member is not where its directory says")
    magic, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack_from(head)
    if magic != b"PK\3\4" or name != len(entry.name) or head[_LOCAL.size :] != entry.name:
        raise InvalidInput("a member is not what its directory says")
    if extra:
        size, packed = wide(stream.read(extra), (size, packed))
    later = bool(flags & _LATER)
    told = (crc, packed, size)
    untold = later and told in ((0, 0, 0), (0, FULL, FULL), (0, 0, entry.size))  # the last as macOS packs
    agrees = told == (entry.crc, entry.packed, entry.size) or untold
    if (flags ^ entry.flags) & ~_HINTS or method != entry.method or not agrees:
        raise InvalidInput("a member is not what its directory says")
    if entry.method == STORED and entry.packed != entry.size:
        raise InvalidInput("a member has two sizes")
    if entry.size > limits.ARCHIVE_MEMBER_BYTES_MAX and entry.size > entry.packed * limits.ARCHIVE_RATIO_MAX:
        raise LimitExceeded(f"a member of {entry.packed} bytes grows to {entry.size}")
    start = entry.start + _LOCAL.size + name + extra
    end = start + entry.packed
    if end > limit:
        raise InvalidInput("a member is longer than there is room")
    return start, end


def _check_end(stream: IO[bytes], entry: Entry, start: int) -> None:
    """Refuse a member of which a reader that knows no directory does not find the same end. Raises `InvalidInput`."""
    if entry.method != STORED:
        check_packed_end(stream, entry, start)
    elif entry.size:
        raise InvalidInput("nothing in front of a member tells where it ends")


def _behind(stream: IO[bytes], entry: Entry, end: int) -> int:
    """Where the checksum and the sizes end that follow a member. Raises `InvalidInput` if they are not those of its entry."""
    stream.seek(end)
    told = stream.read(24)
    for form in ("<4sLLL", "<4sLQQ"):
        if told.startswith(b"PK\7\x08") and len(told) >= struct.calcsize(form):
            _, crc, packed, size = struct.unpack_from(form, told)
            if (crc, packed, size) == (entry.crc, entry.packed, entry.size) and told[struct.calcsize(form) :][:2] in (
                b"PK",
                b"",
            ):
                return end + struct.calcsize(form)
    raise InvalidInput("what follows a member is not what its directory says")


def _path(entry: Entry) -> str:
    kind = entry.mode & _TYPE
    if kind not in (0, _REGULAR, _FOLDER):
        raise InvalidInput("a member is a link, or no file at all")
    try:
        path = entry.name.decode("utf-8" if entry.flags & _UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise InvalidInput("a member has a name that can be read in two ways") from error
    if not path or (kind == _FOLDER) > path.endswith("/"):
        raise InvalidInput("a member has no name, or is a folder with content")
    return path
