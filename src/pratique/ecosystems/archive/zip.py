"""Zip files that can be read in one way only (APPNOTE.TXT 6.3.10).

A zip file says everything twice: in front of each member, and in the directory at its end. Installers go by the one or by the
other. What is accepted here is an archive that is nothing but its members, one right behind the other from the first byte on,
its directory, and one end record at its very end, in which both tellings of each member agree.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Final

from pratique.ecosystems.archive.member import Member, check_size
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_EXTRA: Final = struct.Struct("<2H")
_COMMENT_BYTES_MAX: Final = 65_535
_FULL: Final = 0xFFFF_FFFF
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_LATER: Final = 0x8
"""Checksum and sizes follow the member, because they were not known in front of it."""
_UTF8: Final = 0x800
_PATCHED: Final = 0x20
_STORED, _DEFLATED = 0, 8
_HINTS: Final = 0x6
"""How hard the packer tried: says nothing of the content."""
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_TYPE, _LINK, _REGULAR = 0o170_000, 0o120_000, 0o100_000
_FOLDER: Final = 0o040_000
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member as the directory tells it. Sizes in bytes, `start` from the beginning of the file."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    mode: int


def read_zip(stream: IO[bytes]) -> Iterator[Member]:
    """The files of a zip file, in the order of their bytes. Raises `InvalidInput` and `LimitExceeded`."""
    count, size, start = _end(stream)
    stream.seek(start)
    directory = stream.read(size)
    entries = sorted(_entries(directory, count), key=lambda entry: entry.start)
    place = 0
    for entry in entries:
        if entry.start != place:
            raise InvalidInput("its members do not lie one behind the other")
        data, place = _member(stream, entry, start)
        path = _path(entry)
        if path.endswith("/"):
            if entry.size:
                raise InvalidInput("a folder in it has content")
            continue
        yield Member(path, entry.size, partial(_read, stream, entry, data))
    if place != start:
        raise InvalidInput("there is something between its members and its directory")


def _end(stream: IO[bytes]) -> tuple[int, int, int]:
    """How many entries the directory has, its size and its start in bytes."""
    total = stream.seek(0, 2)
    tail_start = max(0, total - _END.size - _COMMENT_BYTES_MAX)
    stream.seek(tail_start)
    tail = stream.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < _END.size:
        raise InvalidInput("it is no zip file")
    _, disk, first, here, count, size, start, comment = _END.unpack_from(tail, place)
    if place + _END.size + comment != len(tail):
        raise InvalidInput("there is something behind its end")
    end = tail_start + place
    if place >= _LOCATOR.size and tail[place - _LOCATOR.size :].startswith(b"PK\6\7"):
        end, count, size, start = _end64(stream, end - _LOCATOR.size, (count, size, start))
        here = count
    if (disk, first) != (0, 0) or here != count or start + size != end:
        raise InvalidInput("its directory is not where its end says")
    if size > limits.ARCHIVE_DIRECTORY_BYTES_MAX:
        raise LimitExceeded(f"its directory has {size} bytes; the limit is {limits.ARCHIVE_DIRECTORY_BYTES_MAX}")
    if count > limits.ARCHIVE_MEMBERS_MAX:
        raise LimitExceeded(f"it has {count} members; the limit is {limits.ARCHIVE_MEMBERS_MAX}")
    return count, size, start


def _end64(stream: IO[bytes], locator: int, told: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Where the longer end record is, and its figures, which must not contradict those of the short one."""
    place = locator - _END64.size
    if place < 0:
        raise InvalidInput("its longer end record is cut off")
    stream.seek(place)
    record = stream.read(_END64.size)
    _, disk, where, disks = _LOCATOR.unpack(stream.read(_LOCATOR.size))
    if where != place or (disk, disks) not in ((0, 1), (0, 0)):
        raise InvalidInput("its longer end record is not where it should be")
    magic, length, _, _, one, two, here, count, size, start = _END64.unpack(record)
    if magic != b"PK\6\6" or length != _END64.size - 12 or (one, two) != (0, 0) or here != count:
        raise InvalidInput("its longer end record is damaged")
    full = (0xFFFF, _FULL, _FULL)
    if any(short not in (limit, long) for short, limit, long in zip(told, full, (count, size, start), strict=True)):
        raise InvalidInput("its two end records differ")
    return where, count, size, start


def _entries(directory: bytes, count: int) -> Iterator[_Entry]:
    place = 0
    for _ in range(count):
        if len(directory) - place < _ENTRY.size:
            raise InvalidInput("its directory is too short")
        fields = _ENTRY.unpack_from(directory, place)
        magic, made, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, attributes, start = (
            fields
        )
        rest = directory[place + _ENTRY.size : place + _ENTRY.size + name + extra]
        place += _ENTRY.size + name + extra + comment
        if magic != b"PK\1\2" or disk not in (0, 0xFFFF) or len(rest) != name + extra or place > len(directory):
            raise InvalidInput("its directory is damaged")
        if flags & _ENCRYPTED:
            raise InvalidInput("a member is encrypted")
        if flags & _PATCHED or method not in (_STORED, _DEFLATED):
            raise InvalidInput("a member is packed in a way that is not read here")
        if extra:
            size, packed, start = _wide(rest[name:], (size, packed, start))
        mode = attributes >> 16 if made >> 8 == _UNIX else 0
        yield _Entry(rest[:name], flags, method, crc, packed, size, start, mode)
    if place != len(directory):
        raise InvalidInput("its directory is longer than its entries")


def _wide(extra: bytes, values: tuple[int, ...]) -> tuple[int, ...]:
    """The values with those that did not fit taken from the extra field for long ones (APPNOTE 4.5.3)."""
    place = 0
    found: bytes | None = None
    while len(extra) - place >= _EXTRA.size:
        kind, length = _EXTRA.unpack_from(extra, place)
        place += _EXTRA.size
        if place + length > len(extra):
            raise InvalidInput("an extra field of a member is longer than there is room")
        if kind == _UNICODE_PATH:
            raise InvalidInput("a member has two names")
        if kind == _ZIP64:
            if found is not None:
                raise InvalidInput("a member has two sizes")
            found = extra[place : place + length]
        place += length
    if found is None:
        return values
    numbers = struct.unpack(f"<{len(found) // 8}Q", found[: len(found) // 8 * 8])
    if numbers == values[: len(numbers)] and len(found) % 8 == 0:
        return values
    long = [value == _FULL for value in values]
    if len(found) != 8 * sum(long):
        raise InvalidInput("a member has two sizes")
    wide = iter(numbers)
    return tuple(next(wide) if each else value for each, value in zip(long, values, strict=True))


def _member(stream: IO[bytes], entry: _Entry, limit: int) -> tuple[int, int]:
    """Where a member's bytes start, and where the next member does. Raises `InvalidInput` where the two tellings differ."""
    stream.seek(entry.start)
    head = stream.read(_LOCAL.size + len(entry.name))
    if len(head) != _LOCAL.size + len(entry.name):
        raise InvalidInput("a member is not where its directory says")
    magic, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack_from(head)
    if magic != b"PK\3\4" or name != len(entry.name) or head[_LOCAL.size :] != entry.name:
        raise InvalidInput("a member is not what its directory says")
    if extra:
        size, packed = _wide(stream.read(extra), (size, packed))
    later = bool(flags & _LATER)
    told = (crc, packed, size)
    untold = later and told in ((0, 0, 0), (0, _FULL, _FULL))
    agrees = told == (entry.crc, entry.packed, entry.size) or untold
    if (flags ^ entry.flags) & ~_HINTS or method != entry.method or not agrees:
        raise InvalidInput("a member is not what its directory says")
    if entry.method == _STORED and entry.packed != entry.size:
        raise InvalidInput("a member has two sizes")
    if entry.size > limits.ARCHIVE_MEMBER_BYTES_MAX and entry.size > entry.packed * limits.ARCHIVE_RATIO_MAX:
        raise LimitExceeded(f"a member of {entry.packed} bytes grows to {entry.size}")
    data = entry.start + _LOCAL.size + name + extra
    end = data + entry.packed
    if end > limit:
        raise InvalidInput("a member is longer than there is room")
    return data, _behind(stream, entry, data, end) if later else end


def _behind(stream: IO[bytes], entry: _Entry, data: int, end: int) -> int:
    """Where a member ends whose checksum and sizes follow it: a reader that knows no directory must find the same end."""
    if entry.method == _STORED and entry.size:
        raise InvalidInput("nothing in front of a member tells where it ends")
    if entry.method == _DEFLATED:
        _check_packed_end(stream, entry, data)
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


def _check_packed_end(stream: IO[bytes], entry: _Entry, data: int) -> None:
    unpacker = zlib.decompressobj(-15)
    stream.seek(data)
    left, grown = entry.packed, 0
    while left and grown <= entry.size and not unpacker.eof:
        chunk = stream.read(min(left, 65_536))
        left -= len(chunk)
        while chunk and grown <= entry.size and not unpacker.eof:
            grown += len(unpacker.decompress(chunk, 1 << 20))
            chunk = unpacker.unconsumed_tail
    if grown != entry.size or not unpacker.eof or unpacker.unused_data or left:
        raise InvalidInput("a member ends elsewhere than its directory says")


def _path(entry: _Entry) -> str:
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


def _read(stream: IO[bytes], entry: _Entry, data: int) -> bytes:
    check_size(entry.size)
    stream.seek(data)
    packed = stream.read(entry.packed)
    if entry.method == _DEFLATED:
        unpacker = zlib.decompressobj(-15)
        try:
            content = unpacker.decompress(packed, entry.size + 1)
        except zlib.error as error:
            raise InvalidInput("a member is packed wrongly") from error
        whole = unpacker.eof and not unpacker.unused_data
    else:
        content, whole = packed, True
    if not whole or len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise InvalidInput("a member is not what its directory says")
    return content
