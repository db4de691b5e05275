"""What names stand for: all that they are declared with and all that is assigned to them, taken together."""

from abc import ABC, abstractmethod
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript import folding, literals
from pratique.facts.scan.languages.javascript.frames import JUMPS_MAX, Frame, either
from pratique.facts.scan.languages.javascript.scopes import Binding, Keys, Scope, Scopes
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.languages.javascript.words import words
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_BINDINGS_MAX: Final = 8
_BUILT_MAX: Final = 400
_FIRST_JUMPS: Final = 10
_UNCHANGING: Final = words(
    "string number arrow_function function_expression template_string regex true false null class"
)
_LOOPS: Final = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})


class Bindings(Scopes, ABC):
    """Finds what names stand for. A subclass says what expressions are. `left` counts how far a question may still lead."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(source.data, source.root)
        self.reader = reader
        self.left = JUMPS_MAX
        self.things: dict[str, tuple[Node, Frame | None]] = {}
        self._bound: dict[tuple[int, str], Value] = {}
        self._busy: set[tuple[object, ...]] = set()

    @abstractmethod
    def value(self, node: Node | None, frame: Frame | None = None) -> Value:
        """What an expression is."""

    @abstractmethod
    def attribute(self, value: Value, name: str) -> Value:
        """A property of a value, by its name."""

    @abstractmethod
    def module(self, name: str) -> Value:
        """What importing a module gives."""

    @abstractmethod
    def parameter(self, function: Node, index: int) -> Value:
        """What a function is handed, as far as its calls show."""

    @abstractmethod
    def caught(self, node: Node, frame: Frame | None) -> Value:
        """What a `try` may catch."""

    def thing(self, node: Node, frame: Frame | None) -> Value:
        """A function or class: by where it stands, with the frame it was made in."""
        name = f"{'class' if node.type.startswith(('class', 'abstract')) else 'def'}:{node.start_byte}:{id(frame) if frame else 0}"
        self.things[name] = (node, frame)
        return Value(name=name)

    def bound(self, name: str, scope: Scope, frame: Frame | None) -> Value:
        """What a name of a scope stands for: all that it is declared with or assigned, taken together."""
        bound = self._bound if frame is None else frame.bound
        key = (scope.node.id, name)
        found = bound.get(key)
        if found is not None:
            return found
        busy = (*key, id(frame))
        self.left -= 1
        if busy in self._busy or self.left <= 0:
            return UNKNOWN
        first = self.left >= JUMPS_MAX - _FIRST_JUMPS
        self._busy.add(busy)
        try:
            found = self._bound_now(name, scope, frame)
        finally:
            self._busy.discard(busy)
        if self.left > 0 or first:
            bound[key] = found
        return found

    def _bound_now(self, name: str, scope: Scope, frame: Frame | None) -> Value:
        bindings = scope.names.get(name, [])
        if frame is not None and bindings and bindings[0].kind == "parameter" and bindings[0].index < len(frame.given):
            bindings = bindings[:1]  # it was handed, and what it would be otherwise is nothing
        values = [self._binding(each, frame) for each in bindings[:_BINDINGS_MAX]]
        if bindings and all(_stays(each) for each in bindings):
            return either(values)
        changes = self.assigned(name, scope)
        if not changes:
            return either(values)
        built = self._built(values, changes, scope, frame)
        if built is not None:
            return built
        parts: list[Value] = []
        for kind, node in changes:
            if kind == "=":
                values.append(self.value(node, frame))
            elif kind == "element":
                values.append(self.element(self.value(node, frame)))
            elif kind == "step":
                values.append(Value(labels=joined(values).labels, how=How.RESOLVED))
            elif kind != "many":
                parts.append(self._part(kind, node, frame))
        whole = either(values)
        labels = joined(parts).labels
        if not labels - whole.labels:
            return whole
        return Value(
            NOT_KNOWN if isinstance(whole.constant, str | bytes) else whole.constant,
            whole.all_labels() | labels,
            whole.name,
            how=whole.how,
        )

    def _part(self, kind: str, node: Node, frame: Frame | None) -> Value:
        """What goes into a name by adding to it, or by giving one of its parts a value."""
        if kind != "part":
            return self.value(node, frame)
        left = self.field(node, "left")
        index = self.field(left, "index") if left is not None and left.type == "subscript_expression" else None
        return joined([self.value(self.field(node, "right"), frame), self.value(index, frame)])

    def _built(
        self, values: list[Value], changes: list[tuple[str, Node]], scope: Scope, frame: Frame | None
    ) -> Value | None:
        """A text or a list that is put together piece by piece, one after the other; None where it is not."""
        kinds = {kind for kind, _ in changes}
        if len(values) != 1 or len(changes) > _BUILT_MAX or kinds not in ({"+="}, {"push"}):
            return None
        if any(self._looped(node, scope) for _, node in changes):
            return None
        found = values[0]
        pieces = [self.value(node, frame) for _, node in changes]
        if kinds == {"push"}:
            if found.items is None:
                return None
            return Value(labels=found.labels, items=[*found.items, *pieces], how=How.RESOLVED)
        if not isinstance(found.constant, str):
            return None
        for piece in pieces:
            found = folding.operated(
                "+", found, piece if isinstance(piece.constant, str) else Value(HOLE, piece.all_labels())
            )
        return found

    def _looped(self, node: Node, scope: Scope) -> bool:
        around = self.parent(node)
        while around is not None and around.id != scope.node.id:
            if around.type in _LOOPS or around.type in FUNCTIONS:
                return True
            around = self.parent(around)
        return False

    def _binding(self, binding: Binding, frame: Frame | None) -> Value:
        node = binding.node
        match binding.kind:
            case "value":
                found = self.value(node, frame)
            case "element":
                found = self.element(self.value(node, frame))
            case "key":
                found = Value(labels=self.value(node, frame).all_labels())
            case "function" | "class":
                return self.thing(node, frame)
            case "module":
                found = self.module(self.source_of(node))
            case "caught":
                found = self.caught(node, frame)
            case "rest" if frame is not None:
                found = Value(items=frame.given[binding.index :])
            case _ if frame is not None:
                found = frame.given[binding.index] if binding.index < len(frame.given) else UNKNOWN
            case _:
                found = self.parameter(node, binding.index)
        return self.inside(found, binding.keys)

    def source_of(self, node: Node) -> str:
        """The module that an import statement names."""
        source = self.field(node, "source")
        return literals.unescaped(self.text(source)[1:-1]) if source is not None else ""

    def inside(self, value: Value, keys: Keys) -> Value:
        """A part of a value, by the way to it."""
        for key in keys:
            value = self.attribute(value, key) if isinstance(key, str) else self._at(value, key)
        return value

    def _at(self, value: Value, index: int) -> Value:
        found = folding.element(value, Value(index))
        return (
            found if found is not None else Value(labels=value.all_labels(), name=value.name if not value.items else "")
        )

    def element(self, value: Value) -> Value:
        """What going through a value gives: one of its elements."""
        items = value.items
        if items is not None:
            return items[0] if len(items) == 1 else Value(labels=value.all_labels())
        return Value(labels=value.all_labels(), name=value.name if value.name.startswith("<") else "")


def _stays(binding: Binding) -> bool:
    """Whether nothing that is assigned elsewhere changes what a name came by."""
    if binding.kind == "value":
        return binding.constant and binding.node.type in _UNCHANGING
    return binding.kind in ("function", "class", "module", "caught")
