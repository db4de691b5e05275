"""What is known of an expression without running it: its constant, its name, its parts, and what flowed into it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pratique.facts.scan.observation import How
from pratique.model import limits

HOLE: Final = "\ufffc"
"""Stands in a text for a part that is not known."""


class _NotKnown:
    """The one value of its kind: no constant is known."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_KNOWN"


NOT_KNOWN: Final = _NotKnown()

Constant: TypeAlias = "str | bytes | int | float | bool | _NotKnown | None"

_NO_LABELS: Final[frozenset[str]] = frozenset()
_FLAT_MAX: Final = 100_000
_TEXT_MAX: Final = limits.SCAN_DECODED_BYTES_MAX


@dataclass(slots=True)
class Value:
    """An expression's value. `name` is the full dotted name of a function or module it stands for, `items` its elements.

    A text may be known in part: it then has `HOLE` for what is not. `how` is how its constant or name was come by.
    """

    constant: Constant = NOT_KNOWN
    labels: frozenset[str] = _NO_LABELS
    name: str = ""
    items: "list[Value] | None" = None
    how: How = How.LITERAL
    of: "Value | None" = None
    """Of an attribute of a constant: that constant, so that a method of it can be worked out."""
    keyed: "dict[object, Value] | None" = None
    """What is known of a mapping: its values by their constant keys. Its labels are those of all of them."""
    _within: frozenset[str] | None = field(default=None, repr=False, compare=False)
    """The labels of its elements, once they have been asked for: a list that holds itself twice, twelve times over, is large."""

    @property
    def text(self) -> str:
        """The constant as a text; empty where it is none."""
        if isinstance(self.constant, str):
            return self.constant
        if isinstance(self.constant, bytes):
            return self.constant.decode("utf-8", errors="replace")
        return ""

    @property
    def known(self) -> bool:
        """Whether its constant is known whole."""
        if self.constant is NOT_KNOWN:
            return False
        return not isinstance(self.constant, str) or HOLE not in self.constant

    def flat(self) -> "list[Value]":
        """Itself, or its elements and theirs; of what is too large or deep for that, one value with its labels."""
        waiting, found = [self], list[Value]()
        for _ in range(_FLAT_MAX):
            if not waiting:
                return found
            value = waiting.pop()
            if value.items is None:
                found.append(value)
            else:
                waiting += reversed(value.items)
        return [Value(labels=self.all_labels())]

    def all_labels(self) -> frozenset[str]:
        """Its labels, and those of its elements."""
        if not self.items:
            return self.labels
        if self._within is None:
            self._within = labels_of(self.items)
        return self.labels | self._within


UNKNOWN: Final = Value()
"""Nothing is known of it. Shared: never changed."""


def joined(values: "list[Value]") -> Value:
    """What can be either of several values, or is made from all of them: their labels, and no constant."""
    labels = labels_of(values)
    return Value(labels=labels) if labels else UNKNOWN


def labels_of(values: "Iterable[Value]") -> frozenset[str]:
    """The labels of all of several values."""
    found = _NO_LABELS
    for value in values:
        own = value.all_labels() if value.items else value.labels
        if own:
            found = found | own if found else own
    return found


def concatenated(left: Value, right: Value) -> Value:
    """Two texts one behind the other, with holes for what is not known; one that is too long is not known at all."""
    labels = left.all_labels() | right.all_labels()
    if sum(len(each.constant) for each in (left, right) if isinstance(each.constant, str | bytes)) > _TEXT_MAX:
        return Value(labels=labels)
    if isinstance(left.constant, bytes) and isinstance(right.constant, bytes):
        return Value(left.constant + right.constant, labels, how=How.RESOLVED)
    if isinstance(left.constant, str) or isinstance(right.constant, str):
        first = left.constant if isinstance(left.constant, str) else HOLE
        second = right.constant if isinstance(right.constant, str) else HOLE
        return Value(first + second, labels, how=How.RESOLVED)
    return Value(labels=labels)
