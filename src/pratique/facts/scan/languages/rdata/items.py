"""Items of serialised R objects, as far as anything is kept of them: code, and what holds code."""

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias


class Kind(IntEnum):
    """Types of items (Rinternals.h, serialize.c) that say more than that there are data."""

    NIL = 0
    SYMBOL = 1
    PAIRS = 2
    CLOSURE = 3
    ENVIRONMENT = 4
    PROMISE = 5
    CALL = 6
    SPECIAL = 7
    BUILTIN = 8
    TEXT = 9
    LOGICAL = 10
    INTEGER = 13
    REAL = 14
    COMPLEX = 15
    TEXTS = 16
    DOTS = 17
    LIST = 19
    EXPRESSION = 20
    BYTE_CODE = 21
    POINTER = 22
    WEAK = 23
    RAW = 24
    OBJECT = 25
    ALTERNATIVE = 238
    ATTRIBUTED_PAIRS = 239
    ATTRIBUTED_CALL = 240
    BASE = 241
    EMPTY = 242
    CODE_REFERENCE = 243
    CODE_DEFINITION = 244
    PERSISTENT = 247
    PACKAGE = 248
    NAMESPACE = 249
    BASE_NAMESPACE = 250
    MISSING = 251
    UNBOUND = 252
    GLOBAL = 253
    NIL_VALUE = 254
    REFERENCE = 255


@dataclass(slots=True)
class Node:
    """A piece of code or of what holds code.

    Of a call, `items` are the function and its arguments, `tags` their names; of a closure, its formals and its body; of a
    promise, its expression; `tags` then are empty. `text` is the name of a symbol, a builtin or a namespace.
    """

    kind: Kind
    text: str = ""
    items: "list[Thing]" = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


Thing: TypeAlias = "Node | str | int | float | bool | list[Thing] | None"
Reading: TypeAlias = Generator["Reading", Thing, Thing]

ALONE: Final = frozenset(
    {Kind.NIL, Kind.NIL_VALUE, Kind.BASE, Kind.EMPTY, Kind.GLOBAL, Kind.UNBOUND, Kind.MISSING, Kind.BASE_NAMESPACE}
)
PAIRED: Final = frozenset({Kind.PAIRS, Kind.CLOSURE, Kind.PROMISE, Kind.CALL, Kind.DOTS})
CODE_PAIRS: Final = frozenset(
    {Kind.CALL, Kind.PAIRS, Kind.CODE_DEFINITION, Kind.CODE_REFERENCE, Kind.ATTRIBUTED_CALL, Kind.ATTRIBUTED_PAIRS}
)


@dataclass(slots=True)
class Found:
    """Code in a stream.

    `forced` are promises that stand where data should, `waiting` those in environments and calls; `functions` and `active`
    bindings have their names. `unlike` are names that compiled code uses, and the expression that it was said to be made of does
    not.
    """

    forced: list[Node] = field(default_factory=list)
    waiting: list[Node] = field(default_factory=list)
    functions: list[tuple[str, Node]] = field(default_factory=list)
    active: list[tuple[str, Node]] = field(default_factory=list)
    unlike: set[str] = field(default_factory=set)


def names_in(thing: Thing) -> set[str]:
    """Every name in a piece of code."""
    found: set[str] = set()
    waiting: list[Thing] = [thing]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, Node) and id(each) not in seen:
            seen.add(id(each))
            found.add(each.text)
            found.update(each.tags)
            waiting += each.items
    return found
