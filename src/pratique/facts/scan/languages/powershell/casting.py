"""Values made into others of another type, as PowerShell would make them."""

from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages.powershell.values import (
    CHARACTER,
    CHARACTERS,
    elements,
    made,
    octets,
    spelled,
    text_of,
    whole,
)
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, Value

_CODES: Final = frozenset({"decode.charcodes"})
_WHOLE_TYPES: Final = listed("int int16 int32 int64 long short uint16 uint32 uint64 uint ulong ushort sbyte byte")
_PIECES_MIN: Final = 3


def cast(type_: str, value: Value) -> Value:
    """A value made into one of another type; it stays as it is where nothing is known of the type."""
    make = _CASTS.get(type_)
    if make is not None:
        return make(value)
    if type_ in _WHOLE_TYPES:
        number = whole(value)
        return made(number, value) if number is not None else Value(labels=value.all_labels(), name=value.name)
    if type_.endswith("[]") and (type_[:-2] in _WHOLE_TYPES or type_[:-2] == "string"):
        listed = elements(value)
        return Value(labels=value.labels, items=[cast(type_[:-2], each) for each in listed]) if listed else value
    return value


def _character(value: Value) -> Value:
    if isinstance(value.constant, str) and len(value.constant) == 1:
        return Value(value.constant, value.labels, CHARACTER, how=value.how)
    number = whole(value)
    if number is None or not 0 <= number < 0x10000:
        return Value(labels=value.all_labels() | _CODES)
    return Value(chr(number), value.labels | _CODES, CHARACTER, how=How.RESOLVED)


def _characters(value: Value) -> Value:
    if isinstance(value.constant, str):
        return Value(value.constant, value.labels, CHARACTERS, how=value.how)
    if isinstance(value.constant, bytes):
        return made(value.constant.decode("latin-1"), value, name=CHARACTERS)
    listed = elements(value)
    if listed is None:
        return Value(labels=value.all_labels() | _CODES)
    found = [_character(each).constant for each in listed]
    kept = [each for each in found if isinstance(each, str)]
    labels = value.all_labels() | _CODES
    if len(kept) < len(found):
        return Value(labels=labels)
    return Value("".join(kept), labels, CHARACTERS, how=How.RESOLVED)


def _octets(value: Value) -> Value:
    found = octets(value)
    if found is None:
        return Value(labels=value.all_labels())
    labels = value.all_labels() | (
        _CODES if len(found) >= _PIECES_MIN and not isinstance(value.constant, bytes) else frozenset()
    )
    return Value(found, labels, how=How.RESOLVED)


def _string(value: Value) -> Value:
    if value.name == CHARACTERS and isinstance(value.constant, str):
        return made(text_of(value), value)
    text = text_of(value)
    if text == HOLE:
        return Value(labels=value.all_labels(), name=value.name)
    return Value(
        text, value.all_labels(), how=max(value.how, How.RESOLVED) if not isinstance(value.constant, str) else value.how
    )


def _type(value: Value) -> Value:
    text = spelled(value)
    if text is None or HOLE in text or value.name.startswith("type:"):
        return value
    name = "".join(text.lower().split()).strip("[]").removeprefix("system.")
    return Value(labels=value.labels, name=f"type:{name}", how=How.RESOLVED)


def _array(value: Value) -> Value:
    listed = elements(value)
    return Value(labels=value.labels, items=listed) if listed is not None else value


_CASTS: Final[dict[str, Callable[[Value], Value]]] = {
    "char": _character,
    "char[]": _characters,
    "byte[]": _octets,
    "string": _string,
    "type": _type,
    "array": _array,
    "object[]": _array,
    "bool": lambda value: made(bool(value.constant), value) if value.known else value,
}
