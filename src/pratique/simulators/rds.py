"""Objects of R as `saveRDS` writes them: version 2 of its XDR form, packed with gzip (R Internals, "Serialization Formats").

Small, and only as much as scenarios need: an ordinary object of an S4 class, and a promise whose expression would be run when
the object is first touched.
"""

import gzip
import struct
from collections.abc import Sequence
from typing import Final

_INT: Final = struct.Struct(">i")
_DOUBLE: Final = struct.Struct(">d")
_HEADER: Final = b"X\n" + struct.pack(">iii", 2, 0x00040301, 0x00020300)
_NULL: Final = _INT.pack(254)
_UNBOUND: Final = _INT.pack(252)
_GLOBAL: Final = _INT.pack(253)
_SYMBOL, _PAIRS, _PROMISE, _CALL, _CHARACTERS, _REALS, _TEXTS, _S4 = 1, 2, 5, 6, 9, 14, 16, 25
_IS_OBJECT, _HAS_ATTRIBUTES, _HAS_TAG = 0x100, 0x200, 0x400
_ASCII: Final = 64 << 12
"""The level of a CHARSXP that says its characters are ASCII."""


def s4_object() -> bytes:
    """An object of the class `Series` of a package, with a slot of numbers and one of names."""
    package = _pairs([("package", _texts(["serieslook"]))])
    name = _INT.pack(_TEXTS | _HAS_ATTRIBUTES) + _INT.pack(1) + _characters("Series") + package
    slots = _pairs([("values", _reals([1.5, 2.5, 3.5])), ("labels", _texts(["a", "b", "c"])), ("class", name)])
    return _packed(_INT.pack(_S4 | _IS_OBJECT | _HAS_ATTRIBUTES) + slots)


def promise(function: str, argument: str) -> bytes:
    """A promise that has no value yet; touching it would call `function(argument)` in the global environment."""
    call = _INT.pack(_CALL) + _symbol(function) + _INT.pack(_PAIRS) + _texts([argument]) + _NULL
    return _packed(_INT.pack(_PROMISE | _HAS_TAG) + _GLOBAL + _UNBOUND + call)


def _packed(item: bytes) -> bytes:
    return gzip.compress(_HEADER + item, mtime=0)


def _characters(text: str) -> bytes:
    return _INT.pack(_CHARACTERS | _ASCII) + _INT.pack(len(text)) + text.encode("ascii")


def _symbol(name: str) -> bytes:
    return _INT.pack(_SYMBOL) + _characters(name)


def _texts(texts: Sequence[str]) -> bytes:
    return _INT.pack(_TEXTS) + _INT.pack(len(texts)) + b"".join(map(_characters, texts))


def _reals(numbers: Sequence[float]) -> bytes:
    return _INT.pack(_REALS) + _INT.pack(len(numbers)) + b"".join(map(_DOUBLE.pack, numbers))


def _pairs(pairs: Sequence[tuple[str, bytes]]) -> bytes:
    """A list of pairs, ended by NULL. Each name stands in it for the first time, so none refers to an earlier one."""
    return b"".join(_INT.pack(_PAIRS | _HAS_TAG) + _symbol(name) + value for name, value in pairs) + _NULL
