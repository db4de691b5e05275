"""Functions of the language and its hosts whose result is computed from constants, by their full names."""

import math
import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages.javascript import folding, methods
from pratique.facts.scan.languages.javascript.folding import made, number_of
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, concatenated, joined

_PERCENT: Final = re.compile(r"((?:%[0-9a-fA-F]{2})+)|%u([0-9a-fA-F]{4})")
_PERCENT_SHARE: Final = 0.3
_DIGITS_MAX: Final = 300
_CODES_MIN: Final = 3
_POINT_MAX: Final = 0x10FFFF


def called(name: str, arguments: list[Value]) -> Value | None:
    """A function on constants, by its full name; None for what is not computed here."""
    compute = _FUNCTIONS.get(name)
    if compute is None or not arguments:
        return None
    try:
        return compute(arguments)
    except (TypeError, ValueError, OverflowError, IndexError, MemoryError):
        return None


def _from_codes(arguments: list[Value]) -> Value:
    given = [inner for each in arguments for inner in (each.items if each.items is not None else [each])]
    numbers = [number_of(each) for each in given]
    labels = joined(arguments).labels
    if "js.changed" in labels:
        labels = labels - {"js.changed"} | {"decode.cipher"}
    if given and all(each is not None and 0 <= each <= _POINT_MAX for each in numbers):
        text = "".join(chr(int(each)) for each in numbers if each is not None)
        found = made(text, *arguments)
        label = "decode.charcodes" if len(given) >= _CODES_MIN else "js.character"
        return Value(found.constant, labels | {label}, how=found.how)
    return Value(labels=labels)


def _percent(arguments: list[Value], *, latin: bool) -> Value:
    first = arguments[0]
    labels = first.all_labels()
    if not isinstance(first.constant, str) or not first.known:
        return Value(labels=labels)

    def character(found: "re.Match[str]") -> str:
        if found[2]:
            return chr(int(found[2], 16))
        data = bytes.fromhex(found[1].replace("%", ""))
        return data.decode("latin-1" if latin else "utf-8", errors="replace")

    spelled = sum(found.end() - found.start() for found in _PERCENT.finditer(first.constant))
    if spelled > len(first.constant) * _PERCENT_SHARE and spelled > 9:
        labels |= {"decode.escapes"}
    return Value(_PERCENT.sub(character, first.constant), labels, how=max(How.RESOLVED, first.how))


def _parse_int(arguments: list[Value]) -> Value | None:
    first = arguments[0]
    base = number_of(arguments[1]) if len(arguments) > 1 else None
    text = folding.shown(first).strip() if first.constant is not NOT_KNOWN else ""
    found = re.match(r"([-+]?)(0[xX])?([0-9a-zA-Z]+)", text)
    if found is None or len(text) > _DIGITS_MAX:
        return None
    radix = int(base) if base else 16 if found[2] else 10
    digits = found[3]
    while digits and not _is_digit(digits[-1], radix):
        digits = digits[:-1]
    for place, each in enumerate(digits):
        if not _is_digit(each, radix):
            digits = digits[:place]
            break
    if not digits:
        return None
    value = int(digits, radix)
    return made(-value if found[1] == "-" else value, first)


def _is_digit(character: str, radix: int) -> bool:
    return "0123456789abcdefghijklmnopqrstuvwxyz".find(character.lower()) in range(radix)


def _number(arguments: list[Value]) -> Value | None:
    found = number_of(arguments[0])
    return None if found is None else made(found, arguments[0])


def _text(arguments: list[Value]) -> Value:
    first = arguments[0]
    if first.constant is NOT_KNOWN:
        return folding.join(first, Value(",")) if first.items is not None else Value(labels=first.all_labels())
    return made(folding.shown(first), first)


def _whole(compute: Callable[[float], float]) -> Callable[[list[Value]], Value | None]:
    def rounded(arguments: list[Value]) -> Value | None:
        found = number_of(arguments[0])
        return None if found is None else made(compute(found), arguments[0])

    return rounded


def _joined_path(arguments: list[Value]) -> Value:
    found = arguments[0]
    for argument in arguments[1:]:
        found = concatenated(concatenated(found, Value("/")), Value(folding.shown(argument), argument.all_labels()))
    return found


def _listed(arguments: list[Value]) -> Value | None:
    items = folding.elements(arguments[0])
    return Value(labels=arguments[0].labels, items=items) if items is not None else None


def _as_written(arguments: list[Value]) -> Value:
    first = arguments[0]
    if isinstance(first.constant, str | int | float | bool):
        return first
    return Value(labels=joined(arguments).labels)


def _parsed(arguments: list[Value]) -> Value:
    return Value(labels=joined(arguments).labels)


def _btoa(arguments: list[Value]) -> Value | None:
    first = methods.buffer([arguments[0], Value("latin1")])
    return methods.method(first, "toString", [Value("base64")]) if first is not None else None


def _atob(arguments: list[Value]) -> Value:
    found = methods.through("base64", arguments[0])
    if isinstance(found.constant, bytes):
        return Value(found.constant.decode("latin-1"), found.labels, how=found.how)
    return found


def _decoder(name: str) -> Callable[[list[Value]], Value]:
    return lambda arguments: methods.through(name, arguments[0])


def _text_of(arguments: list[Value]) -> Value:
    first = arguments[0]
    return Value(first.text, first.labels, how=first.how) if isinstance(first.constant, bytes) else first


def _template(arguments: list[Value]) -> Value:
    """`util.format`: what stands for something unknown becomes a hole."""
    first = arguments[0]
    text = re.sub(r"%[sdifjoO]", HOLE, first.text) if first.known and isinstance(first.constant, str) else HOLE
    return Value(text, joined(arguments).labels, how=How.RESOLVED)


def _first(arguments: list[Value]) -> Value:
    return arguments[0]


_FUNCTIONS: Final[dict[str, Callable[[list[Value]], Value | None]]] = {
    "String.fromCharCode": _from_codes,
    "String.fromCodePoint": _from_codes,
    "String.raw": _first,
    "String": _text,
    "Number": _number,
    "parseInt": _parse_int,
    "Number.parseInt": _parse_int,
    "parseFloat": _number,
    "Math.floor": _whole(math.floor),
    "Math.ceil": _whole(math.ceil),
    "Math.round": _whole(lambda each: math.floor(each + 0.5)),
    "Math.trunc": _whole(math.trunc),
    "Math.abs": _whole(abs),
    "decodeURIComponent": lambda given: _percent(given, latin=False),
    "decodeURI": lambda given: _percent(given, latin=False),
    "unescape": lambda given: _percent(given, latin=True),
    "querystring.unescape": lambda given: _percent(given, latin=False),
    "encodeURIComponent": _as_written,
    "encodeURI": _as_written,
    "escape": _as_written,
    "JSON.stringify": _as_written,
    "JSON.parse": _parsed,
    "Buffer.from": methods.buffer,
    "Buffer": methods.buffer,
    "buffer.Buffer.from": methods.buffer,
    "Uint8Array.from": methods.buffer,
    "Uint8Array": methods.buffer,
    "Buffer.concat": lambda given: _concat(given[0]),
    "atob": _atob,
    "btoa": _btoa,
    "buffer.atob": _atob,
    "Base64.decode": _atob,
    "js-base64.decode": _atob,
    "js-base64.Base64.decode": _atob,
    "base-64.decode": _atob,
    "Array.from": _listed,
    "Array.of": lambda given: Value(items=given),
    "path.join": _joined_path,
    "path.resolve": _joined_path,
    "path.posix.join": _joined_path,
    "path.win32.join": _joined_path,
    "path.normalize": _first,
    "path.dirname": _first,
    "url.pathToFileURL": _first,
    "url.fileURLToPath": _first,
    "URL": _first,
    "url.URL": _first,
    "url.parse": _first,
    "util.format": _template,
    "Object.freeze": _first,
    "Object.assign": lambda given: given[0] if len(given) == 1 else Value(labels=joined(given).labels),
    "Promise.resolve": _first,
    "zlib.inflateSync": _decoder("zlib"),
    "zlib.gunzipSync": _decoder("zlib"),
    "zlib.unzipSync": _decoder("zlib"),
    "zlib.inflateRawSync": _decoder("zlib"),
    "pako.inflate": _decoder("zlib"),
    "pako.ungzip": _decoder("zlib"),
    "pako.inflateRaw": _decoder("zlib"),
    "fflate.inflateSync": _decoder("zlib"),
    "fflate.gunzipSync": _decoder("zlib"),
    "<text-decoder>.decode": _text_of,
    "Reflect.construct": lambda given: Value(labels=joined(given).labels),
}


def _concat(parts: Value) -> Value:
    if parts.items is not None and parts.items and all(isinstance(each.constant, bytes) for each in parts.items):
        return made(b"".join(each.constant for each in parts.items if isinstance(each.constant, bytes)), parts)
    return Value(labels=parts.all_labels()) if parts.all_labels() else UNKNOWN
