"""What R code is made of, as its reader puts it together."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class Constant:
    """A text, a number, a truth value, or NULL."""

    value: str | int | float | bool | None
    line: int
    spelled: bool = False


@dataclass(slots=True)
class Name:
    """A name; of one behind `::`, `package` is what stands before. `spelled` says that letters of it are escapes."""

    name: str
    line: int
    package: str = ""
    spelled: bool = False


@dataclass(slots=True)
class Call:
    """A call; each argument has its name, or an empty one."""

    function: "Node"
    arguments: "list[tuple[str, Node]]"
    line: int


@dataclass(slots=True)
class Function:
    """A function's definition; parameters with their defaults."""

    parameters: "list[tuple[str, Node | None]]"
    body: "Node"
    line: int


@dataclass(slots=True)
class Block:
    """Expressions one behind the other: in braces, in brackets, or the branches of `if`. A loop has a `name` for each element."""

    body: "list[Node]"
    line: int
    kind: str = "{"
    name: str = ""


@dataclass(slots=True)
class Binary:
    """Two operands and their operator."""

    operator: str
    left: "Node"
    right: "Node"
    line: int


@dataclass(slots=True)
class Assign:
    """A target and what it becomes."""

    target: "Node"
    value: "Node"
    line: int


@dataclass(slots=True)
class Unary:
    """One operand and its operator; `~x` is one too."""

    operator: str
    operand: "Node"
    line: int


@dataclass(slots=True)
class Member:
    """`base$name` and `base@name`."""

    base: "Node"
    name: str
    line: int


@dataclass(slots=True)
class Index:
    """`base[...]` and `base[[...]]`."""

    base: "Node"
    arguments: "list[tuple[str, Node]]"
    line: int
    double: bool = field(default=False)


Node: TypeAlias = Constant | Name | Call | Function | Block | Binary | Assign | Unary | Member | Index
