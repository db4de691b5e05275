"""The directory at the end of a zip file, and the end records behind it (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.5.3)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_EXTRA: Final = struct.Struct("<2H")
COMMENT_BYTES_MAX: Final = 65_535
FULL: Final = 0xFFFF_FFFF
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_PATCHED: Final = 0x20
STORED, DEFLATED, ZSTD = 0, 8, 93
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A member as the directory tells it. Sizes in bytes, `start` from the beginning of the file."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    mode: int


def read_directory(stream: IO[bytes]) -> tuple[list[Entry], int]:
    """The entries in the order of their bytes, and where the directory starts. Raises `InvalidInput`, `LimitExceeded`."""
    count, size, start = _end(stream)
    stream.seek(start)
    entries = list(_entries(stream.read(size), count))
    entries.sort(key=lambda entry: entry.start)
    return entries, start


def _end(stream: IO[bytes]) -> tuple[int, int, int]:
    """How many entries the directory has, its size and its start in bytes."""
    total = stream.seek(0, 2)
    tail_start = max(0, total - _END.size - COMMENT_BYTES_MAX)
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
    full = (0xFFFF, FULL, FULL)
    if any(short not in (limit, long) for short, limit, long in zip(told, full, (count, size, start), strict=True)):
        raise InvalidInput("its two end records differ")
    return where, count, size, start


def _entries(directory: bytes, count: int) -> Iterator[Entry]:
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
        if flags & _PATCHED or method not in (STORED, DEFLATED, ZSTD):
            raise InvalidInput("a member is packed in a way that is not read here")
        if extra:
            size, packed, start = wide(rest[name:], (size, packed, start))
        mode = attributes >> 16 if made >> 8 == _UNIX else 0
        yield Entry(rest[:name], flags, method, crc, packed, size, start, mode)
    if place != len(directory):
        raise InvalidInput("its directory is longer than its entries")


def wide(extra: bytes, values: tuple[int, ...]) -> tuple[int, ...]:
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
    long = [value == FULL for value in values]
    if len(found) != 8 * sum(long):
        raise InvalidInput("a member has two sizes")
    both = iter(numbers)
    return tuple(next(both) if each else value for each, value in zip(long, values, strict=True))
