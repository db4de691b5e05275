"""The bytes of a serialised R object: unpacking, the header, and numbers and texts in the three forms (R Internals, 1.8).

XDR is big-endian binary, `A` is text with one number a line, `B` is binary of the machine that wrote it, little-endian on all
that matter.
"""

import bz2
import lzma
import re
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput
from pratique.model import limits

_MAX: Final = limits.SCAN_SERIALISED_BYTES_MAX
_WORKSPACE: Final = re.compile(rb"RD[ABX][23]\n")
_STARTS: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"RDX", b"RDA", b"RDB", b"X\n", b"A\n", b"B\n")
_VERSIONS: Final = (2, 3)
_MISSING: Final = "NA"
_LONG: Final = -1
_LINE_BYTES_MAX: Final = 100
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_PLAIN: Final = {b"n": b"\n", b"t": b"\t", b"v": b"\v", b"b": b"\b", b"r": b"\r", b"f": b"\f", b"a": b"\a"}


def begins_so(head: bytes) -> bool:
    """Whether a file begins as R's data files do, packed or not."""
    return head.startswith(_STARTS)


def unpacked(data: bytes) -> bytes:
    """The stream in a file. Raises `InvalidInput` for one that cannot be unpacked or is larger than is followed."""
    for _ in range(2):
        if data.startswith(b"\x1f\x8b"):
            data = _inflated(data)
        elif data.startswith(b"BZh"):
            data = _whole(bz2.BZ2Decompressor(), data)
        elif data.startswith((b"\xfd7zXZ\x00", b"\x5d\x00\x00")):
            data = _whole(lzma.LZMADecompressor(memlimit=limits.ARCHIVE_LZMA_BYTES_MAX), data)
        else:
            break
    return data


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(47)
    try:
        found = unpacker.decompress(data, _MAX)
    except zlib.error as error:
        raise InvalidInput(f"not unpacked: {error}") from error
    if unpacker.unconsumed_tail:
        raise InvalidInput(f"it unpacks to more than {_MAX} bytes")
    return found


def _whole(unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: bytes) -> bytes:
    try:
        found = unpacker.decompress(data, _MAX)
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise InvalidInput(f"not unpacked: {error}") from error
    if not unpacker.eof and not unpacker.needs_input:
        raise InvalidInput(f"it unpacks to more than {_MAX} bytes")
    return found


@dataclass(slots=True)
class Stream:
    """A place in a serialised object. `form` is `X`, `A` or `B`; `workspace` says that it holds named variables (`save`)."""

    data: bytes
    at: int
    form: str
    workspace: bool
    version: int = 0

    @classmethod
    def of(cls, data: bytes) -> "Stream":
        """A stream behind its header. Raises `InvalidInput` for what is none."""
        found = _WORKSPACE.match(data)
        at = found.end() if found is not None else 0
        form = data[at : at + 1].decode("latin-1")
        if form not in ("X", "A", "B") or data[at + 1 : at + 2] != b"\n":
            raise InvalidInput("it does not begin as serialised R objects do")
        stream = cls(data, at + 2, form, found is not None)
        version = stream.integer()
        stream.integer(), stream.integer()
        if version not in _VERSIONS:
            raise InvalidInput(f"serialised in version {version}, which is not read here")
        if version == _VERSIONS[-1]:
            stream.octets(stream.integer())
        stream.version = version
        return stream

    def integer(self) -> int:
        """A whole number; the smallest one for what is missing. Raises `InvalidInput` at the end of the stream."""
        if self.form == "A":
            text = self._word()
            try:
                return -(2**31) if text == _MISSING else int(text)
            except ValueError as error:
                raise InvalidInput("a number is expected where there is none") from error
        if self.at + 4 > len(self.data):
            raise InvalidInput("it breaks off")
        found: int = struct.unpack_from(">i" if self.form == "X" else "<i", self.data, self.at)[0]
        self.at += 4
        return found

    def length(self) -> int:
        """How many elements a vector has. Raises `InvalidInput` for more than there can be."""
        found = self.integer()
        if found == _LONG:
            found = (self.integer() << 32) + (self.integer() & 0xFFFFFFFF)
        if not 0 <= found <= len(self.data):
            raise InvalidInput("a length that cannot be")
        return found

    def integers(self, count: int) -> list[int]:
        """The first of so many whole numbers; the others are passed over."""
        kept = min(count, 64)
        found = [self.integer() for _ in range(kept)]
        self._pass_over(count - kept, 4)
        return found

    def reals(self, count: int) -> list[float]:
        """The first of so many numbers; the others are passed over."""
        kept = min(count, 64)
        found = [self._real() for _ in range(kept)]
        self._pass_over(count - kept, 8)
        return found

    def _real(self) -> float:
        if self.form == "A":
            word = self._word()
            try:
                return float(word.replace("Inf", "inf").replace("NA", "nan").replace("NaN", "nan"))
            except ValueError as error:
                raise InvalidInput("a number is expected where there is none") from error
        if self.at + 8 > len(self.data):
            raise InvalidInput("it breaks off")
        found: float = struct.unpack_from(">d" if self.form == "X" else "<d", self.data, self.at)[0]
        self.at += 8
        return found

    def _pass_over(self, count: int, size: int) -> None:
        if self.form != "A":
            self.at += count * size
            if self.at > len(self.data):
                raise InvalidInput("it breaks off")
            return
        for _ in range(count):
            self._word()

    def pass_texts(self, count: int, kind: int) -> None:
        """Pass over so many texts of a vector, each an item of the type `kind`. There may be millions of them."""
        if self.form == "A":
            for _ in range(count):
                if self.integer() & 0xFF != kind:
                    raise InvalidInput("a text is expected where there is none")
                self.octets(self.integer())
            return
        read = struct.Struct(">ii" if self.form == "X" else "<ii").unpack_from
        at, data = self.at, self.data
        try:
            for _ in range(count):
                flags, size = read(data, at)
                if flags & 0xFF != kind:
                    raise InvalidInput("a text is expected where there is none")
                at += 8 + size if size > 0 else 8
        except struct.error as error:
            raise InvalidInput("it breaks off") from error
        self.at = at

    def raw(self, count: int) -> None:
        """Pass over so many bytes of a raw vector; as text, each has a line."""
        self._pass_over(count, 1)

    def octets(self, count: int) -> bytes:
        """So many bytes of a text."""
        if count < 0:
            return b""
        if self.form == "A":
            return self._escaped(count)
        if self.at + count > len(self.data):
            raise InvalidInput("it breaks off")
        found = self.data[self.at : self.at + count]
        self.at += count
        return found

    def _escaped(self, count: int) -> bytes:
        """A text in the form `A`: on a line of its own, with escapes as in C."""
        end = self.data.find(b"\n", self.at)
        if end < 0:
            end = len(self.data)
        text = self.data[self.at : end]
        self.at = min(end + 1, len(self.data))

        def one(found: re.Match[bytes]) -> bytes:
            escape = found[1]
            if escape[:1].isdigit():
                return bytes([int(escape, 8) & 255])
            return _PLAIN.get(escape, escape)

        return _ESCAPE.sub(one, text)[:count] if b"\\" in text else text[:count]

    def _word(self) -> str:
        """The next line of the form `A`."""
        end = self.data.find(b"\n", self.at, self.at + _LINE_BYTES_MAX)
        if end < 0:
            raise InvalidInput("it breaks off")
        found = self.data[self.at : end].strip().decode("latin-1")
        self.at = end + 1
        return found
