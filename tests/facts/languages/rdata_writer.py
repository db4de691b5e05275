"""Writes serialised R objects in all their forms (R Internals, 1.8), as far as tests need them: data, code, promises."""

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

HAS_ATTRIBUTES: Final = 1 << 9
HAS_TAG: Final = 1 << 10
IS_OBJECT: Final = 1 << 8
ACTIVE: Final = 1 << 27
PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "plain": lambda data: data,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}

Item = Callable[["Out"], None]


@dataclass(slots=True)
class Out:
    """What has been written, in the form `X`, `A` or `B`."""

    form: str
    data: bytearray

    def integer(self, value: int) -> None:
        if self.form == "A":
            self.data += f"{value}\n".encode()
        else:
            self.data += struct.pack(">i" if self.form == "X" else "<i", value)

    def real(self, value: float) -> None:
        if self.form == "A":
            self.data += f"{value!r}\n".encode()
        else:
            self.data += struct.pack(">d" if self.form == "X" else "<d", value)

    def octets(self, value: bytes) -> None:
        if self.form == "A":
            escaped = "".join(chr(each) if 32 < each < 127 and each != 92 else f"\\{each:03o}" for each in value)
            self.data += escaped.encode() + b"\n"
        else:
            self.data += value


def stream(item: Item, *, form: str = "X", version: int = 3, workspace: bool = False) -> bytes:
    """A whole stream, with its header."""
    mark = {"X": "RDX", "A": "RDA", "B": "RDB"}[form]
    out = Out(form, bytearray(f"{mark}{version}\n".encode() if workspace else b""))
    out.data += f"{form}\n".encode()
    for number in (version, 0x040201, 0x020300 if version == 2 else 0x030500):
        out.integer(number)
    if version == 3:
        out.integer(5)
        out.octets(b"UTF-8")
    item(out)
    return bytes(out.data)


def null() -> Item:
    return lambda out: out.integer(254)


def missing() -> Item:
    return lambda out: out.integer(251)


def base() -> Item:
    return lambda out: out.integer(241)


def text_item(value: str) -> Item:
    def write(out: Out) -> None:
        data = value.encode()
        out.integer(9 | 1 << 12)
        out.integer(len(data))
        out.octets(data)

    return write


def symbol(name: str) -> Item:
    """A symbol, written whole each time: readers take that, too."""

    def write(out: Out) -> None:
        out.integer(1)
        text_item(name)(out)

    return write


def texts(*values: str, attributes: Item | None = None, flags: int = 0) -> Item:
    def write(out: Out) -> None:
        out.integer(16 | flags | (HAS_ATTRIBUTES if attributes is not None else 0))
        out.integer(len(values))
        for each in values:
            text_item(each)(out)
        if attributes is not None:
            attributes(out)

    return write


def numbers(*values: int, attributes: Item | None = None, flags: int = 0) -> Item:
    def write(out: Out) -> None:
        out.integer(13 | flags | (HAS_ATTRIBUTES if attributes is not None else 0))
        out.integer(len(values))
        for each in values:
            out.integer(each)
        if attributes is not None:
            attributes(out)

    return write


def reals(*values: float) -> Item:
    def write(out: Out) -> None:
        out.integer(14)
        out.integer(len(values))
        for each in values:
            out.real(each)

    return write


def row(*items: Item, attributes: Item | None = None, flags: int = 0, kind: int = 19) -> Item:
    """A list; of the kind 20, an expression vector."""

    def write(out: Out) -> None:
        out.integer(kind | flags | (HAS_ATTRIBUTES if attributes is not None else 0))
        out.integer(len(items))
        for each in items:
            each(out)
        if attributes is not None:
            attributes(out)

    return write


def pairs(*cells: tuple[str, Item], flags: int = 0) -> Item:
    """A pair list; `flags` are for each cell."""

    def write(out: Out) -> None:
        for name, value in cells:
            out.integer(2 | flags | (HAS_TAG if name else 0))
            if name:
                symbol(name)(out)
            value(out)
        out.integer(254)

    return write


def call(function: Item, *arguments: Item | tuple[str, Item]) -> Item:
    """A call; an argument may have a name."""

    def write(out: Out) -> None:
        out.integer(6)
        function(out)
        pairs(*(each if isinstance(each, tuple) else ("", each) for each in arguments))(out)

    return write


def promise(code: Item, value: Item | None = None) -> Item:
    """A promise in the base environment: not evaluated yet, or with its value."""

    def write(out: Out) -> None:
        out.integer(5 | HAS_TAG)
        base()(out)
        (value or (lambda out: out.integer(252)))(out)
        code(out)

    return write


def closure(formals: Item, body: Item) -> Item:
    def write(out: Out) -> None:
        out.integer(3 | HAS_TAG)
        base()(out)
        formals(out)
        body(out)

    return write


def environment(frame: Item) -> Item:
    def write(out: Out) -> None:
        out.integer(4)
        out.integer(0)
        out.integer(242)
        frame(out)
        out.integer(254)
        out.integer(254)

    return write


def compiled(expression: Item, *names: str) -> Item:
    """Byte code: instructions, the expression it says it was made of (a `code_call`), and the names it uses."""

    def write(out: Out) -> None:
        out.integer(21)
        out.integer(1)
        numbers(12, 1)(out)
        out.integer(1 + len(names))
        expression(out)
        for name in names:
            out.integer(1)
            symbol(name)(out)

    return write


def code_call(function: Item, *arguments: Item) -> Item:
    """A call as it stands among the constants of byte code: each cell with its type, a tag, and what it holds behind a zero."""

    def write(out: Out) -> None:
        for place, each in enumerate((function, *arguments)):
            out.integer(2 if place else 6)
            out.integer(254)
            out.integer(0)
            each(out)
        out.integer(0)
        out.integer(254)

    return write


def compact(first: int, count: int) -> Item:
    """`1:n` as R writes it since 3.5: a vector in another form."""

    def write(out: Out) -> None:
        out.integer(238)
        pairs(("", symbol("compact_intseq")), ("", symbol("base")), ("", numbers(13)))(out)
        reals(count, first, 1)(out)
        out.integer(254)

    return write
