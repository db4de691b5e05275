"""The content of a zip member, and where what it is packed in ends."""

import zlib
from typing import IO, Final

from pratique.ecosystems.archive.member import check_size
from pratique.ecosystems.archive.unpacker import BROKEN, RAW_DEFLATE, Inflater, Unpacker
from pratique.ecosystems.archive.zip_directory import DEFLATED, STORED, Entry
from pratique.ecosystems.archive.zstd import decompressor
from pratique.errors import InvalidInput

_READ: Final = 64 * 1024
_GROW: Final = 1024 * 1024


class Stored:
    """The bytes of a member that is stored as it is, read forwards without holding it. Compares its checksum at the end."""

    def __init__(self, stream: IO[bytes], entry: Entry, start: int) -> None:
        self._stream = stream
        self._entry = entry
        self._place = start
        self._left = entry.packed
        self._crc = 0

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes. Raises `InvalidInput` with the last if they are not what the directory says."""
        self._stream.seek(self._place)
        found = self._stream.read(min(size, self._left))
        self._place += len(found)
        self._left -= len(found)
        self._crc = zlib.crc32(found, self._crc)
        if not self._left and self._crc != self._entry.crc:
            raise InvalidInput("a member is not what its directory says")
        return found


def content_of(stream: IO[bytes], entry: Entry, start: int) -> bytes:
    """What is in a member whose bytes begin at `start`. Raises `InvalidInput` and `LimitExceeded`."""
    check_size(entry.size)
    stream.seek(start)
    packed = stream.read(entry.packed)
    if entry.method == STORED:
        content, whole = packed, True
    else:
        unpacker = _unpacker(entry)
        try:
            content = unpacker.decompress(packed, entry.size + 1)
        except BROKEN as error:
            raise InvalidInput("a member is packed wrongly, or would need too much memory") from error
        whole = unpacker.eof and not unpacker.unused_data
    if not whole or len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise InvalidInput("a member is not what its directory says")
    return content


def check_packed_end(stream: IO[bytes], entry: Entry, start: int) -> None:
    """Refuse a member that does not end where the directory says, or has another size. Raises `InvalidInput`."""
    unpacker = _unpacker(entry)
    stream.seek(start)
    left, grown = entry.packed, 0
    while grown <= entry.size and not unpacker.eof:
        chunk = stream.read(min(left, _READ)) if unpacker.needs_input else b""
        left -= len(chunk)
        more = len(unpacker.decompress(chunk, _GROW))
        if not (chunk or more):
            break
        grown += more
    if grown != entry.size or not unpacker.eof or unpacker.unused_data or left:
        raise InvalidInput("a member ends elsewhere than its directory says")


def _unpacker(entry: Entry) -> Unpacker:
    return Inflater(RAW_DEFLATE) if entry.method == DEFLATED else decompressor()
