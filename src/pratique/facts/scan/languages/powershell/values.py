"""What PowerShell's values are beyond those of every language: tables, lists of numbers, characters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, concatenated
from pratique.model import limits

CHARACTER: Final = "<char>"
"""The name of a text that is one character: as a number it is its code."""
CHARACTERS: Final = "<chars>"
"""The name of a text that is an array of characters."""
NUMBER_BITS_MAX: Final = 256
ITEMS_MAX: Final = 100_000
NESTED_MAX: Final = 20_000
"""So many values are kept in one that holds others, which may be there many times."""
_MAX: Final = limits.SCAN_DECODED_BYTES_MAX


@dataclass(slots=True)
class Fields(Value):
    """A table of names and values, or an object with members; names are in lower case."""

    fields: dict[str, Value] = field(default_factory=dict)

    def all_labels(self) -> frozenset[str]:
        """Its labels, and those of its fields, each once: objects may hold each other."""
        labels, known = set(self.labels), {id(self)}
        waiting: list[Value] = list(self.fields.values())
        while waiting and len(known) < NESTED_MAX:
            value = waiting.pop()
            if id(value) in known:
                continue
            known.add(id(value))
            labels |= value.labels
            waiting += value.items or ()
            if isinstance(value, Fields):
                waiting += value.fields.values()
        return frozenset(labels)


@dataclass(slots=True)
class Codes(Value):
    """A list of whole numbers that is kept as one."""

    numbers: Sequence[int] = ()


def made(constant: object, *sources: Value, name: str = "") -> Value:
    """A computed constant with the labels of what it was made from; unknown where it is too large or of no simple kind."""
    labels = labels_of(*sources)
    if isinstance(constant, str | bytes):
        return Value(constant, labels, name, how=How.RESOLVED) if len(constant) <= _MAX else Value(labels=labels)
    if isinstance(constant, int) and constant.bit_length() > NUMBER_BITS_MAX:
        return Value(labels=labels)
    if constant is None or isinstance(constant, int | float):
        return Value(constant, labels, how=How.RESOLVED)
    return Value(labels=labels)


def labels_of(*values: Value) -> frozenset[str]:
    """The labels of several values together."""
    return frozenset[str]().union(*(each.all_labels() for each in values))


def spelled(value: Value) -> str | None:
    """A single value as PowerShell would write it in a text; None where it is not known."""
    constant = value.constant
    if isinstance(constant, str):
        return constant
    if isinstance(constant, bool):
        return "True" if constant else "False"
    if isinstance(constant, int):
        return str(constant)
    if isinstance(constant, float):
        return f"{constant:g}"
    if constant is None:
        return ""
    if value.name.startswith("type:"):
        return value.name[5:]
    return None


def elements(value: Value) -> list[Value] | None:
    """What going over a value gives, one by one; None where that is not known, or too much. A text is one element."""
    if isinstance(value, Codes):
        if len(value.numbers) > ITEMS_MAX:
            return None
        return [Value(each, value.labels) for each in value.numbers]
    if value.items is not None:
        return value.items
    constant = value.constant
    if isinstance(constant, bytes):
        return [Value(each, value.labels) for each in constant] if len(constant) <= ITEMS_MAX else None
    if isinstance(constant, str) and value.name == CHARACTERS:
        if len(constant) > ITEMS_MAX:
            return None
        return [Value(each, value.labels, CHARACTER, how=value.how) for each in constant]
    if constant is NOT_KNOWN:
        return None
    return [value]


def few(value: Value, most: int) -> list[Value] | None:
    """The elements of a value where there are no more than so many; None where there are, or where they are not known."""
    kept = value.constant if isinstance(value.constant, bytes) or value.name == CHARACTERS else None
    number = len(value.numbers) if isinstance(value, Codes) else len(kept) if isinstance(kept, str | bytes) else 0
    return elements(value) if number <= most else None


def count(value: Value) -> int | None:
    """How many elements a value has; of a text, its characters."""
    if isinstance(value, Codes):
        return len(value.numbers)
    if value.items is not None:
        return len(value.items)
    if isinstance(value.constant, str | bytes) and value.known:
        return len(value.constant)
    return None


def whole(value: Value) -> int | None:
    """A value as a whole number: a character is its code, a text is read."""
    constant = value.constant
    if isinstance(constant, str):
        if value.name == CHARACTER and len(constant) == 1:
            return ord(constant)
        text = constant.strip()
        try:
            return int(text, 16) if text[:2] in ("0x", "0X") else int(text)
        except ValueError:
            return None
    if isinstance(constant, int):
        return int(constant)
    if isinstance(constant, float):
        return round(constant) if abs(constant) < 1 << 62 else None
    return 0 if constant is None else None


def octets(value: Value) -> bytes | None:
    """A value as bytes."""
    if isinstance(value.constant, bytes):
        return value.constant
    numbers: Sequence[int | None]
    if isinstance(value, Codes):
        numbers = value.numbers
    elif value.items is not None:
        numbers = [whole(each) for each in value.items]
    elif isinstance(value.constant, str) and value.name == CHARACTERS:
        return value.constant.encode("latin-1", errors="replace")
    else:
        return None
    kept = [each for each in numbers if each is not None and 0 <= each < 256]
    return bytes(kept) if len(kept) == len(numbers) else None


def text_of(value: Value, separator: str = " ") -> str:
    """A value as a text, a list with its elements one behind the other, with holes for what is not known."""
    if isinstance(value, Fields):
        return HOLE
    if value.name == CHARACTERS and separator and isinstance(value.constant, str):
        return separator.join(value.constant[:_MAX])
    single = spelled(value)
    if single is not None:
        return single
    listed = elements(value)
    if listed is None:
        return HOLE
    parts: list[str] = []
    size = 0
    for each in listed:
        part = HOLE if each.items is not None else spelled(each)
        parts.append(HOLE if part is None else part)
        size += len(parts[-1]) + len(separator)
        if size > _MAX:
            return HOLE
    return separator.join(parts)


def size(value: Value) -> int:
    """How many values one is made of, counting no further than `NESTED_MAX`."""
    found, waiting = 0, [value]
    while waiting and found <= NESTED_MAX:
        each = waiting.pop()
        found += 1
        waiting += each.items or ()
        if isinstance(each, Fields):
            waiting += each.fields.values()
    return found


def held(items: list[Value]) -> Value:
    """Several values as one; only what flowed into them where they are too many."""
    if (
        len(items) > ITEMS_MAX
        or sum(size(each) for each in items if each.items or isinstance(each, Fields)) > NESTED_MAX
    ):
        return Value(labels=labels_of(*items))
    return Value(items=items)


def put_behind(left: Value, right: Value) -> Value:
    """Two texts one behind the other, with holes for what is not known; no longer than is kept."""
    if len(left.text) + len(right.text) > _MAX:
        return Value(labels=labels_of(left, right))
    return concatenated(left, right)


def of_items(items: list[Value]) -> Value:
    """What statements give: nothing, one value, or a list of them."""
    if not items:
        return UNKNOWN
    return items[0] if len(items) == 1 else held(items)


def is_true(value: Value) -> bool:
    """Whether a value is known to be true: `$true`, 1, or a text that says so."""
    return (spelled(value) or "").lower() in ("true", "1")
