"""Objects that are made of types: what they hold from the start, and what making them does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pratique.facts.scan import decode
from pratique.facts.scan.languages.powershell import casting
from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.languages.powershell.objects.properties import NAMED_ENCODING
from pratique.facts.scan.languages.powershell.values import (
    Codes,
    Fields,
    labels_of,
    made,
    octets,
    text_of,
    whole,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import NOT_KNOWN, UNKNOWN, Value

_CIPHERS: Final = ("aes", "rijndael", "tripledes", "des", "rc2")
_ENCODING_TYPES: Final = {
    "text.asciiencoding": "ascii",
    "text.utf8encoding": "utf-8",
    "text.unicodeencoding": "utf-16-le",
    "text.utf32encoding": "utf-32-le",
}


def construct(machine: Machine, type_: str, arguments: list[Value], at: int, how: How = How.LITERAL) -> Value:
    """An object of a type."""
    made_ = Making(machine, type_, arguments, at, how)
    make = _MAKERS.get(type_)
    found = make(made_) if make is not None else None
    if found is not None:
        return found
    if type_.startswith("net.sockets."):
        return _socket(made_)
    ciphers = type_.startswith("security.cryptography.") and any(each in type_ for each in _CIPHERS)
    if ciphers:
        return Value(labels=made_.labels | {"decode.cipher"}, name=made_.name)
    return Fields(labels=made_.labels, name=made_.name)


@dataclass(frozen=True, slots=True)
class Making:
    """An object being made."""

    machine: Machine
    type: str
    arguments: list[Value]
    at: int
    how: How

    @property
    def labels(self) -> frozenset[str]:
        """What flows into it."""
        return labels_of(*self.arguments)

    @property
    def name(self) -> str:
        """What an object of its type is called."""
        return f"new:{self.type}"

    @property
    def first(self) -> Value:
        """The first argument."""
        return unlisted(self.arguments[0]) if self.arguments else UNKNOWN

    @property
    def doing(self) -> Call:
        """The making as something that is done."""
        return Call(self.type, self.at, self.how)


def _socket(making: Making) -> Value:
    label = "net.listen" if "listener" in making.type else "net.socket"
    text = f"{making.type}({text_of(making.first)})"
    making.machine.emit(label, making.at, how=making.how, inputs=making.labels, text=text)
    return Value(labels=making.labels | {"net.socket"}, name=making.name)


def _memory(making: Making) -> Value:
    data = octets(making.first)
    return Value(NOT_KNOWN if data is None else data, making.labels, making.name, how=making.first.how)


def _unpacking(making: Making) -> Value:
    """A stream that packs or unpacks another one."""
    mode = making.arguments[1] if len(making.arguments) > 1 else UNKNOWN
    packs = text_of(mode).lower() == "compress" or mode.name.endswith(".compress")
    if packs:
        return Value(labels=making.labels, name=making.name)
    return inflate(making.first, making.labels, making.name)


def _reader(making: Making) -> Value:
    first = making.first
    if isinstance(first.constant, str):
        return Value(labels=making.machine.reads(making.doing, first).labels, name=making.name)
    return Value(first.constant, making.labels, making.name, how=first.how)


def _writer(making: Making) -> Value:
    if isinstance(making.first.constant, str):
        making.machine.writes(making.doing, making.first, frozenset())
    return Value(labels=making.labels, name=making.name)


def _described(making: Making) -> Value:
    fields = dict(zip(("filename", "arguments"), making.arguments, strict=False))
    return Fields(labels=making.labels, name=making.name, fields=fields)


def _empty(making: Making) -> Value:
    del making
    return UNKNOWN


def _itself(making: Making) -> Value | None:
    return making.first if making.arguments else None


def _string(making: Making) -> Value | None:
    arguments = making.arguments
    if not arguments:
        return None
    times = whole(arguments[1]) if len(arguments) > 1 else None
    text = arguments[0].constant
    if isinstance(text, str) and times is not None and 0 <= times * len(text) < 1_000_000:
        return made(text * times, *arguments)
    return Value(text_of(casting.cast("char[]", arguments[0]), ""), labels_of(*arguments), how=How.RESOLVED)


def inflate(value: Value, labels: frozenset[str], name: str) -> Value:
    """A stream that unpacks another one."""
    data = decode.decoded("zlib", value.constant) if isinstance(value.constant, bytes) else None
    return Value(data if data is not None else NOT_KNOWN, labels | {"decode.compress"}, name, how=How.DECODED)


def unlisted(value: Value) -> Value:
    """A value out of a list of one, as `(,$bytes)` is written to hand a list over as one argument."""
    if value.items is not None and len(value.items) == 1 and not isinstance(value, Codes):
        return value.items[0]
    return value


_MAKERS: Final[dict[str, Callable[[Making], Value | None]]] = {
    **dict.fromkeys(_ENCODING_TYPES, lambda making: Value(name=f"{NAMED_ENCODING}{_ENCODING_TYPES[making.type]}")),
    "io.memorystream": _memory,
    **dict.fromkeys(
        ("io.compression.gzipstream", "io.compression.deflatestream", "io.compression.zlibstream"), _unpacking
    ),
    "io.streamreader": _reader,
    "io.streamwriter": _writer,
    "string": _string,
    "diagnostics.processstartinfo": _described,
    **dict.fromkeys(("uri", "io.fileinfo", "version"), _itself),
    "byte[]": _empty,
}
"""How objects are made whose type says more than their arguments."""
