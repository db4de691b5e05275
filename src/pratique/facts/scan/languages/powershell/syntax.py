"""PowerShell's syntax as values: what the parser makes and the view walks over. `at` is an offset in the text."""

from dataclasses import dataclass
from typing import TypeAlias

from pratique.facts.scan.observation import How


@dataclass(slots=True)
class Text:
    """A text that is known whole. `how` says whether it was spelled with escapes or quotes inside, as `i`e`x`."""

    at: int
    value: str
    how: How = How.LITERAL


@dataclass(slots=True)
class Expandable:
    """A text with parts that are worked out first."""

    at: int
    parts: "list[str | Expression]"


@dataclass(slots=True)
class Number:
    """A number, in whatever base and with whatever suffix it is written."""

    at: int
    value: int | float


@dataclass(slots=True)
class Numbers:
    """A long list of small numbers, as codes of characters are written."""

    at: int
    values: list[int]


@dataclass(slots=True)
class Variable:
    """A variable, in lower case: `name`, or `drive:name` for what is no plain variable.

    `splat` is `@name`, `outer` says that it is one of the script and not of the function.
    """

    at: int
    name: str
    splat: bool = False
    outer: bool = False


@dataclass(slots=True)
class TypeName:
    """A type by itself, in lower case and without `system.` in front."""

    at: int
    name: str


@dataclass(slots=True)
class Cast:
    """A value made into one of another type."""

    at: int
    type: str
    operand: "Expression"


@dataclass(slots=True)
class Unary:
    """An operator before or behind one operand."""

    at: int
    operator: str
    operand: "Expression"


@dataclass(slots=True)
class Chain:
    """Operands joined by operators of one precedence, from left to right. Operators are in lower case, without `c` and `i`."""

    at: int
    first: "Expression"
    rest: "list[tuple[str, Expression]]"


@dataclass(slots=True)
class Comma:
    """Several values in a row."""

    at: int
    items: "list[Expression]"


@dataclass(slots=True)
class Member:
    """A member of a value or a type; with arguments it is a call."""

    at: int
    base: "Expression"
    name: "Expression"
    static: bool
    arguments: "list[Expression] | None" = None


@dataclass(slots=True)
class Index:
    """Elements of a value."""

    at: int
    base: "Expression"
    place: "Expression"


@dataclass(slots=True)
class Group:
    """Statements whose output is a value: `(…)`, `$(…)`, `@(…)`. `kind` is the character in front."""

    at: int
    kind: str
    body: "list[Statement]"


@dataclass(slots=True)
class Table:
    """A table of names and values."""

    at: int
    pairs: "list[tuple[Expression, Statement]]"


@dataclass(slots=True)
class Parameter:
    """A parameter of a function or block, with its default."""

    name: str
    default: "Expression | None" = None


@dataclass(slots=True)
class Block:
    """A block of code that is a value; `end` is where it ends."""

    at: int
    end: int
    parameters: list[Parameter]
    body: "list[Statement]"


@dataclass(slots=True)
class Option:
    """A parameter by name in a command, as it is written behind its dash; `value` is what stands behind a colon."""

    at: int
    name: str
    value: "Expression | None" = None


@dataclass(slots=True)
class Command:
    """A command with its words. `call` is `&` or `.` where one stands in front."""

    at: int
    end: int
    call: str
    name: "Expression"
    words: "list[Expression | Option]"


@dataclass(slots=True)
class Pipeline:
    """What is handed from one to the next."""

    at: int
    elements: "list[Expression | Command]"


@dataclass(slots=True)
class Assign:
    """A variable, member or element that is given a value."""

    at: int
    target: "Expression"
    operator: str
    value: "Statement"


@dataclass(slots=True)
class Several:
    """Statements that may run: branches, and the parts of `try`."""

    at: int
    body: "list[Statement]"


@dataclass(slots=True)
class Tested:
    """What a branch depends on: it is worked out, and is no output."""

    at: int
    value: "Statement"


@dataclass(slots=True)
class Loop:
    """A loop with a test: `while`, `do`, `for`. `end` is where it ends."""

    at: int
    end: int
    first: "Statement | None"
    test: "Statement | None"
    step: "Statement | None"
    body: "list[Statement]"


@dataclass(slots=True)
class Each:
    """A loop over elements."""

    at: int
    end: int
    variable: str
    over: "Statement"
    body: "list[Statement]"


@dataclass(slots=True)
class Switch:
    """Cases of a value."""

    at: int
    subject: "Statement"
    cases: "list[tuple[Expression, list[Statement]]]"


@dataclass(slots=True)
class Function:
    """A named block; a method of a class has its own name only."""

    at: int
    name: str
    block: Block


@dataclass(slots=True)
class Leave:
    """`return`, `throw`, `exit`, with what they give."""

    at: int
    word: str
    value: "Statement | None"


Expression: TypeAlias = (
    Text
    | Expandable
    | Number
    | Numbers
    | Variable
    | TypeName
    | Cast
    | Unary
    | Chain
    | Comma
    | Member
    | Index
    | Group
    | Table
    | Block
)
Statement: TypeAlias = (
    Pipeline | Assign | Several | Tested | Loop | Each | Switch | Function | Leave | Command | Expression
)
