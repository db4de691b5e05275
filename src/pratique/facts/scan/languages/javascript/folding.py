"""Constants computed as JavaScript would compute them, for the few operations that programs spell texts with.

Nothing is called that the scanned code defines. What comes out is at most `SCAN_DECODED_BYTES_MAX` long, else it is not known.
"""

from collections.abc import Callable
from typing import Any, Final

from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, concatenated, joined
from pratique.model import limits

MAX: Final = limits.SCAN_DECODED_BYTES_MAX
ITEMS_MAX: Final = 100_000
_WORD: Final = 0xFFFFFFFF
_SIGN: Final = 0x80000000
_SPELLED: Final = frozenset({"decode.charcodes"})
_CHARACTERS_MIN: Final = 3


def made(constant: object, *sources: Value) -> Value:
    """A computed constant with the labels of what it was made from; unknown where it is too large or of no simple kind."""
    labels = frozenset[str]().union(*(source.all_labels() for source in sources))
    how = max((How.RESOLVED, *(source.how for source in sources)))
    if isinstance(constant, str | bytes) and len(constant) > MAX:
        return Value(labels=labels)
    if isinstance(constant, float) and constant.is_integer() and abs(constant) < 2**53:
        constant = int(constant)
    if isinstance(constant, str | bytes | int | float | bool) or constant is None:
        return Value(constant, labels, how=how)
    if isinstance(constant, list) and len(constant) <= ITEMS_MAX:
        return Value(labels=labels, items=[made(each) for each in constant], how=how)
    return Value(labels=labels)


def shown(value: Value) -> str:
    """A value as it looks in a text, `HOLE` where it is not known."""
    constant = value.constant
    if isinstance(constant, str):
        return constant
    if isinstance(constant, bytes):
        return constant.decode("utf-8", errors="replace")
    if isinstance(constant, bool):
        return "true" if constant else "false"
    if constant is None:
        return "null"
    if isinstance(constant, int):
        return str(constant) if abs(constant) < 10**21 else HOLE  # larger ones are written otherwise
    if isinstance(constant, float):
        return repr(constant)
    return HOLE


def number_of(value: Value) -> int | float | None:
    """A value as a number, where it is one or a text of one."""
    constant = value.constant
    if isinstance(constant, bool):
        return int(constant)
    if isinstance(constant, int | float):
        return constant
    if isinstance(constant, str):
        text = constant.strip()
        try:
            return int(text, 0) if text[:2].lower() == "0x" else float(text)
        except ValueError:
            return 0 if not text else None
    return None


def _signed(number: int) -> int:
    number &= _WORD
    return number - (_WORD + 1) if number & _SIGN else number


def _divided(one: float, two: float) -> float | None:
    return one / two if two else None


def _remainder(one: float, two: float) -> float | None:
    if not two:
        return None
    rest = abs(one) % abs(two)
    return -rest if one < 0 else rest


_NUMERIC: Final[dict[str, Callable[[float, float], float | None]]] = {
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": _divided,
    "%": _remainder,
    "^": lambda one, two: _signed(int(one)) ^ _signed(int(two)),
    "&": lambda one, two: _signed(int(one)) & _signed(int(two)),
    "|": lambda one, two: _signed(int(one)) | _signed(int(two)),
    "<<": lambda one, two: _signed(int(one) << (int(two) & 31)),
    ">>": lambda one, two: _signed(int(one)) >> (int(two) & 31),
    ">>>": lambda one, two: (int(one) & _WORD) >> (int(two) & 31),
}


_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda one, two: one < two,
    "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two,
    ">=": lambda one, two: one >= two,
    "==": lambda one, two: one == two,
    "===": lambda one, two: one == two,
    "!=": lambda one, two: one != two,
    "!==": lambda one, two: one != two,
}


def operated(operator: str, left: Value, right: Value) -> Value:
    """A binary operation on two values."""
    if operator == "+":
        return _plus(left, right)
    if operator in _COMPARED:
        return _compared(operator, left, right)
    compute = _NUMERIC.get(operator)
    if compute is None:
        return UNKNOWN
    one, two = number_of(left), number_of(right)
    if one is not None and two is not None and max(abs(one), abs(two)) < 2**53:
        try:
            found = made(compute(one, two), left, right)
        except (OverflowError, ValueError):
            return UNKNOWN
        found.labels = _changed(found.labels)
        return found
    return Value(labels=_changed(joined([left, right]).labels))


def _compared(operator: str, left: Value, right: Value) -> Value:
    """A comparison of two numbers or two texts."""
    one, two = left.constant, right.constant
    if not (left.known and right.known):
        return UNKNOWN
    numbers = type(one) in (int, float) and type(two) in (int, float)
    if not numbers and not (isinstance(one, str) and isinstance(two, str)):
        return UNKNOWN
    return Value(_COMPARED[operator](one, two), how=How.RESOLVED)


def _changed(labels: frozenset[str]) -> frozenset[str]:
    """Codes of characters that something was done to one by one."""
    return labels | {"js.changed"} if labels & {"js.codes", "decode.charcodes"} else labels


def _plus(left: Value, right: Value) -> Value:
    one, two = left.constant, right.constant
    if type(one) in (int, float) and type(two) in (int, float):
        return made(one + two, left, right)  # type: ignore[operator]  # just found to be numbers
    texts = isinstance(one, str) or isinstance(two, str)
    if texts:
        both = [Value(shown(each), each.all_labels()) for each in (_as_text(left), _as_text(right))]
        if len(both[0].text) + len(both[1].text) > MAX:
            return joined([left, right])
        found = concatenated(both[0], both[1])
        if all("js.character" in each.labels and each.known for each in both):
            found.labels |= _SPELLED
        return found
    if isinstance(one, bytes) and isinstance(two, bytes):
        return made(one + two, left, right)
    found = joined([left, right])
    return Value(labels=_changed(found.labels)) if found.labels else found


def _as_text(value: Value) -> Value:
    if value.items is not None and not value.name:
        return join(value, Value(","))
    return value


def join(value: Value, separator: Value) -> Value:
    """The elements of an array put together."""
    if value.items is None:
        return joined([value, separator])
    parts: list[str] = []
    size = 0
    for item in value.items:
        part = "" if item.constant is None else shown(item)
        size += len(part) + len(separator.text)
        if size > MAX:
            return Value(labels=value.all_labels())
        parts.append(part)
    glue = separator.text if isinstance(separator.constant, str) else ","
    found = made(glue.join(parts), value)
    if len(parts) >= _CHARACTERS_MIN and all("js.character" in item.labels for item in value.items):
        found.labels |= _SPELLED
    return found


def element(value: Value, index: Value) -> Value | None:
    """An element of an array, or a character of a text; None where that is not known."""
    place = number_of(index) if not isinstance(index.constant, str) or index.constant.isdigit() else None
    whole = value.items if value.items is not None else value.constant
    if place is None or place != int(place) or place < 0:
        return None
    at = int(place)
    if isinstance(whole, list):
        if at < len(whole):
            found = whole[at]
            return Value(found.constant, found.labels | value.labels, found.name, found.items, found.how, found.of)
        return None
    if isinstance(whole, str | bytes) and value.known and at < len(whole):
        return made(whole[at], value)
    return None


def elements(value: Value) -> list[Value] | None:
    """What iterating over a value gives; None where that is not known, or too much."""
    if value.items is not None:
        return value.items
    if value.known and isinstance(value.constant, str | bytes) and len(value.constant) <= ITEMS_MAX:
        return [Value(each, value.labels, how=value.how) for each in value.constant]
    return None


def known(values: list[Value]) -> bool:
    """Whether all are constants."""
    return all(value.constant is not NOT_KNOWN and value.known for value in values)
