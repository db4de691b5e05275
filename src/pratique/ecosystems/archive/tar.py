"""Tar files that can be read in one way only (POSIX pax, ustar, GNU), compressed or not, read once and forwards.

A tar file may say a member's name and size several times, each overriding the other in some readers and not in all. What is
accepted here says the size once, the name in forms that all readers know, and ends where its data end.
"""

import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from pratique.ecosystems.archive.member import Member, check_size
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_BLOCK: Final = 512
_READ: Final = 256 * 1024
_NUMBER: Final = re.compile(rb" *([0-7]*)[ \0]*")
_PAX: Final = re.compile(rb"([0-9]{1,20}) ")
_PATHS: Final = frozenset({"path", "linkpath", "size", "hdrcharset"})
_USTAR: Final = b"ustar\x0000"
_GNU: Final = b"ustar  \0"


class _Source:
    """What a compressed stream unpacks to, bounded. Nothing but padding may follow the first compressed stream."""

    def __init__(self, stream: IO[bytes]) -> None:
        magic = stream.read(6)
        stream.seek(0)
        self._stream = stream
        self._zlib = zlib.decompressobj(31) if magic[:2] == b"\x1f\x8b" else None
        self._unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor | None = None
        if magic[:3] == b"BZh":
            self._unpacker = bz2.BZ2Decompressor()
        elif magic == b"\xfd7zXZ\x00":
            self._unpacker = lzma.LZMADecompressor(memlimit=limits.ARCHIVE_LZMA_BYTES_MAX)
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
            passed = len(self.read(min(size, _READ)))
            if not passed:
                raise InvalidInput("it ends in the middle of a member")
            size -= passed

    def _more(self) -> bytes:
        try:
            if self._zlib is not None:
                found = self._inflate(self._zlib)
            elif self._unpacker is not None:
                found = self._unpack(self._unpacker)
            else:
                found = self._stream.read(_READ)
                self._ended = not found
        except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError) as error:
            raise InvalidInput("it is packed wrongly") from error
        self._total += len(found)
        if self._total > limits.ARCHIVE_UNPACKED_BYTES_MAX:
            raise LimitExceeded(f"it unpacks to more than {limits.ARCHIVE_UNPACKED_BYTES_MAX} bytes")
        return found

    def _inflate(self, unpacker: "zlib._Decompress") -> bytes:
        packed = unpacker.unconsumed_tail or self._stream.read(_READ)
        if not packed:
            raise InvalidInput("it breaks off")
        found = unpacker.decompress(packed, _READ)
        if unpacker.eof:
            self._finish(unpacker.unused_data)
        return found

    def _unpack(self, unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> bytes:
        packed = self._stream.read(_READ) if unpacker.needs_input else b""
        if not packed and unpacker.needs_input:
            raise InvalidInput("it breaks off")
        found = unpacker.decompress(packed, _READ)
        if unpacker.eof:
            self._finish(unpacker.unused_data)
        return found

    def _finish(self, rest: bytes) -> None:
        self._ended = True
        while rest:
            if rest.strip(b"\0"):
                raise InvalidInput("there is something behind its compressed data")
            rest = self._stream.read(_READ)


@dataclass(slots=True)
class _Told:
    """What headers in front of a member's own say of it."""

    pax: dict[str, str] = field(default_factory=dict)
    name: bytes = b""
    link: bytes = b""


def read_tar(stream: IO[bytes]) -> Iterator[Member]:
    """The files and links of a tar file, in its order. Each is read before the next. Raises `InvalidInput`, `LimitExceeded`."""
    source = _Source(stream)
    told = _Told()
    while True:
        block = source.read(_BLOCK)
        if not block.strip(b"\0"):
            break
        kind, size = _header(block)
        if kind in b"xgLK":
            _tell(told, kind, _text(source, size))
            continue
        path = _name(block, told)
        if kind == b"5" or path.endswith("/"):
            if size:
                raise InvalidInput("a folder in it has content")
        elif kind in b"12":
            yield _link(path, kind, size, block, told)
        else:
            yield from _file(source, path, size)
        told = _Told()
    if told != _Told():
        raise InvalidInput("it ends behind the name of a member")
    while rest := source.read(_READ):
        if rest.strip(b"\0"):
            raise InvalidInput("there is something behind its end")


def _header(block: bytes) -> tuple[bytes, int]:
    """The type and the size of what follows a header. Raises `InvalidInput` for what not all readers read alike."""
    if len(block) != _BLOCK:
        raise InvalidInput("it ends in the middle of a member")
    if sum(block) - sum(block[148:156]) + 8 * 32 != _number(block[148:156]):
        raise InvalidInput("a header in it is damaged")
    kind = block[156:157]
    kind = b"0" if kind == b"\0" else kind
    if kind not in b"0125xgLK":
        raise InvalidInput("a member is neither a file, a folder nor a link")
    magic = block[257:265]
    if magic not in (_USTAR, _GNU, bytes(8)):
        raise InvalidInput("a header in it is of no known form")
    if magic != _USTAR and block[345:500].strip(b"\0") and not (magic == _GNU and not block[345:346].strip(b"\0")):
        raise InvalidInput("a member has a name that can be read in two ways")
    return kind, _number(block[124:136])


def _number(digits: bytes) -> int:
    found = _NUMBER.fullmatch(digits)
    if found is None:
        raise InvalidInput("a header in it has a number in a form that not all readers know")
    return int(found[1] or b"0", 8)


def _text(source: _Source, size: int) -> bytes:
    if size > limits.ARCHIVE_HEADER_BYTES_MAX:
        raise LimitExceeded(f"a header in it has {size} bytes; the limit is {limits.ARCHIVE_HEADER_BYTES_MAX}")
    text = source.read(size)
    source.skip(-size % _BLOCK)
    if len(text) != size:
        raise InvalidInput("it ends in the middle of a header")
    return text


def _tell(told: _Told, kind: bytes, text: bytes) -> None:
    if kind in b"LK":
        before = told.name if kind == b"L" else told.link
        if before or told.pax:
            raise InvalidInput("a member has two names")
        if kind == b"L":
            told.name = text.rstrip(b"\0")
        else:
            told.link = text.rstrip(b"\0")
        return
    found = dict(_pax(text))
    if kind == b"g":
        if _PATHS & found.keys() or any(key.startswith("GNU.sparse") for key in found):
            raise InvalidInput("it gives all its members one name or size")
        return
    if told.pax or told.name or told.link:
        raise InvalidInput("a member has two names")
    if any(key.startswith("GNU.sparse") for key in found) or {"size", "hdrcharset"} & found.keys():
        raise InvalidInput("a member has two sizes, or a name that can be read in two ways")
    told.pax = found or {"": ""}


def _pax(text: bytes) -> Iterator[tuple[str, str]]:
    """The records of a pax header: `<length> <key>=<value>` and a newline, the length of all of it in front."""
    place = 0
    seen: set[str] = set()
    while place < len(text):
        found = _PAX.match(text, place)
        end = place + int(found[1]) if found is not None else 0
        if found is None or not found.end() < end <= len(text) or text[end - 1 : end] != b"\n":
            raise InvalidInput("a header in it is damaged")
        key, equals, value = text[found.end() : end - 1].partition(b"=")
        if not equals or b"\0" in value:
            raise InvalidInput("a header in it is damaged")
        name = key.decode("utf-8", errors="replace")
        if name in _PATHS:
            if name in seen:
                raise InvalidInput("a member has two names")
            yield name, value.decode("utf-8")
        else:
            yield name, ""
        seen.add(name)
        place = end


def _name(block: bytes, told: _Told) -> str:
    if "path" in told.pax:
        path = told.pax["path"]
    elif told.name:
        path = _decoded(told.name)
    else:
        prefix = _field(block[345:500]) if block[257:265] == _USTAR else b""
        own = _field(block[:100])
        path = _decoded(prefix + b"/" + own if prefix else own)
    while path.startswith("./"):
        path = path[2:]
    return path or "/"


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput("a member has a name that can be read in two ways") from error


def _field(data: bytes) -> bytes:
    return data.partition(b"\0")[0]


def _link(path: str, kind: bytes, size: int, block: bytes, told: _Told) -> Member:
    if size:
        raise InvalidInput("a link in it has content")
    target = told.pax.get("linkpath") or _decoded(told.link or _field(block[157:257]))
    if kind == b"2" and not target.startswith("/"):
        target = _followed(path, target)
    return Member(path, 0, _refuse, target.removeprefix("./") or "root")


def _followed(path: str, target: str) -> str:
    """Where a symbolic link leads, as a path from the archive's root; one that leads out keeps its `..`."""
    parts: list[str] = path.split("/")[:-1]
    for part in target.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "root"


def _refuse() -> bytes:
    raise InvalidInput("a link has no content of its own")


def _file(source: _Source, path: str, size: int) -> Iterator[Member]:
    done = False

    def read() -> bytes:
        nonlocal done
        check_size(size)
        data = source.read(size)
        if len(data) != size:
            raise InvalidInput("it ends in the middle of a member")
        done = True
        return data

    yield Member(path, size, read)
    source.skip((0 if done else size) + -size % _BLOCK)
