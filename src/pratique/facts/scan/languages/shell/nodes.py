"""What a shell script is made of, as the reader of scripts puts it together."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class Parameter:
    """`$name`, or `${name<operator>argument}`: `operator` is one of those of POSIX and bash, or empty."""

    name: str
    quoted: bool
    operator: str = ""
    argument: "Part | Word | None" = None
    index: str = ""


@dataclass(slots=True)
class Substitution:
    """`$(...)` or backticks: what the commands write takes its place. `kind` is `$`, or `<` and `>` for `<(...)` and `>(...)`."""

    body: "list[Node]"
    quoted: bool
    kind: str = "$"


@dataclass(slots=True)
class Arithmetic:
    """`$((...))`."""

    text: str


@dataclass(slots=True)
class Alternatives:
    """`{a,b}` outside quotes: each of them in turn."""

    choices: list[str]


Part: TypeAlias = "str | Parameter | Substitution | Arithmetic | Alternatives"


@dataclass(slots=True)
class Word:
    """A word that is more than plain characters.

    `quoted` says that all of it stands in quotes; `spelled` how a name is taken apart: by `quotes` in the middle of it, or by
    `escapes` that stand for letters.
    """

    parts: list[Part]
    quoted: bool = False
    spelled: str = ""


AnyWord: TypeAlias = str | Word


@dataclass(slots=True)
class Redirect:
    """`operator` is `<`, `>`, `>>`, `<>`, `<&`, `>&`, `&>`, `<<` or `<<<`; of the last two, `target` is the text itself."""

    descriptor: int
    operator: str
    target: AnyWord


@dataclass(slots=True)
class Assignment:
    """`name=value`; `value` is a list for an array."""

    name: str
    value: "AnyWord | list[AnyWord]"
    more: bool = False


@dataclass(slots=True)
class Command:
    """A simple command. `conditional` says that it stands behind `&&` or `||`."""

    line: int
    words: list[AnyWord] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    background: bool = False
    conditional: bool = False


@dataclass(slots=True)
class Pipeline:
    """Commands, each of which reads what the one before it writes."""

    line: int
    parts: "list[Node]"
    background: bool = False


@dataclass(slots=True)
class Group:
    """A compound command. Which of its branches is taken is not known, so all of `body` stands in one row.

    `kind` is the word or sign that opens it; `name` and `words` are the variable and the words of a loop, or the word of `case`.
    """

    line: int
    kind: str
    body: "list[Node]"
    name: str = ""
    words: list[AnyWord] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    background: bool = False


@dataclass(slots=True)
class Function:
    """A function; its body is run where it is called."""

    line: int
    name: str
    body: "list[Node]"


Node: TypeAlias = Command | Pipeline | Group | Function
