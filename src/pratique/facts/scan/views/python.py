"""A Python file read once: its tree, the full names behind its imports, its calls and assignments. Nothing is executed."""

import ast
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import AnyStr, Final, TypeAlias

from pratique.errors import InvalidInput
from pratique.facts.scan.views.never_python import never_runs

SUFFIXES: Final = (".py", ".pyw")
KIND: Final = "python"
"""What coverage calls files that were read as Python."""

Assignment: TypeAlias = ast.Assign | ast.AnnAssign | ast.NamedExpr

_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_NAME_PARTS_MAX: Final = 16
_DYNAMIC: Final = ("__import__", "import_module")
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_ASCII_COMPATIBLE: Final = frozenset({"utf-8", "utf8", "ascii", "us-ascii", "latin1", "iso-8859-1"})
_NAMES: Final = (
    ("utf-8", "utf-8"),
    *((name, "iso-8859-1") for name in ("latin-1", "iso-8859-1", "iso-latin-1")),
    # Known on Windows only; for the letters of identifiers any encoding of that kind is the same.
    *((name, "iso-8859-1") for name in ("mbcs", "ansi", "dbcs", "oem")),
)
"""Prefixes of encoding names that CPython takes for an encoding, whatever follows behind a hyphen, and that encoding."""


_SINGLE: Final = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
"""Nodes that say how another is meant, and hold nothing."""
_PLAIN: Final = frozenset(
    {
        "ctx",
        "op",
        "ops",
        "id",
        "attr",
        "name",
        "arg",
        "asname",
        "level",
        "module",
        "kind",
        "conversion",
        "is_async",
        "simple",
    }
    | {"type_comment", "tag", "rest", "kwd_attrs", "lineno"}
)
"""Fields that hold texts, numbers, or nodes of these kinds."""


def _fields() -> dict[type[ast.AST], tuple[str, ...]]:
    kinds = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
    return {kind: tuple(name for name in kind._fields if name not in _PLAIN) for kind in kinds} | {ast.Constant: ()}


_FIELDS: Final = _fields()


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one, in the order of the text, without those that only say how it is meant."""
    below: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, list):
            below += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            below.append(value)
    return below


def nodes(root: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, as `ast.walk` has them but for those that `children` leaves out: it is three times as fast."""
    level = [root]
    while level:
        yield from level
        level = [below for node in level if _FIELDS[type(node)] for below in children(node)]


class Words:
    """Identifiers of which a rule needs some: one out of each group. A file that cannot have them need not be parsed.

    A module may be named by a text that is put together at run time, so a dynamic import counts as any identifier.
    """

    def __init__(self, *groups: Sequence[str]) -> None:
        self._text = tuple((*group, *_DYNAMIC) for group in groups)
        self._bytes = tuple(tuple(word.encode() for word in group) for group in self._text)

    def may_be_in(self, source: bytes | str) -> bool:
        """Whether a file, as `searchable` gives it, may mention one identifier of each group."""
        if isinstance(source, str):
            return all(any(_mentions(source, word) for word in group) for group in self._text)
        return all(any(_mentions(source, word) for word in group) for group in self._bytes)


def _mentions(source: AnyStr, word: AnyStr) -> bool:
    """Whether a word is in a text by itself, not as a part of a longer one."""
    place = source.find(word)
    while place >= 0:
        end = place + len(word)
        before = source[place - 1 : place]  # empty at the beginning, where it ends before it starts
        if not _continues(before) and not _continues(source[end : end + 1]):
            return True
        place = source.find(word, end)
    return False


def _continues(character: bytes | str) -> bool:
    return character.isalnum() or character in ("_", b"_")


def searchable(data: bytes) -> bytes | str:
    """A module in a form in which each of its identifiers can be found by its letters.

    That is the bytes themselves where they are plain ASCII, else the decoded text in the normal form of identifiers (NFKC).
    Null bytes are left out, so that a text of wider characters is found too. Raises `LookupError` for an encoding that Python
    does not know, and `InvalidInput` where the bytes are not in the encoding they declare.
    """
    declared = _encoding(data)
    if declared in _ASCII_COMPATIBLE and data.isascii() and b"\0" not in data:
        return data
    try:
        text = data.replace(b"\0", b"").decode(declared)
    except (UnicodeError, ValueError):
        if declared not in _ASCII_COMPATIBLE:
            raise InvalidInput(f"it is not in the encoding it declares: {declared}") from None
        text = data.replace(b"\0", b"").decode("utf-8", errors="replace")
    return unicodedata.normalize("NFKC", text)


def _encoding(data: bytes) -> str:
    """The declared encoding (PEP 263): in one of the first two lines, UTF-8 otherwise. Named as CPython's tokenizer does."""
    for line in _LINE_END.split(data.removeprefix(b"\xef\xbb\xbf"), maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found is not None:
            name = found[1].decode("latin-1").lower().replace("_", "-")
            return next((real for prefix, real in _NAMES if f"{name}-".startswith(f"{prefix}-")), name)
        if line.strip(b" \t\f") and not line.lstrip(b" \t\f").startswith(b"#"):
            break
    return "utf-8"


def as_text(data: bytes) -> str:
    """A module's text in the normal form of identifiers. Raises as `searchable` does."""
    found = searchable(data)
    return found.decode("ascii") if isinstance(found, bytes) else found


@dataclass(slots=True)
class PythonView:
    """A module. `aliases` maps local names to what they were imported as: `sp` to `subprocess`.

    `units` are the outermost classes and functions, and the module's remaining statements as one: what acts together.
    """

    tree: ast.Module
    aliases: dict[str, str] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    units: list["Unit"] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes) -> "PythonView | None":
        """Read a module; None for a text that no version of Python 3 can run.

        Raises `InvalidInput` for what this Python cannot read and another might, and for what is nested too deeply.
        """
        try:
            tree = ast.parse(data)
        except SyntaxError as error:
            if b"\0" not in data and never_runs(as_text(data), error.msg):
                return None
            raise InvalidInput(f"not readable as Python here: {error.msg}") from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise InvalidInput(f"not readable as Python here: {type(error).__name__}") from error
        view = cls(tree)
        view.index()
        return view

    def index(self) -> None:
        """Walk the tree once."""
        rest = Unit(self)
        for statement in self.tree.body:
            unit = Unit(self) if isinstance(statement, _DEFINITION) else rest
            if unit is not rest:
                self.units.append(unit)
            for node in nodes(statement):
                match node:
                    case ast.Call():
                        unit.nodes_called.append(node)
                    case ast.Import() | ast.ImportFrom():
                        self._import(node)
                    case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                        self.assignments.append(node)
                    case ast.FormattedValue():
                        unit.formatted.append(node)
                    case ast.comprehension():
                        unit.comprehensions.append(node)
        self.units.append(rest)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name in node.names:
            if isinstance(node, ast.Import):
                first = name.name.partition(".")[0]
                self.aliases[name.asname or first] = name.name if name.asname else first
            elif node.module and not node.level:
                self.aliases[name.asname or name.name] = f"{node.module}.{name.name}"

    def name(self, node: ast.AST) -> str:
        """The full dotted name of an expression, through imports and `__import__`; empty for anything else."""
        parts: list[str] = []
        while len(parts) < _NAME_PARTS_MAX:
            match node:
                case ast.Name(id=local):
                    return ".".join([self.aliases.get(local, local), *reversed(parts)])
                case ast.Attribute(value=value, attr=attribute):
                    parts.append(attribute)
                    node = value
                case ast.Call(func=function, args=[ast.Constant(value=str(module)), *_]) if self._imports(function):
                    return ".".join([module, *reversed(parts)])
                case _:
                    return ""
        return ""

    def _imports(self, function: ast.AST) -> bool:
        return self.name(function) in ("__import__", "builtins.__import__", "importlib.import_module")

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call of the module, with the full name of what is called."""
        for unit in self.units:
            yield from unit.calls()


@dataclass(slots=True)
class Unit:
    """A part of a module that acts together, with what a rule may ask of it."""

    view: PythonView
    nodes_called: list[ast.Call] = field(default_factory=list)
    formatted: list[ast.FormattedValue] = field(default_factory=list)
    comprehensions: list[ast.comprehension] = field(default_factory=list)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call in it, with the full name of what is called."""
        for node in self.nodes_called:
            yield self.view.name(node.func), node
