"""A function with what one call hands it, and what can be either of several values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.value import NOT_KNOWN, UNKNOWN, Value, joined

JUMPS_MAX: Final = 160
"""How many other places of a file one question may lead to."""
_EMPTY: Final = (NOT_KNOWN, None, "", False, True, 0)


ONE_OF: Final = "<one-of>"
"""The name of what is one of several functions: its `keyed`, the last of them."""
_FUNCTIONS_MAX: Final = 4


@dataclass(slots=True, eq=False)
class Frame:
    """A function with what one call hands it, and what was found out of it in that call."""

    function: Node
    given: list[Value]
    outer: "Frame | None" = None
    depth: int = 1
    known: dict[int, Value] = field(default_factory=dict)
    bound: dict[tuple[int, str], Value] = field(default_factory=dict)

    def of(self, function: Node) -> "Frame | None":
        """The innermost frame of a function."""
        frame: Frame | None = self
        while frame is not None and frame.function.id != function.id:
            frame = frame.outer
        return frame


def either(values: Iterable[Value]) -> Value:
    """What can be either of several values: what is known of one of them, if the others are empty, and all labels."""
    kept = [value for value in values if value is not UNKNOWN]
    if len(kept) == 1:
        return kept[0]
    if any(type(value.constant) in (int, float) for value in kept):
        return joined(kept)
    named = [value for value in kept if value.name or value.items or not any(value.constant is each for each in _EMPTY)]
    if len(named) == 1 or (named and len({value.name for value in named}) == 1 and named[0].name):
        first = named[0]
        alone = len(named) == 1
        labels = frozenset[str]().union(*(value.all_labels() for value in kept))
        return Value(
            first.constant if alone else NOT_KNOWN, labels, first.name, first.items if alone else None, first.how
        )
    if len(named) > 1 and all(value.name.startswith("def:") for value in named):
        return Value(
            labels=joined(kept).labels, name=ONE_OF, keyed={value.name: value for value in named[-_FUNCTIONS_MAX:]}
        )
    return joined(kept)
