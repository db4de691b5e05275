"""A Python file followed once from its first line to its last, and then through the functions that nobody called.

Functions are followed where they are called, with what they are called with, so that a decoder of the file's own is seen
through; those that are never called, by themselves. Nothing is executed.
"""

import ast
from collections import deque
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.parameters import handed
from pratique.facts.scan.languages.python.broken import mended
from pratique.facts.scan.languages.python.expressions import Definition, Scope, is_cheap
from pratique.facts.scan.languages.python.source import as_text, tree_of
from pratique.facts.scan.languages.python.statements import Statements
from pratique.facts.scan.observation import Context
from pratique.facts.scan.value import UNKNOWN, Value, joined

"""Arguments that hold what opens a wallet or signs."""
_DEPTH_MAX: Final = 5
_FOLLOWED_MAX: Final = 6
_CALLS_FOLLOWED_MAX: Final = 400
_APPLIED_MAX: Final = 50_000
_BLOCKS: Final[dict[type[ast.stmt], tuple[str, ...]]] = {
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), ("body", "orelse")),
    **dict.fromkeys((ast.With, ast.AsyncWith), ("body",)),
    **dict.fromkeys((ast.Try, ast.TryStar), ("body", "orelse", "finalbody", "handlers")),
    ast.Match: ("cases",),
}
"""What holds statements in a statement that is no function or class, in this order."""
_HOLDS: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, *_BLOCKS})
_NEVER: Final = "no Python 3 can run it"
_TOPS: Final = frozenset(
    {Context.SETUP_TOP, Context.INIT_TOP, Context.MODULE_TOP, Context.SITECUSTOMIZE, Context.BUILD_BACKEND}
)


def read(content: Content, reader: Reader) -> None:
    """Tell of what a module does. Raises `InvalidInput` for what this Python cannot read, when what can be has been followed."""
    why: InvalidInput | None = None
    try:
        tree = tree_of(content.data)
        if tree is None:
            why = InvalidInput(_NEVER)
    except InvalidInput as error:
        tree, why = None, error
    try:
        if tree is None:
            try:
                tree = _mended(content, reader)
            except LimitExceeded as error:
                why = error if str(why) == _NEVER else why  # what went beyond a limit may be code after all
            except InvalidInput as error:
                why = why or error
        if tree is not None:
            _follow(tree, content, reader)
        if why is not None:
            raise why
    finally:
        del why, tree  # the error knows this frame: the two would hold each other, and all that was read


def _mended(content: Content, reader: Reader) -> ast.Module | None:
    """As much as can be read of old code, newer code, and code that is broken in places. Of what is lost it is told."""
    found = mended(as_text(content.data))
    if found is None or (content.inside and len(found.lost) * 2 > found.lines):
        return None
    if found.lost:
        reader.emit("pkg.unparsable", found.lost[0], text=f"{len(found.lost)} of {found.lines} lines", unit=0)
    return found.tree


def _follow(tree: ast.Module, content: Content, reader: Reader) -> None:
    module = Module(reader, content)
    try:
        module.follow(tree)
    except RecursionError as error:
        raise LimitExceeded("nested too deeply to be followed") from error
    except LimitExceeded as error:
        reader.reading.problem(str(error))


class Module(Statements):
    """One file on its way through."""

    def __init__(self, reader: Reader, content: Content) -> None:
        super().__init__(reader, content.context)
        self._inner = content.context if content.inside or content.context not in _TOPS else Context.FUNCTION
        self.definitions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self._followed: dict[int, int] = {}
        self._total = self._applied = 0
        self._depth = 0
        self._enclosing: dict[int, Scope] = {}
        self._among_several: dict[int, str] = {}
        """Functions whose name others have as well, each with a name of its own."""

    def follow(self, tree: ast.Module) -> None:
        """Go through the module."""
        self._collect(tree.body, "")
        self.body(tree.body)
        self._unit_context(self._inner)
        for name, definition in list(self.definitions.items()):
            if id(definition) not in self._followed:
                self._alone(name, definition)

    def defined(self, name: str) -> bool:
        """Whether the file defines a function or class of that name."""
        return name in self.definitions or name in self.classes

    def _collect(self, body: list[ast.stmt], prefix: str) -> None:
        """Every function and class by its name, those of classes behind the class's; nested ones by their own.

        Of several with one name the outermost has it, and of these the first; the others are known by their places too.
        """
        waiting = deque((statement, prefix) for statement in body if type(statement) in _HOLDS)
        while waiting:
            statement, inside = waiting.popleft()
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{inside}{statement.name}"
                first = self.definitions.setdefault(name, statement)
                if first is not statement:
                    self._among_several[id(first)] = name
                    name = self._among_several[id(statement)] = f"{name}@{statement.lineno}:{statement.col_offset}"
                    self.definitions[name] = statement
                waiting += [(each, "") for each in statement.body if type(each) in _HOLDS]
            elif isinstance(statement, ast.ClassDef):
                self.classes[statement.name] = statement
                waiting += [(each, f"{statement.name}.") for each in statement.body if type(each) in _HOLDS]
            else:
                waiting += [(each, inside) for each in _blocks(statement) if type(each) in _HOLDS]

    def _unit_context(self, context: Context) -> None:
        self.unit = self.reader.unit()
        self.context = context

    def _alone(self, name: str, definition: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A function that nothing in the file calls, with nothing known of its arguments."""
        owner = name.rpartition(".")[0]
        self._unit_context(Context.CMDCLASS if owner in self.installs and self.is_setup else self._inner)
        self._within(definition, self._parameters(definition, [], {}, owner))

    def name_among_several(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        """As `Statements.name_among_several`."""
        return self._among_several.get(id(node))

    def enclosed(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Note that a function is defined within another, whose names it sees wherever it is called."""
        self._enclosing[id(node)] = self.scopes[-1]

    def run_definition(self, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> Value:
        """Follow a function of the file with what it is called with, so often and so deep."""
        if name in self.classes:
            return self._instance(name, arguments, keywords, node)
        definition: Definition | None = self.definitions.get(name) or self.lambdas.get(name)
        given = joined([*arguments, *keywords.values()])
        if definition is None:
            return given
        count = self._followed.get(id(definition), 0)
        if self._depth >= _DEPTH_MAX or count >= _FOLLOWED_MAX or self._total >= _CALLS_FOLLOWED_MAX:
            return given
        owner = name.rpartition(".")[0]
        self._followed[id(definition)] = count + 1
        self._total += 1
        self._depth += 1
        try:
            found = self._within(definition, self._parameters(definition, arguments, keywords, owner))
        finally:
            self._depth -= 1
        return found

    def applied(self, name: str, arguments: list[Value]) -> Value | None:
        """What a lambda, or a function of one statement, gives for these arguments."""
        definition: Definition | None = self.definitions.get(name) or self.lambdas.get(name)
        result = _result(definition)
        self._applied += 1
        if definition is None or result is None or self._applied > _APPLIED_MAX or not is_cheap(result):
            return None
        self.scopes.append(self._parameters(definition, arguments, {}, ""))
        try:
            return self.value(result)
        finally:
            self.scopes.pop()

    def set_up(self, commands: Value, node: ast.Call) -> None:
        """Note the classes that a call of `setup` names as commands."""
        for value in (commands.keyed or {}).values():
            if value.name.startswith("def:"):
                self.installs.add(value.name[4:])
                if self.is_setup:
                    self.emit("pkg.install_hook", node, text=value.name[4:])

    def _instance(self, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> Value:
        made = f"{name}.__init__"
        if made in self.attributes:
            self.called(self.attributes[made], arguments, keywords, node)
        elif made in self.definitions:
            self.run_definition(made, arguments, keywords, node)
        return Value(labels=joined([*arguments, *keywords.values()]).labels, name=f"new:{name}")

    def _parameters(
        self, definition: Definition, arguments: list[Value], keywords: dict[str, Value], owner: str
    ) -> Scope:
        scope = Scope(of=owner)
        spec = definition.args
        names = [each.arg for each in (*spec.posonlyargs, *spec.args)]
        given = list(arguments)
        if owner in self.classes and names and not _is_static(definition):
            given = [Value(name=f"new:{owner}"), *given]
        if spec.defaults:
            for name, default in zip(reversed(names), reversed(spec.defaults), strict=False):
                scope.names[name] = self.value(default)
        for name, value in zip(names, given, strict=False):
            scope.names[name] = value
        if spec.kwonlyargs:
            for each, given_by_name in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
                scope.names[each.arg] = self.value(given_by_name)
        if spec.vararg is not None:
            scope.names[spec.vararg.arg] = Value(items=given[len(names) :])
        if spec.kwarg is not None:
            keyed: dict[object, Value] = dict(keywords.items())
            scope.names[spec.kwarg.arg] = Value(labels=joined(list(keywords.values())).labels, keyed=keyed)
        if keywords:
            scope.names.update({name: value for name, value in keywords.items() if name in names or spec.kwarg is None})
        for name in names:
            if name not in scope.names:
                scope.names[name] = Value(labels=labels) if (labels := handed(name)) else UNKNOWN
        return scope

    def _within(self, definition: Definition, scope: Scope) -> Value:
        """What the body of a function gives, followed among names of its own."""
        self._followed.setdefault(id(definition), 1)
        outer = self._enclosing.get(id(definition))
        before, maybe = len(self.scopes), self.maybe
        self.maybe = 0
        self.scopes += [scope] if outer is None else [outer, scope]
        try:
            if isinstance(definition, ast.Lambda):
                return self.value(definition.body)
            self.body(definition.body)
        finally:
            del self.scopes[before:]
            self.maybe = maybe
        returned = scope.returned
        return returned[0] if len(returned) == 1 else joined(returned)


def _blocks(statement: ast.stmt) -> list[ast.stmt]:
    """The statements inside a statement that is no function or class."""
    parts = [each for name in _BLOCKS.get(type(statement), ()) for each in getattr(statement, name)]
    return [inner for each in parts for inner in ([each] if isinstance(each, ast.stmt) else each.body)]


def _is_static(definition: Definition) -> bool:
    """Whether a method gets no object as its first argument."""
    if isinstance(definition, ast.Lambda):
        return True
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in definition.decorator_list)


def _result(definition: Definition | None) -> ast.expr | None:
    """The one expression of a lambda, or of a function that only returns it."""
    match definition:
        case ast.Lambda(body=body):
            return body
        case ast.FunctionDef(body=[ast.Return(value=value)]):
            return value
        case _:
            return None
