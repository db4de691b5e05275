"""Taking encodings off constants, statically: bounded, and nothing is ever loaded or run.

Every decoder takes bytes and gives bytes, or None for what is not of its encoding. What would come out longer than
`SCAN_DECODED_BYTES_MAX` is None too: a part of it would pass for the whole.
"""

import base64
import binascii
import bz2
import codecs
import lzma
import re
import zlib
from collections.abc import Callable
from typing import Final

from pratique.model import limits

_MAX: Final = limits.SCAN_DECODED_BYTES_MAX
_ESCAPE: Final = re.compile(rb"\\(?:([4-7][0-7]{2})|(.?))", re.DOTALL)
_ESCAPED: Final = b"\n\\'\"abfnrtvxuUN01234567"


def _padded(data: bytes) -> bytes:
    kept = b"".join(data.split())
    return kept + b"=" * (-len(kept) % 4)


def base64_(data: bytes) -> bytes | None:
    """Base64 (RFC 4648), also the URL-safe alphabet; missing padding is forgiven, as most decoders of malware do."""
    try:
        return base64.b64decode(_padded(data).translate(bytes.maketrans(b"-_", b"+/")), validate=True)
    except binascii.Error:
        return None


def base32(data: bytes) -> bytes | None:
    """Base32 (RFC 4648)."""
    kept = b"".join(data.split())
    try:
        return base64.b32decode(kept + b"=" * (-len(kept) % 8), casefold=True)
    except (binascii.Error, ValueError):
        return None


def base16(data: bytes) -> bytes | None:
    """Hexadecimal digits, also with `0x` and separators between the bytes."""
    kept = data.replace(b"0x", b"").translate(None, b" \t\r\n:,-_\\x")
    try:
        return binascii.unhexlify(kept)
    except (binascii.Error, ValueError):
        return None


def base85(data: bytes) -> bytes | None:
    """Base85 as of git and RFC 1924."""
    try:
        return base64.b85decode(b"".join(data.split()))
    except ValueError:
        return None


def ascii85(data: bytes) -> bytes | None:
    """Ascii85 as of PostScript, with or without its frame."""
    try:
        return base64.a85decode(data, adobe=data.strip().startswith(b"<~"))
    except ValueError:
        return None


def uudecoded(data: bytes) -> bytes | None:
    """A line of uuencoded data (POSIX `uuencode`), or several."""
    try:
        return b"".join(binascii.a2b_uu(line) for line in data.split(b"\n") if line.strip())
    except binascii.Error:
        return None


def inflated(data: bytes) -> bytes | None:
    """A zlib (RFC 1950), gzip (RFC 1952) or raw deflate (RFC 1951) stream."""
    for bits in (47, -15):
        unpacker = zlib.decompressobj(bits)
        try:
            found = unpacker.decompress(data, _MAX)
        except zlib.error:
            continue
        return found if unpacker.eof or len(found) < _MAX else None
    return None


def bunzipped(data: bytes) -> bytes | None:
    """A bzip2 stream."""
    unpacker = bz2.BZ2Decompressor()
    try:
        found = unpacker.decompress(data, _MAX)
    except OSError:
        return None
    return found if unpacker.eof or len(found) < _MAX else None


def unxz(data: bytes) -> bytes | None:
    """An xz or lzma stream."""
    unpacker = lzma.LZMADecompressor(memlimit=limits.ARCHIVE_LZMA_BYTES_MAX)
    try:
        found = unpacker.decompress(data, _MAX)
    except (lzma.LZMAError, EOFError):
        return None
    return found if unpacker.eof or len(found) < _MAX else None


def rot13(data: bytes) -> bytes | None:
    """Letters moved by thirteen."""
    return codecs.decode(data.decode("latin-1"), "rot13").encode("latin-1", errors="replace")


def escaped(data: bytes) -> bytes | None:
    """Python's escapes in a text, as `unicode_escape` reads them."""
    try:
        return _ESCAPE.sub(_unwarned, data).decode("unicode_escape").encode("utf-8", errors="surrogatepass")
    except (UnicodeDecodeError, ValueError):
        return None


def _unwarned(found: "re.Match[bytes]") -> bytes:
    """An escape in a form of the same meaning of which Python does not warn."""
    if found[1]:
        return b"\\u%04x" % int(found[1], 8)
    return found[0] if found[2] in _ESCAPED else b"\\" + found[0]


def reversed_(data: bytes) -> bytes | None:
    """The last byte first."""
    return data[::-1]


def xored(data: bytes, key: bytes) -> bytes | None:
    """Each byte with the next one of a repeated key."""
    if not key or len(data) > _MAX:
        return None
    repeated = key * (len(data) // len(key) + 1)
    number = int.from_bytes(data, "big") ^ int.from_bytes(repeated[: len(data)], "big")
    return number.to_bytes(len(data), "big")


DECODERS: Final[dict[str, Callable[[bytes], bytes | None]]] = {
    "base64": base64_,
    "base32": base32,
    "base16": base16,
    "base85": base85,
    "ascii85": ascii85,
    "uu": uudecoded,
    "zlib": inflated,
    "bz2": bunzipped,
    "lzma": unxz,
    "rot13": rot13,
    "escapes": escaped,
    "reversed": reversed_,
}
"""Decoders by the name that views' tables of functions use."""

LABEL_OF: Final[dict[str, str]] = {
    "base64": "decode.base",
    "base32": "decode.base",
    "base16": "decode.base",
    "base85": "decode.base",
    "ascii85": "decode.base",
    "uu": "decode.base",
    "zlib": "decode.compress",
    "bz2": "decode.compress",
    "lzma": "decode.compress",
    "rot13": "decode.cipher",
    "escapes": "decode.escapes",
    "reversed": "decode.cipher",
    "marshal": "decode.marshal",
    "cipher": "decode.cipher",
}
"""The label of what a decoder of that name gives."""


def decoded(decoder: str, constant: object) -> bytes | None:
    """A constant through a decoder; None where it is no text, too long, or not of that encoding."""
    data = constant.encode("utf-8", errors="replace") if isinstance(constant, str) else constant
    if not isinstance(data, bytes) or len(data) > _MAX or decoder not in DECODERS:
        return None
    found = DECODERS[decoder](data)
    return found if found is not None and len(found) <= _MAX else None
