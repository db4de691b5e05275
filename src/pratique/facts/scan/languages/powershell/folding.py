"""Constants computed as PowerShell would compute them, for the operations that scripts spell texts with.

Nothing of the scanned script is called. What comes out is at most `SCAN_DECODED_BYTES_MAX` long, else it is not known.
"""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages.powershell import patterns
from pratique.facts.scan.languages.powershell.casting import cast
from pratique.facts.scan.languages.powershell.values import (
    CHARACTER,
    CHARACTERS,
    ITEMS_MAX,
    NUMBER_BITS_MAX,
    Codes,
    Fields,
    count,
    elements,
    held,
    labels_of,
    made,
    octets,
    put_behind,
    spelled,
    text_of,
    whole,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined
from pratique.model import limits

_MAX: Final = limits.SCAN_DECODED_BYTES_MAX
_FIELD: Final = re.compile(r"\{\{|\}\}|\{(\d{1,4})(?:,\s*(-?\d{1,3}))?(?::([^}]*))?\}")
_SPELLED: Final = frozenset({"obf.split_strings"})
_CIPHER: Final = frozenset({"decode.cipher"})
_PIECE_CHARACTERS_MAX: Final = 8
_PIECES_MIN: Final = 3
_NUMERIC: Final[dict[str, Callable[[int, int], int | float]]] = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": lambda one, two: one // two if not one % two else one / two,
    "%": lambda one, two: one % two,
    "bxor": lambda one, two: one ^ two,
    "band": lambda one, two: one & two,
    "bor": lambda one, two: one | two,
    "shl": lambda one, two: one << two if 0 <= two < NUMBER_BITS_MAX else 0,
    "shr": lambda one, two: one >> two if 0 <= two < NUMBER_BITS_MAX else 0,
}
_COMPARED: Final[dict[str, Callable[[int | float, int | float], bool]]] = {
    "eq": lambda one, two: one == two,
    "ne": lambda one, two: one != two,
    "lt": lambda one, two: one < two,
    "le": lambda one, two: one <= two,
    "gt": lambda one, two: one > two,
    "ge": lambda one, two: one >= two,
}


def operated(operator: str, left: Value, right: Value, separator: str = " ") -> Value:
    """A binary operation on two values. `separator` is what stands between the elements of a list in a text."""
    special = _OPERATIONS.get(operator)
    if special is not None:
        return special(left, right)
    if operator == "+":
        return _added(left, right, separator)
    if operator == "*" and isinstance(left.constant, str) and left.known:
        times = whole(right)
        if times is not None and 0 <= times * len(left.constant) <= _MAX:
            return made(left.constant * times, left, right)
    if operator in _COMPARED:
        return _comparison(operator, left, right)
    return _numeric(operator, left, right)


def _numeric(operator: str, left: Value, right: Value) -> Value:
    compute = _NUMERIC.get(operator)
    one, two = whole(left), whole(right)
    if isinstance(left.constant, float) or isinstance(right.constant, float):
        one = None
    if compute is None or one is None or two is None:
        if operator == "bxor":
            return Value(labels=labels_of(left, right) | _CIPHER)
        return joined([left, right])
    try:
        found = made(compute(one, two), left, right)
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
    if operator == "bxor" and (left.labels or right.labels or CHARACTER in (left.name, right.name)):
        found.labels |= _CIPHER
    return found


def _comparison(operator: str, left: Value, right: Value) -> Value:
    one, two = left.constant, right.constant
    if isinstance(one, int | float) and isinstance(two, int | float):
        return made(_COMPARED[operator](one, two), left, right)
    if operator in ("eq", "ne") and isinstance(one, str) and isinstance(two, str) and left.known and right.known:
        return made((one.lower() == two.lower()) == (operator == "eq"), left, right)
    return joined([left, right])


def _added(left: Value, right: Value, separator: str) -> Value:
    if left.items is not None or isinstance(left, Codes):
        one, two = elements(left), elements(right)
        if one is not None:
            both = held([*one, *(two if two is not None else [right])])
            return Value(labels=left.labels | both.labels, items=both.items)
    if isinstance(left.constant, bytes) and octets(right) is not None:
        return made(left.constant + (octets(right) or b""), left, right)
    if isinstance(left.constant, str) or (isinstance(right.constant, str) and whole(left) is None):
        text = Value(text_of(right, separator), right.all_labels())
        return put_behind(left, text)
    if isinstance(left.constant, float) or isinstance(right.constant, float):
        return joined([left, right])
    return _numeric("+", left, right)


def chained(values: list[Value], separator: str = " ") -> Value:
    """Several values added, one behind the other. Small pieces of a text are remarked on."""
    found = values[0]
    pieces = sum(1 for each in values if isinstance(each.constant, str) and len(each.constant) <= _PIECE_CHARACTERS_MAX)
    texts = [each for each in values if isinstance(each.constant, str)]
    if len(texts) == len(values) and not any(each.name == CHARACTERS for each in texts):
        found = made("".join(str(each.constant) for each in texts), *values)
    else:
        for each in values[1:]:
            found = _added(found, each, separator)
    if pieces >= _PIECES_MIN and pieces * 2 > len(values) and isinstance(found.constant, str) and found.known:
        found.labels |= _SPELLED
    return found


def formatted(left: Value, right: Value) -> Value:
    """The format operator: numbered fields in a text (.NET, composite formatting)."""
    given = elements(right)
    shown = [text_of(each) for each in given] if given is not None else []
    template = left.constant
    if not isinstance(template, str):
        return joined([left, right])
    size = 0

    def put(field: "re.Match[str]") -> str:
        nonlocal size
        if field[1] is None:
            return field[0][0]
        number = int(field[1])
        text = shown[number] if number < len(shown) else HOLE
        if field[3] and given is not None and number < len(given):
            text = _in_format(given[number], field[3])
        size += len(text)
        if size > _MAX:
            return HOLE
        width = int(field[2] or 0)
        return text.rjust(width) if width >= 0 else text.ljust(-width)

    found = made(_FIELD.sub(put, template), left, right)
    fields = template.count("{")
    if found.known and fields > 1 and fields * 5 > len(template):
        found.labels |= _SPELLED
    return found


def _in_format(value: Value, written: str) -> str:
    """A number in hexadecimal or with leading zeros; anything else as it is."""
    number = whole(value)
    found = re.fullmatch(r"([xXdD])(\d{0,2})", written)
    if number is None or found is None:
        return text_of(value)
    digits = f"{number:x}" if found[1] in "xX" else str(number)
    return (digits.upper() if found[1] == "X" else digits).rjust(int(found[2] or 0), "0")


def join(left: Value, right: Value) -> Value:
    """The elements of a list with a text between them."""
    separator = spelled(right) if right is not UNKNOWN else ""
    if separator is None:
        return joined([left, right])
    if left.name == CHARACTERS and not separator:
        return made(left.constant, left, right)
    if elements(left) is None and not isinstance(left.constant, str):
        return Value(labels=labels_of(left, right))
    found = made(text_of(left, separator), left, right)
    if left.items is not None and not separator and len(left.items) >= _PIECES_MIN and found.known:
        small = sum(len(text_of(each)) <= _PIECE_CHARACTERS_MAX for each in left.items)
        if small * 2 > len(left.items):
            found.labels |= _SPELLED
    return found


def replace(left: Value, right: Value, *, ignore_case: bool = True, plain: bool = False) -> Value:
    """A text with a pattern, or a `plain` text, replaced by another: `right` is the two of them, or the pattern alone."""
    two = elements(right) or []
    listed = elements(left)
    if left.items is not None and listed is not None:
        return Value(
            labels=left.labels, items=[replace(each, right, ignore_case=ignore_case, plain=plain) for each in listed]
        )
    given = [spelled(each) for each in two[:2]]
    labels = labels_of(left, right)
    if not isinstance(left.constant, str) or not given or None in given:
        return Value(labels=labels)
    old, new = str(given[0]), str(given[1]) if len(given) > 1 else ""
    text = left.constant
    done: str | None
    if plain:
        longer = len(text) // max(len(old), 1) * len(new) + len(text)
        done = text.replace(old, new) if old and longer <= _MAX else None
    else:
        done = patterns.replaced(text, old, new, ignore_case=ignore_case, longest=_MAX)
    if done is None:
        return Value(labels=labels)
    changed = _SPELLED if done != text and left.known else frozenset()
    return Value(done, labels | changed, how=How.RESOLVED)


def split(left: Value, right: Value, *, ignore_case: bool = True) -> Value:
    """A text cut at a pattern, or each text of a list."""
    listed = elements(left)
    pattern = spelled((elements(right) or [UNKNOWN])[0])
    if listed is None or pattern is None:
        return joined([left, right])
    items: list[Value] = []
    for each in listed:
        text = spelled(each)
        cut = patterns.parted(text, pattern, ignore_case=ignore_case) if text is not None else None
        if cut is None or len(items) + len(cut) > ITEMS_MAX:
            return joined([left, right])
        items += [made(part, each) for part in cut]
    return Value(labels=left.labels, items=items)


def _range(left: Value, right: Value) -> Value:
    first, last = whole(left), whole(right)
    if first is None or last is None or abs(last - first) >= _MAX:
        return joined([left, right])
    step = 1 if last >= first else -1
    return Codes(labels=left.labels | right.labels, numbers=range(first, last + step, step))


def _as(left: Value, right: Value) -> Value:
    return cast(right.name.removeprefix("type:"), left) if right.name.startswith("type:") else joined([left, right])


_OPERATIONS: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "f": formatted,
    "join": join,
    "replace": replace,
    "creplace": lambda left, right: replace(left, right, ignore_case=False),
    "split": split,
    "csplit": lambda left, right: split(left, right, ignore_case=False),
    "..": _range,
    "as": _as,
    "??": lambda left, right: left if left.constant is not NOT_KNOWN or left.name else joined([left, right]),
}


def words(value: Value) -> Value:
    """A text cut at white space."""
    text = spelled(value)
    if text is None or HOLE in text:
        return joined([value])
    return Value(labels=value.labels, items=[made(part, value) for part in text.split()[:ITEMS_MAX]])


def indexed(base: Value, place: Value) -> Value:
    """An element, or several of them as a list."""
    labels = base.all_labels() | place.all_labels()
    if isinstance(base, Fields):
        key = spelled(place)
        found = base.fields.get(key.lower()) if key is not None else None
        return found if found is not None else Value(labels=labels)
    size = count(base)
    if size is None:
        return Value(labels=labels)
    places = place.numbers if isinstance(place, Codes) else None
    if places is None:
        listed = elements(place)
        numbers = [whole(each) for each in listed] if listed is not None else [None]
        if None in numbers:
            return Value(labels=labels)
        places = [each for each in numbers if each is not None]
        if place.items is None:
            return _at(base, places[0]) if -size <= places[0] < size else Value(None, labels)
    if len(places) > _MAX or (len(places) > ITEMS_MAX and not isinstance(base.constant, str | bytes)):
        return Value(labels=labels)
    kept = [each for each in places if -size <= each < size]
    turned = (
        _CIPHER
        if (len(kept) > _PIECES_MIN and kept == list(range(size))[::-1])
        or (kept == list(range(-1, -size - 1, -1)) and len(kept) > _PIECES_MIN)
        else frozenset[str]()
    )
    if isinstance(base.constant, str):
        text = base.constant
        return Value("".join(text[each] for each in kept), labels | turned, CHARACTERS, how=How.RESOLVED)
    if isinstance(base.constant, bytes):
        return Value(bytes(base.constant[each] for each in kept), labels | turned, how=How.RESOLVED)
    return Value(labels=labels | turned, items=[_at(base, each) for each in kept])


def _at(base: Value, place: int) -> Value:
    if isinstance(base, Codes):
        return Value(base.numbers[place], base.labels)
    if base.items is not None:
        return base.items[place]
    if isinstance(base.constant, str):
        return made(base.constant[place], base, name=CHARACTER)
    return made(base.constant[place], base) if isinstance(base.constant, bytes) else UNKNOWN
