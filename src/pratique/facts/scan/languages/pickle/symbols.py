"""What a pickle's opcodes make, as far as it is followed: names, what is made by calling them, and elements of containers."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

_FLAT_MAX: Final = 500
_DEPTH_MAX: Final = 12
ITEMS_KEPT: Final = 64
"""How many elements of a container are kept."""


COMPUTED: Final = "a name that is put together while it is read"
"""Stands for the name of a function that is no text of the pickle itself."""


class _Plain:
    """The one value of its kind: nothing is known of it, and nothing about it worries."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "PLAIN"


PLAIN: Final = _Plain()


@dataclass(slots=True)
class Name:
    """A function or class, by its module and its name there, which may lead on with full stops."""

    module: str
    name: str
    place: int = 0

    @property
    def full(self) -> str:
        """Both in one."""
        return f"{self.module}.{self.name}"


@dataclass(slots=True)
class Made:
    """What a call gives, or an object that is put together; `state` is what it was built with."""

    function: "Symbol"
    arguments: "list[Symbol]"
    state: "Symbol" = PLAIN


Symbol: TypeAlias = "str | bytes | int | Name | Made | list[Symbol] | _Plain"
"""Tuples, lists and sets are lists of their first `ITEMS_KEPT` elements, mappings too: keys and values in turn."""


def value_of(mapping: Symbol, key: str) -> Symbol:
    """The value of a key in what was a mapping."""
    if isinstance(mapping, list):
        for place in range(0, len(mapping) - 1, 2):
            if mapping[place] == key:
                return mapping[place + 1]
    return PLAIN


def flat(symbols: "list[Symbol]") -> Iterator[Symbol]:
    """Values, and what is in them, the outer ones first: so many, so deep."""
    waiting = deque((each, 0) for each in symbols)
    done = 0
    while waiting and done < _FLAT_MAX:
        symbol, depth = waiting.popleft()
        done += 1
        yield symbol
        if depth >= _DEPTH_MAX:
            continue
        if isinstance(symbol, list):
            waiting += [(each, depth + 1) for each in symbol]
        elif isinstance(symbol, Made):
            waiting += [(each, depth + 1) for each in (symbol.function, *symbol.arguments, symbol.state)]
