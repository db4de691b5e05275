"""Methods of texts, arrays and buffers whose result is computed where all that goes into it is a constant."""

import base64
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from pratique.facts.scan import decode
from pratique.facts.scan.languages.javascript import folding
from pratique.facts.scan.languages.javascript.folding import MAX, made, number_of
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import NOT_KNOWN, Value

Method: TypeAlias = Callable[[Value, list[Value]], "Value | None"]

ENCODINGS: Final = {"base64": "base64", "base64url": "base64", "hex": "base16"}
"""Encodings of buffers that hide rather than spell, by the decoder's name."""
_SIMPLE: Final = re.compile(r"(?:\^|\$|\\[dwsDWSnt]|\\[^\w]|\[(?:[^\]\\]|\\.)*\]|[^\\.*+?()\[\]{}|^$/]){1,40}[+]?")
_REPEAT_MAX: Final = 10_000


def method(value: Value, name: str, arguments: list[Value]) -> Value | None:
    """A method of a constant or an array; None for what is not computed here."""
    if value.items is not None:
        found = _ARRAY.get(name)
    elif isinstance(value.constant, bytes):
        found = _BUFFER.get(name)
    elif isinstance(value.constant, str) and value.known:
        found = _TEXT.get(name)
    elif isinstance(value.constant, int | float) and name == "toString":
        return _in_base(value, arguments)
    else:
        return None
    try:
        return None if found is None else found(value, arguments)
    except (TypeError, ValueError, OverflowError, IndexError, MemoryError, re.error):
        return None


def _number(arguments: list[Value], place: int, default: int) -> int:
    if place >= len(arguments):
        return default
    found = number_of(arguments[place])
    if found is None:
        raise ValueError(place)
    return int(found)


def _slice(value: Value, arguments: list[Value]) -> Value | None:
    whole = value.items if value.items is not None else value.constant
    assert isinstance(whole, list | str | bytes)
    start, end = _number(arguments, 0, 0), _number(arguments, 1, len(whole))
    if isinstance(whole, list):
        return Value(labels=value.labels, items=whole[start:end], how=How.RESOLVED)
    return made(whole[start:end], value)


def _substring(value: Value, arguments: list[Value]) -> Value:
    start, end = sorted(max(0, each) for each in (_number(arguments, 0, 0), _number(arguments, 1, len(value.text))))
    return made(value.text[start:end], value)


def _substr(value: Value, arguments: list[Value]) -> Value:
    start = _number(arguments, 0, 0)
    start = max(0, len(value.text) + start) if start < 0 else start
    return made(value.text[start : start + max(0, _number(arguments, 1, len(value.text)))], value)


def _split(value: Value, arguments: list[Value]) -> Value | None:
    if not arguments or not isinstance(arguments[0].constant, str):
        return None
    text, glue = value.text, arguments[0].constant
    parts = list(text) if not glue else text.split(glue)
    return Value(
        labels=value.labels,
        items=[Value(part, value.labels, how=How.RESOLVED) for part in parts[: folding.ITEMS_MAX]],
        how=How.RESOLVED,
    )


def _replace(value: Value, arguments: list[Value]) -> Value | None:
    old, new = arguments[0], arguments[1]
    if not isinstance(new.constant, str):
        return None
    if isinstance(old.constant, str):
        return made(value.text.replace(old.constant, new.constant, 1), value, *arguments)
    return _pattern(value, old, new.constant)


def _replace_all(value: Value, arguments: list[Value]) -> Value | None:
    old, new = arguments[0].constant, arguments[1].constant
    if not isinstance(new, str):
        return None
    if not isinstance(old, str):
        return _pattern(value, arguments[0], new)
    if not old or len(value.text) * (len(new) + 1) > MAX:
        return None
    return made(value.text.replace(old, new), value, *arguments)


def _pattern(value: Value, old: Value, new: str) -> Value | None:
    """A regular expression that has nothing in it that could take long; its name is `/expression/flags`."""
    expression, _, flags = old.name.removeprefix("/").rpartition("/")
    if not old.name.startswith("/") or not _SIMPLE.fullmatch(expression) or "$" in new:
        return None
    if len(value.text) * (len(new) + 1) > MAX:
        return None
    found = re.compile(expression, re.IGNORECASE if "i" in flags else 0)
    return made(found.sub(lambda _: new, value.text, count=0 if "g" in flags else 1), value)


def _char_code(value: Value, arguments: list[Value]) -> Value:
    found = made(ord(value.text[_number(arguments, 0, 0)]), value)
    return Value(found.constant, found.labels | {"js.codes"}, how=How.RESOLVED)


def _repeat(value: Value, arguments: list[Value]) -> Value | None:
    count = _number(arguments, 0, 0)
    return made(value.text * count, value) if 0 <= count <= _REPEAT_MAX and len(value.text) * count <= MAX else None


def _concat(value: Value, arguments: list[Value]) -> Value:
    found = value
    for each in arguments:
        found = folding.operated(
            "+", found, each if isinstance(each.constant, str) else Value(folding.shown(each), each.labels)
        )
    return found


def _to_text(value: Value, arguments: list[Value]) -> Value:
    data = value.constant
    assert isinstance(data, bytes)
    encoding = arguments[0].text.lower() if arguments else "utf8"
    if encoding == "base64":
        return made(base64.b64encode(data).decode("ascii"), value)
    if encoding == "hex":
        return made(data.hex(), value)
    python = {"latin1": "latin-1", "binary": "latin-1", "ascii": "latin-1", "utf16le": "utf-16-le", "ucs2": "utf-16-le"}
    return made(data.decode(python.get(encoding, "utf-8"), errors="replace"), value)


def _in_base(value: Value, arguments: list[Value]) -> Value | None:
    number, base = value.constant, _number(arguments, 0, 10)
    if base == 10 or not isinstance(number, int) or isinstance(number, bool) or not 2 <= base <= 36 or number < 0:
        return made(folding.shown(value), value)
    digits = ""
    while number:
        number, rest = divmod(number, base)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return made(digits or "0", value)


def _reverse(value: Value, arguments: list[Value]) -> Value:
    del arguments
    assert value.items is not None
    return Value(labels=value.labels, items=value.items[::-1], how=How.RESOLVED)


def _array_concat(value: Value, arguments: list[Value]) -> Value:
    items = list(value.items or ())
    for each in arguments:
        items += each.items if each.items is not None else [each]
    return Value(labels=value.labels, items=items[: folding.ITEMS_MAX])


def _same(value: Value, arguments: list[Value]) -> Value:
    del arguments
    return value


def _at(value: Value, arguments: list[Value]) -> Value | None:
    return folding.element(value, arguments[0] if arguments else Value(0))


_TEXT: Final[dict[str, Method]] = {
    "slice": _slice,
    "substring": _substring,
    "substr": _substr,
    "split": _split,
    "replace": _replace,
    "replaceAll": _replace_all,
    "charCodeAt": _char_code,
    "codePointAt": _char_code,
    "charAt": _at,
    "at": _at,
    "repeat": _repeat,
    "concat": _concat,
    "trim": lambda value, _: made(value.text.strip(), value),
    "trimStart": lambda value, _: made(value.text.lstrip(), value),
    "trimEnd": lambda value, _: made(value.text.rstrip(), value),
    "toLowerCase": lambda value, _: made(value.text.lower(), value),
    "toUpperCase": lambda value, _: made(value.text.upper(), value),
    "toString": _same,
    "valueOf": _same,
    "normalize": _same,
    "indexOf": lambda value, given: made(value.text.find(given[0].text), value) if given[0].known else None,
}
_BUFFER: Final[dict[str, Method]] = {"toString": _to_text, "slice": _slice, "subarray": _slice, "toJSON": _same}
_ARRAY: Final[dict[str, Method]] = {
    "join": lambda value, given: folding.join(value, given[0] if given else Value(",")),
    "reverse": _reverse,
    "toReversed": _reverse,
    "slice": _slice,
    "concat": _array_concat,
    "at": _at,
    "toString": lambda value, _: folding.join(value, Value(",")),
    "filter": lambda value, given: value if given and given[0].name == "Boolean" else None,
    "flat": lambda value, _: Value(
        labels=value.labels, items=[inner for each in value.items or () for inner in each.flat()]
    ),
    "pop": lambda value, _: value.items[-1] if value.items else None,
    "shift": lambda value, _: value.items[0] if value.items else None,
}


def through(decoder: str, value: Value) -> Value:
    """A value through a decoder: its label stays, and its content where it is known."""
    labels = value.all_labels() | {decode.LABEL_OF[decoder]}
    found = decode.decoded(decoder, value.constant) if value.known and value.constant is not NOT_KNOWN else None
    if found is None:
        return Value(labels=labels, how=How.DECODED)
    return Value(found, labels, how=How.DECODED)


def buffer(arguments: list[Value]) -> Value | None:
    """`Buffer.from`: a text in an encoding, or bytes by their numbers. A text in base64 or digits is decoded."""
    if not arguments:
        return None
    first = arguments[0]
    encoding = arguments[1].text.lower() if len(arguments) > 1 else ""
    if encoding in ENCODINGS:
        return through(ENCODINGS[encoding], first)
    if isinstance(first.constant, str) and first.known:
        data = first.constant.encode("latin-1" if encoding in ("latin1", "binary") else "utf-8", errors="replace")
        return Value(data, first.labels, how=first.how)
    if first.items is not None:
        numbers = [number_of(item) for item in first.items]
        if numbers and all(each is not None and 0 <= each < 256 for each in numbers):
            data = bytes(int(each) for each in numbers if each is not None)
            return Value(data, first.all_labels() | {"decode.charcodes"}, how=How.RESOLVED)
    labels = first.all_labels()
    if "js.changed" in labels:
        labels = labels - {"js.changed"} | {"decode.cipher"}
    return Value(first.constant if isinstance(first.constant, bytes) else NOT_KNOWN, labels, how=first.how)
