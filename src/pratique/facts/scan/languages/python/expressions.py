"""What a Python expression is known to be, without running it: names through imports, constants through operations."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, ClassVar, Final, TypeAlias

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.python import folding
from pratique.facts.scan.languages.python.apis import CALLS, RESULTS, VALUES
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, concatenated, joined, labels_of
from pratique.model import limits

_CHEAP_MAX: Final = 24
_BUILTINS: Final = frozenset(
    [
        "exec",
        "eval",
        "compile",
        "__import__",
        "getattr",
        "setattr",
        "globals",
        "locals",
        "vars",
        "dir",
        "open",
        "chr",
        "ord",
        "bytes",
        "bytearray",
        "str",
        "int",
        "list",
        "tuple",
        "reversed",
        "range",
        "map",
        "filter",
        "zip",
        "print",
        "input",
        "memoryview",
        "execfile",
        "unichr",
        "unicode",
        "type",
        "super",
        "sorted",
        "enumerate",
        "hex",
        "format",
        "breakpoint",
    ]
)
_GIVEN: Final = {
    **{name: Value(name=f"builtins.{name}") for name in _BUILTINS},
    **dict.fromkeys(("__builtins__", "builtins"), Value(name="builtins")),
    **{name: Value(name=name) for name in ("environ", "get_ipython", "__file__", "__loader__")},
}
"""What names stand for that no file defines. Shared: never changed, as all values that stand as they are."""
_TEXTS: Final = (str, bytes)
_NUMBERS: Final = (bool, int, float)
_NONE: Final = Value(None)
NOTHING: Final = Value()
"""Nothing is known of it, and yet it takes the place of what was known before."""
_KEPT_NAMES: Final = 4_096
_BLOB_CHARACTERS_MIN: Final = 120
_NAME_CHARACTERS_MAX: Final = 200
_FILLS_MIN: Final = 2**30
"""A text or list of so many characters or elements is there to fill the memory."""
_COMPREHENDED_MAX: Final = 20_000
_RESOLVED_PLAIN: Final = frozenset({"builtins", "__builtins__", "__builtin__"})
CHOICE: Final = "<choice>"
"""The name of a value that is one of several functions of the file."""
CHOICES_MAX: Final = 16
_BLOB: Final = frozenset({"obf.blob"})
NAMES: Final = frozenset({"builtins.globals()", "builtins.locals()", "builtins.vars()", "builtins", "sys.modules"})
"""What has names for keys."""
_WITHIN: Final = {
    "os": "os",
    "_os": "os",
    "sys": "sys",
    "_sys": "sys",
    "subprocess": "subprocess",
    "builtins": "builtins",
}
"""Modules that are found as attributes of others, for those import them."""
_GLOBALS: Final = {
    **_WITHIN,
    **{name: f"os.{name}" for name in ("system", "popen", "execv", "spawnv", "environ")},
    **{name: f"builtins.{name}" for name in ("__import__", "eval", "exec")},
    "__builtins__": "builtins",
}
"""What is found in the global names of somebody else's function."""

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(slots=True)
class Scope:
    """Names of a function, or of the module, and what they were last found to be. `of` names the class of a method."""

    names: dict[str, Value] = field(default_factory=dict)
    returned: list[Value] = field(default_factory=list)
    of: str = ""
    shared: set[str] = field(default_factory=set)
    """Names that it declares to be the module's, or an outer function's."""


class Expressions(ABC):
    """Finds values. A subclass says what calls do."""

    def __init__(self, reader: Reader, context: Context) -> None:
        self.reader = reader
        self.context = context
        self.unit = 0
        self.module = Scope()
        self.scopes: list[Scope] = [self.module]
        self.attributes: dict[str, Value] = {}
        self.lambdas: dict[str, ast.Lambda] = {}
        self.steps = 0
        self.made = 0
        self.compared: frozenset[str] = frozenset()
        self.stars: list[str] = []
        self._texts: dict[str | bytes, Value] = {}
        """The constant texts that were looked at."""

    def value(self, node: ast.expr | None) -> Value:
        """What an expression is. Raises `LimitExceeded` when a file has taken too many steps."""
        if node is None:
            return UNKNOWN
        self.steps += 1
        if self.steps > limits.SCAN_STEPS_MAX:
            raise LimitExceeded("it has more expressions than are followed")
        if isinstance(node, ast.Name):
            return self.scopes[-1].names.get(node.id) or self.lookup(node.id)
        look = self.BY_KIND.get(type(node))
        return look(self, node) if look is not None else UNKNOWN

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """What a call gives, telling of what it does."""

    @abstractmethod
    def bind(self, target: ast.expr, value: Value) -> None:
        """Give a target a value."""

    @abstractmethod
    def defined(self, name: str) -> bool:
        """Whether the file defines a function or class of that name."""

    def lookup(self, name: str) -> Value:
        """What a name stands for."""
        scopes = self.scopes
        found = scopes[-1].names.get(name)
        if found is not None:
            return found
        for scope in scopes[-2::-1] if len(scopes) > 2 else (self.module,):
            found = scope.names.get(name)
            if found is not None:
                return found
        if self.defined(name):
            return Value(name=f"def:{name}")
        for module in self.stars:
            if f"{module}.{name}" in CALLS or f"{module}.{name}" in VALUES:
                return self.attribute(Value(name=module), name)
        return _GIVEN.get(name, UNKNOWN)

    def _constant(self, node: ast.Constant) -> Value:
        constant = node.value
        if isinstance(constant, _TEXTS):
            found = self._texts.get(constant)
            if found is None:
                labels = self.reader.labels_of(constant)
                if len(constant) >= _BLOB_CHARACTERS_MIN and _is_encoded(constant):
                    labels |= _BLOB
                found = self._texts[constant] = Value(constant, labels)
            for label in found.labels:
                text = constant if isinstance(constant, str) else constant[:200].decode("latin-1")
                self.emit(label, node, text=text)
            return found
        if constant is None:
            return _NONE
        return Value(constant) if isinstance(constant, _NUMBERS) else UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.value(node.value), node.attr)

    def attribute(self, value: Value, name: str) -> Value:
        """An attribute of a value."""
        if not value.name and value.constant is NOT_KNOWN and value.keyed is None and not value.all_labels():
            return _any(name)
        if value.name.startswith("new:"):
            found = self.attributes.get(f"{value.name[4:]}.{name}")
            if found is None:
                return Value(name=f"{value.name}.{name}", labels=value.labels)
            if value.labels and (found.name == CHOICE or found.name.startswith("def:")):
                return Value(name=found.name, labels=found.labels | value.labels, items=found.items)
            return found
        if value.name.startswith("def:") and f"{value.name[4:]}.{name}" in self.attributes:
            return self.attributes[f"{value.name[4:]}.{name}"]
        if name in _WITHIN and value.name and not value.name.startswith(("<", "def:")):
            return Value(name=_WITHIN[name], labels=value.labels, how=How.RESOLVED)
        base = "builtins" if value.name in _RESOLVED_PLAIN else value.name
        if name == "get" and value.keyed is not None and self.chosen(value, UNKNOWN) is not None:
            return Value(labels=value.labels, name=f"{CHOICE}.get", keyed=value.keyed)
        if not base or len(base) > _NAME_CHARACTERS_MAX:
            of = value if value.constant is not NOT_KNOWN else None
            return Value(labels=value.all_labels(), name=f"<any>.{name}", of=of)
        plain = _plain(base, name)
        if plain is not None and not value.labels and value.how is How.LITERAL:
            return plain
        full = f"{base}.{name}"
        special = VALUES.get(full)
        labels = value.labels | {special} if special is not None else value.labels
        return Value(labels=labels, name=full, how=value.how)

    def _binary(self, node: ast.BinOp) -> Value:
        parts: list[tuple[ast.operator, ast.expr]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):  # long chains are written flat, and are nested as deep as they are long
            parts.append((left.op, left.right))
            left = left.left
        found = self.value(left)
        for operator, right in reversed(parts):
            other = self.value(right)
            if isinstance(operator, ast.Mult) and folding.repeated(found, other) >= _FILLS_MIN:
                self.emit("harm.memory", node, text=ast.unparse(node)[:80])
            found = folding.operated(operator, found, other)
        if isinstance(found.constant, str) and found.how is How.RESOLVED:
            self._tell_made(found, node)
        return found

    def _tell_made(self, found: Value, node: ast.expr) -> None:
        """Labels that only show once a text is put together; of what grows and grows not each length is looked at."""
        self.made += len(found.text)
        if self.made > limits.SCAN_DECODED_BYTES_MAX:
            return
        new = self.reader.labels_of(found.text) - found.labels
        if new:
            found.labels = found.labels | new
            for label in new:
                self.emit(label, node, how=found.how, text=found.text)

    def _joined_text(self, node: ast.JoinedStr) -> Value:
        found = Value("")
        for part in node.values:
            value = self.value(part)
            if not isinstance(value.constant, str):
                shown = str(value.constant) if type(value.constant) in (int, float) else HOLE
                value = Value(shown, value.all_labels())
            found = concatenated(found, value)
        self._tell_made(found, node)
        return found

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            lower, upper, step = (
                self.value(each) if each is not None else None
                for each in (node.slice.lower, node.slice.upper, node.slice.step)
            )
            found = folding.subscripted(value, UNKNOWN, lower, upper, step)
            if step is not None and isinstance(found.constant, str):
                self._tell_made(found, node)
            return found
        index = self.value(node.slice)
        if value.name in NAMES or value.name.endswith((".__dict__", ".__globals__")):
            return self.named(index, value)
        if value.name == "os.environ":
            return Value(labels=frozenset({"read.env"}) | index.all_labels())
        if value.name in ("argv", "sys.argv"):
            return UNKNOWN
        if value.keyed is not None and index.known and index.constant in value.keyed:
            return value.keyed[index.constant]
        return self.chosen(value, index) or folding.subscripted(value, index, None, None, None)

    def chosen(self, value: Value, index: Value) -> Value | None:
        """One of the functions in a mapping, which one is not known; None where it holds none."""
        functions = [each for each in (value.keyed or {}).values() if each.name.startswith("def:")]
        if not functions:
            return None
        return Value(labels=value.labels | index.all_labels(), name=CHOICE, items=functions[:CHOICES_MAX])

    def named(self, name: Value, of: Value) -> Value:
        """What a computed name stands for, in a module, or among all there are."""
        if not name.known or not isinstance(name.constant, str):
            return Value(labels=of.labels | name.all_labels(), name="<computed>", how=How.RESOLVED)
        if of.name in ("builtins.globals()", "builtins.locals()", "builtins.vars()"):
            if name.constant in ("__builtins__", "__builtin__"):
                return Value(name="builtins", how=How.RESOLVED)
            found = self.lookup(name.constant)
            return Value(found.constant, found.labels, found.name, found.items, How.RESOLVED)
        if of.name.endswith(".__globals__"):
            return Value(labels=of.labels, name=_GLOBALS.get(name.constant, "<computed>"), how=How.RESOLVED)
        if of.name.endswith(".__dict__"):
            of = Value(labels=of.labels, name=of.name.removesuffix(".__dict__"), how=of.how)
        if of.name == "sys.modules":
            return Value(name=name.constant.replace("__builtin__", "builtins"), how=How.RESOLVED)
        found = self.attribute(of, name.constant)
        return Value(found.constant, found.labels, found.name, found.items, How.RESOLVED)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        return Value(items=[self.value(each) for each in node.elts])

    def _dictionary(self, node: ast.Dict) -> Value:
        keys = [self.value(each) for each in node.keys if each is not None]
        values = [self.value(each) for each in node.values]
        labels = joined([*keys, *values]).labels
        if len(keys) != len(values):
            return Value(labels=labels)
        return Value(
            labels=labels, keyed={key.constant: value for key, value in zip(keys, values, strict=True) if key.known}
        )

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
        generator = node.generators[0]
        source = self.value(generator.iter)
        items = folding.elements(source)
        if items is None or len(node.generators) > 1 or len(items) * 4 > _COMPREHENDED_MAX or not is_cheap(node.elt):
            for each in node.generators:
                self.bind(each.target, Value(labels=self.value(each.iter).all_labels()))
                for test in each.ifs:
                    self.value(test)
            found = self.value(node.elt)
            return Value(labels=found.all_labels() | source.all_labels())
        made: list[Value] = []
        for item in items:
            self.bind(generator.target, item)
            if all(self.value(test).constant is not False for test in generator.ifs):
                made.append(self.value(node.elt))
        return Value(labels=source.labels, items=made)

    def _mapping_comprehension(self, node: ast.DictComp) -> Value:
        for each in node.generators:
            self.bind(each.target, Value(labels=self.value(each.iter).all_labels()))
        return joined([self.value(node.key), self.value(node.value)])

    def _conditional(self, node: ast.IfExp) -> Value:
        test = self.value(node.test)
        values = [self.value(node.body), self.value(node.orelse)]
        if test.known:
            return values[0 if test.constant else 1]
        return _either(values)

    def _compare(self, node: ast.Compare) -> Value:
        values = [self.value(node.left), *(self.value(each) for each in node.comparators)]
        self.compared = labels_of(values)
        if len(values) == 2:
            holds = folding.compared(node.ops[0], *values)
            return NOTHING if holds is NOT_KNOWN else Value(holds)
        return UNKNOWN  # whether it is so says next to nothing of what was compared

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if type(value.constant) is int:
            if isinstance(node.op, ast.USub):
                return folding.made(-value.constant, value)
            if isinstance(node.op, ast.Invert):
                return folding.made(~value.constant, value)
        labels = value.all_labels()
        return Value(labels=labels) if labels else NOTHING

    def _lambda(self, node: ast.Lambda) -> Value:
        name = f"<lambda:{node.lineno}:{node.col_offset}>"
        self.lambdas[name] = node
        return Value(name=f"def:{name}")

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _yielded(self, node: ast.Yield | ast.YieldFrom) -> Value:
        value = self.value(node.value)
        self.scopes[-1].returned.append(Value(labels=value.all_labels()))
        return UNKNOWN

    def emit(
        self,
        label: str,
        node: ast.expr | ast.stmt,
        *,
        how: How = How.LITERAL,
        inputs: frozenset[str] = frozenset(),
        text: str = "",
    ) -> None:
        """Tell of an observation at a node."""
        self.reader.emit(label, node.lineno, how=how, inputs=inputs, text=text, context=self.context, unit=self.unit)

    def result_of(self, name: str) -> str:
        """What kind of thing a call of that name gives."""
        return RESULTS.get(name, "")

    BY_KIND: ClassVar[dict[type[ast.AST], Callable[[Any, Any], Value]]] = {
        ast.Constant: _constant,
        ast.Attribute: _attribute,
        ast.BinOp: _binary,
        ast.JoinedStr: _joined_text,
        ast.FormattedValue: lambda self, node: self.value(node.value),
        ast.Subscript: _subscript,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _dictionary,
        ast.ListComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.SetComp: _comprehension,
        ast.DictComp: _mapping_comprehension,
        ast.IfExp: _conditional,
        ast.BoolOp: lambda self, node: _either([self.value(each) for each in node.values]),
        ast.Compare: _compare,
        ast.UnaryOp: _unary,
        ast.Lambda: _lambda,
        ast.Await: lambda self, node: self.value(node.value),
        ast.Starred: lambda self, node: self.value(node.value),
        ast.NamedExpr: _walrus,
        ast.Yield: _yielded,
        ast.YieldFrom: _yielded,
    }
    """How each kind of expression is followed. Not of the object: a table of its own methods would hold it, and the tree with it."""


def _either(values: list[Value]) -> Value:
    """One of several values: that which is a function with a meaning, or the only one that is anything."""
    named = [
        value
        for value in values
        if value.name or (value.constant is not NOT_KNOWN and value.constant not in (None, False))
    ]
    if not named:
        return joined(values)
    named = [value for value in named if value.name in CALLS][:1] or named
    if len(named) == 1 or (named and len({value.name for value in named}) == 1 and named[0].name):
        return Value(named[0].constant, joined(values).labels, named[0].name, how=named[0].how)
    return joined(values)


@lru_cache(maxsize=_KEPT_NAMES)
def _any(name: str) -> Value:
    """An attribute of something of which nothing is known."""
    return Value(name=f"<any>.{name}")


@lru_cache(maxsize=_KEPT_NAMES)
def _plain(base: str, name: str) -> Value | None:
    """An attribute, by its full name; None for one that has a label of its own."""
    full = f"{base}.{name}"
    return None if full in VALUES else Value(name=full)


def is_cheap(node: ast.expr) -> bool:
    """Whether an expression is short enough to be worked out for each element."""
    return next(islice(ast.walk(node), _CHEAP_MAX, None), None) is None


def _is_encoded(constant: str | bytes) -> bool:
    """Whether a long text is no prose: it has hardly any white space, or characters that nobody reads."""
    text = constant[:4000] if isinstance(constant, str) else constant[:4000].decode("latin-1")
    words = text.split()
    return len(words) <= 1 + len(text) // 60 or not all(word.isprintable() for word in words)
