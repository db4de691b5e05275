"""What a JavaScript expression is known to be, without running it. Asked for where it matters, found backwards, remembered.

A name is followed to what it was declared with and what is assigned to it; a parameter to the calls of its function; the
parameter of a callback to what the function that gets it hands over. A function of the file is gone into with what it is
called with, so that a decoder of the file's own is seen through.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript import folding, literals
from pratique.facts.scan.languages.javascript.bindings import Bindings
from pratique.facts.scan.languages.javascript.frames import JUMPS_MAX, Frame, either
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, UNKNOWN, Value, concatenated, joined
from pratique.model import limits

_DEPTH_MAX: Final = 90
_CHAIN_MIN: Final = 12
_ITEMS_MAX: Final = 4_000
_ITEM_BYTES: Final = 200
_CONSTANTS: Final = {
    "true": Value(True),
    "false": Value(False),
    "null": Value(None),
    "undefined": Value(None),
    "this": Value(name="this"),
}
_BLOB: Final = frozenset({"obf.blob"})
_SPELLED: Final = frozenset({"decode.escapes"})
_CHAINED: Final = {"call_expression": "function", "member_expression": "object", "subscript_expression": "object"}
_EMPTY: Final = (None, "", False, True, 0)


class Values(Bindings, ABC):
    """Finds values. A subclass says what calls give and names mean."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self.steps = 0
        self.properties: dict[str, list[Node]] = {}
        self._depth = 0
        self._held = 0
        self._known: dict[int, Value] = {}
        self._objects: dict[str, dict[str, Node]] = {}
        self._by: dict[str, Callable[[Node, Frame | None], Value]] = {
            "identifier": self._identifier,
            "shorthand_property_identifier": self._identifier,
            "string": self._string,
            "template_string": self._template,
            "number": lambda node, _: Value(literals.number(self.text(node))),
            "regex": lambda node, _: Value(name=self.text(node)),
            **{word: _constant(value) for word, value in _CONSTANTS.items()},
            "array": self._array,
            "object": self._object,
            "binary_expression": self._binary,
            "unary_expression": self._unary,
            "ternary_expression": self._ternary,
            "assignment_expression": self._assigned_value,
            "augmented_assignment_expression": self._assigned_value,
            "sequence_expression": self._last,
            "parenthesized_expression": self._last,
            "await_expression": self._last,
            "spread_element": self._last,
            "yield_expression": self._last,
            "as_expression": self._first,
            "satisfies_expression": self._first,
            "non_null_expression": self._first,
            "type_assertion": self._last,
            "member_expression": self._member,
            "subscript_expression": self._subscript,
            "call_expression": self.call,
            "new_expression": self.construction,
            "class": self.thing,
            **dict.fromkeys(FUNCTIONS, self.thing),
        }

    @abstractmethod
    def call(self, node: Node, frame: Frame | None) -> Value:
        """What a call gives."""

    @abstractmethod
    def construction(self, node: Node, frame: Frame | None) -> Value:
        """What `new` gives."""

    @abstractmethod
    def free(self, name: str) -> Value:
        """What a name stands for that the file does not declare."""

    @abstractmethod
    def emit(
        self, label: str, node: Node, *, how: How = How.LITERAL, inputs: frozenset[str] = frozenset(), text: str = ""
    ) -> None:
        """Tell of an observation at a node."""

    def value(self, node: Node | None, frame: Frame | None = None) -> Value:
        """What an expression is. Raises `LimitExceeded` when a file has taken too many steps."""
        if node is None:
            return UNKNOWN
        known = self._known if frame is None else frame.known
        found = known.get(node.id)
        if found is not None:
            return found
        look = self._by.get(node.type)
        if look is None:
            return UNKNOWN
        self.steps += 1
        if self.steps > limits.SCAN_STEPS_MAX:
            raise LimitExceeded("it has more expressions than are followed")
        key = (node.id, id(frame))
        spent = (
            self.left <= 0 and node.type in _CHAINED
        )  # nothing is remembered any more, and chains would be gone through again
        if spent or key in self._busy or self._depth > _DEPTH_MAX:
            return UNKNOWN
        self._busy.add(key)
        self._depth += 1
        try:
            if node.type in _CHAINED:
                self._chain(node, frame)
            found = look(node, frame)
        finally:
            self._busy.discard(key)
            self._depth -= 1
        if self.left > 0:
            self._hold(found)
            known[node.id] = found
        return found

    def _hold(self, value: Value) -> None:
        """Count what is remembered. Raises `LimitExceeded` when it is too much."""
        size = len(value.constant) if isinstance(value.constant, str | bytes) else 0
        self._held += size + len(value.items or ()) * _ITEM_BYTES
        if self._held > limits.SCAN_HELD_BYTES_MAX:
            raise LimitExceeded("it puts together more text than is followed")

    def asked(self, node: Node | None, frame: Frame | None = None, jumps: int = JUMPS_MAX) -> Value:
        """The same for a question of its own, which may lead to so many other places of the file and no more."""
        self.left = jumps
        found = self.value(node, frame)
        if node is not None and frame is None:
            self._known[node.id] = found
        return found

    def _chain(self, node: Node, frame: Frame | None) -> None:
        """The beginning of a long chain of calls first, so that no chain is as deep as it is long."""
        links: list[Node] = []
        known = self._known if frame is None else frame.known
        inner: Node | None = node
        while inner is not None and inner.type in _CHAINED and inner.id not in known:
            links.append(inner)
            inner = self.field(inner, _CHAINED[inner.type])
        if len(links) > _CHAIN_MIN:
            for each in reversed(links[1:]):
                self.value(each, frame)

    def _first(self, node: Node, frame: Frame | None) -> Value:
        parts = self.parts(node)
        return self.value(parts[0], frame) if parts else UNKNOWN

    def _last(self, node: Node, frame: Frame | None) -> Value:
        parts = self.parts(node)
        return self.value(parts[-1], frame) if parts else UNKNOWN

    def _identifier(self, node: Node, frame: Frame | None) -> Value:
        name = self.text(node)
        if "\\" in name:
            name = literals.unescaped(name)
        scope = self.declaring(name, node)
        if scope is None:
            found = self.free(name)
            return found if found is not UNKNOWN else self._implicit(name)
        return self.bound(name, scope, frame.of(scope.node) if frame is not None else None)

    def _implicit(self, name: str) -> Value:
        """A name that is assigned to, and declared nowhere."""
        return self.bound(name, self.scope(self.root), None)

    def _string(self, node: Node, frame: Frame | None) -> Value:
        del frame
        written = self.text(node)[1:-1]
        text = literals.unescaped(written)
        spelled = "\\" in written and literals.is_spelled(written)
        labels = self.labelled(text, node, How.RESOLVED if spelled else How.LITERAL)
        if spelled:
            self.emit("decode.escapes", node, how=How.RESOLVED, text=text)
            labels |= _SPELLED
        return Value(text, labels, how=How.RESOLVED if spelled else How.LITERAL)

    def labelled(
        self,
        text: str,
        node: Node,
        how: How,
        before: frozenset[str] = frozenset(),
        stated: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """The labels of a text, told of if they are new; those that are `stated` in plain letters as such."""
        labels = self.reader.labels_of(text)
        if literals.is_blob(text):
            labels |= _BLOB
        for label in labels - before:
            self.emit(label, node, how=How.LITERAL if label in stated else how, text=text)
        return labels

    def _template(self, node: Node, frame: Frame | None) -> Value:
        found = Value("")
        place = node.start_byte + 1
        written: list[str] = []
        for part in self.parts(node):
            if part.type != "template_substitution":
                continue
            before = self.data[place : part.start_byte].decode("utf-8", errors="replace")
            place = part.end_byte
            written.append(before)
            value = self._last(part, frame)
            inner = Value(folding.shown(value), value.all_labels())
            found = concatenated(concatenated(found, Value(literals.unescaped(before))), inner)
        rest = self.data[place : max(node.end_byte - 1, place)].decode("utf-8", errors="replace")
        found = concatenated(found, Value(literals.unescaped(rest)))
        if len(found.text) > folding.MAX:
            return Value(labels=found.labels)
        plain = HOLE.join([*written, rest])
        stated = frozenset[str]() if "\\" in plain else self.reader.labels_of(plain)
        labels = found.labels | self.labelled(found.text, node, How.RESOLVED, found.labels, stated)
        whole = HOLE not in found.text and place == node.start_byte + 1
        return Value(found.constant, labels, how=How.LITERAL if whole else How.RESOLVED)

    def _array(self, node: Node, frame: Frame | None) -> Value:
        items: list[Value] = []
        for each in node.named_children[:_ITEMS_MAX]:
            if each.type == "number":
                items.append(Value(literals.number(self.text(each))))
            elif each.type == "spread_element":
                inner = self.value(each, frame)
                items += folding.elements(inner) or [inner]
            elif each.type != "comment":
                items.append(self.value(each, frame))
        if node.named_child_count > _ITEMS_MAX:
            rest = node.named_children[_ITEMS_MAX:]
            if any(each.type != "number" for each in rest):
                return Value(labels=joined(items).labels)
            items += [Value(literals.number(self.text(each))) for each in rest[: folding.ITEMS_MAX]]
        return Value(items=items)

    def _object(self, node: Node, frame: Frame | None) -> Value:
        name = f"obj:{node.start_byte}:{id(frame) if frame else 0}"
        self.things[name] = (node, frame)
        labels = frozenset[str]()
        for each in self.parts(node)[:_ITEMS_MAX]:
            if each.type == "pair":
                key = self.field(each, "key")
                if key is not None and key.type == "computed_property_name":
                    labels |= self._first(key, frame).all_labels()
                labels |= self.value(self.field(each, "value"), frame).all_labels()
            elif each.type in ("spread_element", "shorthand_property_identifier"):
                labels |= self.value(each, frame).all_labels()
        return Value(labels=labels, name=name)

    def of_object(self, value: Value, name: str) -> Value | None:
        """A property of an object that is written down; None where it has none of that name."""
        node, frame = self.things[value.name]
        known = self._objects.get(value.name)
        if known is None:
            known = self._objects[value.name] = self._index(node)
        found = known.get(name)
        if found is not None:
            return self.value(found, frame)
        busy = ("property", value.name, name)
        spread = next((each for each in self.parts(node)[:_ITEMS_MAX] if each.type == "spread_element"), None)
        if spread is None or busy in self._busy:
            return None
        self._busy.add(busy)
        try:
            return self.attribute(self.value(spread, frame), name)
        finally:
            self._busy.discard(busy)

    def _index(self, node: Node) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for each in self.parts(node)[:_ITEMS_MAX]:
            if each.type == "pair":
                key, value = self.field(each, "key"), self.field(each, "value")
                if key is not None and value is not None:
                    found[literals.unescaped(self.text(key).strip("\"'"))] = value
            elif each.type == "shorthand_property_identifier":
                found[self.text(each)] = each
            elif each.type == "method_definition":
                name = self.field(each, "name")
                if name is not None:
                    found[self.text(name).strip("\"'")] = each
        return found

    def _binary(self, node: Node, frame: Frame | None) -> Value:
        parts: list[tuple[str, Node | None]] = []
        left: Node | None = node
        while left is not None and left.type == "binary_expression":  # long chains are nested as deep as they are long
            operator = self.field(left, "operator")
            parts.append((self.text(operator) if operator is not None else "", self.field(left, "right")))
            left = self.field(left, "left")
        found = self.value(left, frame)
        sides = [(sign, self.value(right, frame)) for sign, right in reversed(parts)]
        if len(sides) > _CHAIN_MIN and all(sign == "+" and isinstance(side.constant, str) for sign, side in sides):
            sides = [("+", folding.join(Value(items=[side for _, side in sides]), Value("")))]
        for sign, side in sides:
            found = _decided(sign, found, side) if sign in ("||", "&&", "??") else folding.operated(sign, found, side)
        if isinstance(found.constant, str) and found.how is How.RESOLVED:
            return Value(
                found.constant,
                found.labels | self.labelled(found.text, node, found.how, found.labels),
                how=found.how,
            )
        return found

    def _unary(self, node: Node, frame: Frame | None) -> Value:
        operator, argument = self.field(node, "operator"), self.field(node, "argument")
        sign = self.text(operator) if operator is not None else ""
        if sign in ("typeof", "delete"):
            return UNKNOWN
        value = self.value(argument, frame)
        number = folding.number_of(value)
        if sign == "void":
            return Value(None)
        if sign == "!":
            return Value(not value.constant) if value.known and value.constant in _EMPTY else UNKNOWN
        if number is None:
            return Value(labels=value.all_labels())
        if sign == "~":
            return folding.made(~int(number), value) if abs(number) < 2**53 else UNKNOWN
        return folding.made(-number if sign == "-" else number, value)

    def _ternary(self, node: Node, frame: Frame | None) -> Value:
        test = self.value(self.field(node, "condition"), frame)
        if isinstance(test.constant, bool):
            return self.value(self.field(node, "consequence" if test.constant else "alternative"), frame)
        return either([self.value(self.field(node, name), frame) for name in ("consequence", "alternative")])

    def _assigned_value(self, node: Node, frame: Frame | None) -> Value:
        return self.value(self.field(node, "right"), frame)

    def _member(self, node: Node, frame: Frame | None) -> Value:
        prop = self.field(node, "property")
        name = self.text(prop) if prop is not None else ""
        if "\\" in name:
            name = literals.unescaped(name)
        found = self.attribute(self.value(self.field(node, "object"), frame), name)
        return found if self._is_called(node) else _single(found)

    def _is_called(self, node: Node) -> bool:
        around = self.parent(node)
        return around is not None and around.type == "call_expression" and self.field(around, "function") == node

    def _subscript(self, node: Node, frame: Frame | None) -> Value:
        value = self.value(self.field(node, "object"), frame)
        index = self.value(self.field(node, "index"), frame)
        return self.indexed(value, index)

    @abstractmethod
    def indexed(self, value: Value, index: Value) -> Value:
        """A property of a value, by a computed name."""


def _decided(sign: str, left: Value, right: Value) -> Value:
    """One side of `||`, `&&` or `??`, where the left one decides it; else either."""
    if sign != "??" and left.known and isinstance(left.constant, bool | str | int):
        return right if bool(left.constant) is (sign == "&&") else left
    return either([left, right])


def _constant(value: Value) -> Callable[[Node, Frame | None], Value]:
    return lambda *_: value


def _single(value: Value) -> Value:
    """One property of something that the whole environment went into is not the whole environment."""
    if "read.env_all" in value.labels and not value.name.startswith("process.env"):
        return Value(
            value.constant, value.labels - {"read.env_all"} | {"read.env"}, value.name, value.items, value.how, value.of
        )
    return value
