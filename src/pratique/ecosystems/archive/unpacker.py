"""Decompressors with the manners of one, chosen by the bytes that they are to unpack."""

import bz2
import lzma
import zlib
from typing import Final, Protocol

from pratique.ecosystems.archive.zstd import ZstdError, decompressor
from pratique.model import limits

BROKEN: Final = (zlib.error, lzma.LZMAError, ZstdError, EOFError, OSError, ValueError)
"""What decompressors raise at bytes that they cannot unpack, or for which they would need too much memory."""

_GZIP: Final = 31
RAW_DEFLATE: Final = -15
_MAGIC: Final = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
MAGIC_BYTES: Final = 6


class Unpacker(Protocol):
    """Unpacks one stream (of gzip one member, of zstd one frame) piece by piece."""

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more bytes."""

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the end."""

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes:
        """At most `max_length` bytes of content; what is left of `data` is kept. Raises one of `BROKEN`."""


class Inflater:
    """The decompressor of `zlib` as an `Unpacker`."""

    def __init__(self, wbits: int) -> None:
        self._zlib = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        """As `Unpacker`."""
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        """As `Unpacker`, but also when up to 258 bytes are left that no longer depend on input."""
        return not self._zlib.eof and not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """As `Unpacker`."""
        return self._zlib.unused_data

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes:
        """As `Unpacker`."""
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max(max_length, 0))


def packed_with(start: bytes) -> str:
    """What the stream is compressed with that starts with these `MAGIC_BYTES` bytes; empty for what is not compressed."""
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "")


def unpacker_of(start: bytes) -> Unpacker | None:
    """For the stream that starts so; None for what is not compressed. Of xz the dictionary is bounded, of zstd the window."""
    match packed_with(start):
        case "gzip":
            return Inflater(_GZIP)
        case "bzip2":
            return bz2.BZ2Decompressor()
        case "xz":
            return lzma.LZMADecompressor(memlimit=limits.ARCHIVE_LZMA_BYTES_MAX)
        case "zstd":
            return decompressor()
        case _:
            return None
