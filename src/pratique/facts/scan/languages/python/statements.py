"""Statements of Python, each followed once, from the first to the last."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.python import folding
from pratique.facts.scan.languages.python.apis import INSTALL_BASES
from pratique.facts.scan.languages.python.expressions import CHOICE, CHOICES_MAX, Scope
from pratique.facts.scan.languages.python.loops import growing, is_endless
from pratique.facts.scan.languages.python.names import Names
from pratique.facts.scan.observation import Context
from pratique.facts.scan.value import NOT_KNOWN, Value

_REPEATED_MAX: Final = 20_000
"""So many expressions, all in all, a loop may have whose elements are followed one by one."""


class Statements(Names, ABC):
    """Adds statements to names."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self.is_setup = context is Context.SETUP_TOP
        self.installs: set[str] = set()
        """Classes that run when the package is installed."""
        self._repeated = 0

    @abstractmethod
    def name_among_several(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        """The name of its own that a function has whose name others have as well; None for any other."""

    @abstractmethod
    def enclosed(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Note that a function is defined within another."""

    def body(self, body: list[ast.stmt]) -> None:
        """Follow statements, one after the other."""
        by_kind = self.BY_STATEMENT
        for statement in body:
            follow = by_kind.get(type(statement))
            if follow is not None:
                follow(self, statement)

    def _perhaps(self, body: list[ast.stmt]) -> None:
        """Follow what may run or not: what a name was before, it may be afterwards."""
        self.maybe += 1
        self.body(body)
        self.maybe -= 1

    def _expression(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a text that stands by itself says something to readers only
            self.value(node.value)

    def _assign(self, node: ast.Assign) -> None:
        found = self.value(node.value)
        for target in node.targets:
            self.bind(target, found)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, self.value(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        self.bind(node.target, folding.operated(node.op, self.value(node.target), self.value(node.value)))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if len(self.scopes) > 1:
            self.enclosed(node)
        own = self.name_among_several(node)
        if own is not None:
            self._define(node.name, Value(name=f"def:{own}"))
        self._decorated(node, Value(name=f"def:{own or node.name}"))

    def _define(self, name: str, function: Value) -> None:
        """Give a name that several functions have to the one that is defined here; in branches, to those before as well."""
        names = self.scopes[-1].names
        before = names.get(name)
        if self.maybe and before is not None and (before.name == CHOICE or before.name.startswith("def:")):
            others = before.items or [] if before.name == CHOICE else [before]
            if any(each.name == function.name for each in others):
                return
            function = Value(name=CHOICE, items=[*others[-CHOICES_MAX + 1 :], function])
        names[name] = function

    def _return(self, node: ast.Return) -> None:
        self.scopes[-1].returned.append(self.value(node.value))

    def _while(self, node: ast.While) -> None:
        self.value(node.test)
        endless = is_endless(node)
        self.endless += endless
        self._perhaps(node.body)
        self.endless -= endless
        self._perhaps(node.orelse)
        for grown in growing(node) if endless else ():
            self.emit("harm.memory", grown, text=ast.unparse(grown)[:80])

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            found = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, found)
        self.body(node.body)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        self.body(node.body)
        for handler in node.handlers:
            self._perhaps(handler.body)
        self.body(node.orelse)
        self.body(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        for each in node.cases:
            if isinstance(each.pattern, ast.MatchAs) and each.pattern.name is not None:
                self.scopes[-1].names[each.pattern.name] = subject
            self._perhaps(each.body)

    def _shared(self, node: ast.Global | ast.Nonlocal) -> None:
        self.scopes[-1].shared.update(node.names)

    def _decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, found: Value) -> None:
        """What decorators do with a function or class: each is called with what the one below it gave."""
        for each in reversed(node.decorator_list):
            call = ast.copy_location(ast.Call(each, [], []), each)
            found = self.called(self.value(each), [found], {}, call)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        """A loop: element by element where they are known and few, for that is how texts are put together; else once."""
        every = self.value(node.iter)
        items = folding.elements(every)
        if items and not self._repeated and len(items) * _size(node.body) <= _REPEATED_MAX:
            self._repeated += 1
            for item in items:
                self.bind(node.target, item)
                self._perhaps(node.body)
            self._repeated -= 1
        else:
            first = every.items[0] if every.items else Value(labels=every.all_labels())
            constant = first.constant if len(every.items or ()) == 1 else NOT_KNOWN
            self.bind(node.target, Value(constant, every.all_labels(), first.name, first.items))
            self._perhaps(node.body)
        self._perhaps(node.orelse)

    def _if(self, node: ast.If) -> None:
        tested = self.value(node.test)
        guarded = self.context
        if _is_main(node.test) and self.context in (Context.MODULE_TOP, Context.INIT_TOP):
            self.context = Context.MAIN_GUARD
        self.tested(tested, node)
        follow = self.body if _is_main(node.test) else self._perhaps
        follow(node.body)
        self.context = guarded
        follow(node.orelse)

    def _class(self, node: ast.ClassDef) -> None:
        self._decorated(node, Value(name=f"def:{node.name}"))
        bases = [self.value(base) for base in node.bases]
        for keyword in node.keywords:
            self.value(keyword.value)
        own = {f"def:{name}" for name in self.installs}
        if any(base.name in INSTALL_BASES or base.name in own for base in bases):
            self.installs.add(node.name)
            if self.is_setup:
                self.emit("pkg.install_hook", node, text=node.name)
        self.scopes.append(Scope(of=node.name))
        self.body([each for each in node.body if not isinstance(each, ast.ClassDef)])
        scope = self.scopes.pop()
        for name, value in scope.names.items():
            self.attributes[f"{node.name}.{name}"] = value
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                self._class(inner)

    BY_STATEMENT: ClassVar[dict[type[ast.stmt], Callable[[Any, Any], object]]] = {
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.Import: Names.bring_in,
        ast.ImportFrom: Names.bring_in,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
        ast.Return: _return,
        ast.If: _if,
        ast.For: _for,
        ast.AsyncFor: _for,
        ast.While: _while,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.Match: _match,
        ast.Global: _shared,
        ast.Nonlocal: _shared,
        ast.Raise: lambda self, node: self.value(node.exc),
        ast.Assert: lambda self, node: self.value(node.test),
    }
    """How each kind of statement is followed; the others do nothing."""


def _size(body: list[ast.stmt]) -> int:
    """How many nodes statements have."""
    return sum(1 for each in body for _ in ast.walk(each))


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
