"""A stream that may be compressed, read forwards, bounded."""

import io
from typing import Final, Protocol

from pratique.ecosystems.archive.unpacker import BROKEN, Unpacker, unpacker_of
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

READ: Final = 256 * 1024


class Readable(Protocol):
    """What bytes come from, at least one unless it has ended."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


class Source:
    """What a stream unpacks to (gzip, bzip2, xz, zstd by its first bytes, or as it is).

    Nothing but zeros may follow the first compressed stream: some readers go on to a second one, and some do not. Raises
    `InvalidInput` for what is packed wrongly, and `LimitExceeded` for what unpacks to too much, or grows too much.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._packed = stream.read(READ)
        self._taken = len(self._packed)
        self._unpacker = unpacker_of(self._packed)
        self._buffer = bytearray()
        self._place = 0
        self._total = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer at the end."""
        while len(self._buffer) - self._place < size and not self._ended:
            if self._place:
                del self._buffer[: self._place]
                self._place = 0
            self._buffer += self._more()
        found = bytes(memoryview(self._buffer)[self._place : self._place + size])
        self._place += len(found)
        return found

    def skip(self, size: int) -> None:
        """Pass over `size` bytes."""
        while size:
            passed = len(self.read(min(size, READ)))
            if not passed:
                raise InvalidInput("it ends in the middle of a member")
            size -= passed

    def _more(self) -> bytes:
        if self._unpacker is None:
            found = self._take()
            self._ended = not found
        else:
            found = self._unpack(self._unpacker)
        self._total += len(found)
        if self._total > limits.ARCHIVE_UNPACKED_BYTES_MAX:
            raise LimitExceeded(f"it unpacks to more than {limits.ARCHIVE_UNPACKED_BYTES_MAX} bytes")
        if self._total > limits.ARCHIVE_MEMBER_BYTES_MAX and self._total > self._taken * limits.ARCHIVE_RATIO_MAX:
            raise LimitExceeded(f"it grows to more than {limits.ARCHIVE_RATIO_MAX} times its size")
        return found

    def _unpack(self, unpacker: Unpacker) -> bytes:
        packed = self._take() if unpacker.needs_input else b""
        if not packed and unpacker.needs_input:
            raise InvalidInput("it breaks off")
        try:
            found = unpacker.decompress(packed, READ)
        except BROKEN as error:
            raise InvalidInput("it is packed wrongly, or would need too much memory to be unpacked") from error
        if unpacker.eof:
            self._ended = True
            rest = unpacker.unused_data or self._take()
            while rest:
                if rest.strip(b"\0"):
                    raise InvalidInput("there is something behind its compressed data")
                rest = self._take()
        return found

    def _take(self) -> bytes:
        if self._packed:
            packed, self._packed = self._packed, b""
            return packed
        packed = self._stream.read(READ)
        self._taken += len(packed)
        return packed


def unpacked(data: bytes) -> bytes:
    """The content of one compressed stream, as of R's data; of bytes that are not compressed themselves.

    Raises `InvalidInput` for what is packed wrongly or continues behind its end, and `LimitExceeded` for content of more
    than a member of an archive may have.
    """
    most = limits.ARCHIVE_MEMBER_BYTES_MAX
    content = Source(io.BytesIO(data)).read(most + 1)
    if len(content) > most:
        raise LimitExceeded(f"it unpacks to more than {most} bytes")
    return content
