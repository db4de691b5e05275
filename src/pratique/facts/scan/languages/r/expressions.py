"""What an R expression is known to be, without running it: names, vectors, constants through operators."""

import re
from abc import ABC, abstractmethod
from typing import Final

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.r import folding
from pratique.facts.scan.languages.r.nodes import (
    Assign,
    Binary,
    Block,
    Call,
    Constant,
    Function,
    Index,
    Member,
    Name,
    Node,
    Unary,
)
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined
from pratique.model import limits

_FLOWING: Final = ("net.", "obf.", "ioc.", "proc.miner", "evade.sandbox")
"""Labels of a text that go where the text goes. What texts say of files and commands counts where they are used."""
_TELLING: Final = re.compile(r"[.:@\\/]|\w{20}|miner|xmrig", re.IGNORECASE)
_BLOB_CHARACTERS_MIN: Final = 200
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_RANGE_MAX: Final = 20_000
_ENVIRONMENTS: Final = frozenset({"<namespace>", ".GlobalEnv", "base"})
_SYSTEM_ONLY: Final = frozenset({"sysname", "release", "version", "machine", "1", "2", "3", "5"})
"""Elements of `Sys.info()` that say which system it is, and nothing of whose."""

Scope = dict[str, Value]


class Expressions(ABC):
    """Finds values. A subclass says what calls do."""

    def __init__(self, reader: Reader, context: Context) -> None:
        self.reader = reader
        self.context = context
        self.unit = 0
        self.pinned: int | None = None
        self.scopes: list[Scope] = [{}]
        self.functions: dict[str, Function] = {}
        self.quoted: dict[str, Node] = {}
        self.steps = 0

    @abstractmethod
    def call(self, node: Call) -> Value:
        """What a call gives, telling of what it does."""

    @abstractmethod
    def assigned(self, node: Assign, value: Value) -> None:
        """Tell of what giving a value to something other than a name does."""

    def value(self, node: Node) -> Value:
        """What an expression is. Raises `LimitExceeded` when a file has taken too many steps."""
        self.steps += 1
        if self.steps > limits.SCAN_STEPS_MAX:
            raise LimitExceeded("it has more expressions than are followed")
        match node:
            case Call():
                return self.call(node)
            case Constant():
                return self._constant(node)
            case Name():
                return self._name(node)
            case Assign():
                return self._assign(node)
            case Block():
                return self._block(node)
            case Binary():
                return self._binary(node)
            case Index():
                return self._index(node)
            case Member():
                return self._member(node)
            case Unary():
                return self._unary(node)
            case Function():
                return self._function(node)

    def emit(
        self,
        label: str,
        line: int,
        *,
        how: How = How.LITERAL,
        inputs: frozenset[str] = frozenset(),
        text: str = "",
    ) -> None:
        """Tell of an observation at a line."""
        at = line if self.pinned is None else self.pinned
        shown = text.replace(HOLE, "…")
        self.reader.emit(label, at, how=how, inputs=inputs, text=shown, context=self.context, unit=self.unit)

    def text_labels(self, text: str) -> frozenset[str]:
        """The labels of a text that go where it goes."""
        if len(text) < 5 or _TELLING.search(text) is None:
            return frozenset()
        labels = frozenset(label for label in self.reader.labels_of(text) if label.startswith(_FLOWING))
        if len(text) >= _BLOB_CHARACTERS_MIN and len(text[:4000].split()) <= 1 + len(text[:4000]) // 60:
            labels |= {"obf.blob"}
        return labels

    def _constant(self, node: Constant) -> Value:
        constant = node.value
        if not isinstance(constant, str):
            return Value(constant)
        labels = self.text_labels(constant)
        for label in labels:
            self.emit(label, node.line, text=constant)
        if node.spelled:
            return Value(constant, labels | {"decode.escapes"}, how=How.RESOLVED)
        return Value(constant, labels)

    def _name(self, node: Name) -> Value:
        name = node.name
        if not node.package:
            for scope in (self.scopes[-1], self.scopes[0]):
                found = scope.get(name)
                if found is not None:
                    return found
            if name in self.functions:
                return Value(name=f"def:{name}")
        if name in ("letters", "LETTERS"):
            row = _LETTERS if name == "letters" else _LETTERS.upper()
            return Value(items=[Value(letter) for letter in row])
        if node.spelled:
            return Value(name=name, labels=frozenset({"decode.escapes"}), how=How.RESOLVED)
        return Value(name=name)

    def _assign(self, node: Assign) -> Value:
        target = node.target
        if isinstance(node.value, Function) and isinstance(target, Name | Constant):
            name = target.name if isinstance(target, Name) else str(target.value)
            self.functions[name] = node.value
            self.scopes[-1].pop(name, None)
            return Value(name=f"def:{name}")
        value = self.value(node.value)
        if isinstance(target, Name):
            self.scopes[-1][target.name] = value
        elif isinstance(target, Constant):
            self.scopes[-1][str(target.value)] = value
        else:
            self.assigned(node, value)
            self._into(target, value)
        return value

    def _into(self, target: Node, value: Value) -> None:
        """A part of something becomes a value: the whole then carries what went in."""
        base = target
        while isinstance(base, Member | Index):
            base = base.base
        if isinstance(base, Call) and base.arguments:
            base = base.arguments[0][1]
        if isinstance(base, Name):
            before = self.scopes[-1].get(base.name, UNKNOWN)
            labels = before.all_labels() | value.all_labels()
            if labels != before.labels:
                self.scopes[-1][base.name] = Value(labels=labels, name=before.name)

    def _block(self, node: Block) -> Value:
        if node.kind in ("for", "while") and node.body:
            head = self.value(node.body[0])
            if node.name:
                elements = head.items or []
                single = elements[0] if len(elements) == 1 else Value(labels=head.all_labels())
                self.scopes[-1][node.name] = single
            for each in node.body[1:]:
                self.value(each)
            return UNKNOWN
        if node.kind == "if":
            return self._either(node)
        found = UNKNOWN
        for each in node.body:
            found = self.value(each)
        return found

    def _either(self, node: Block) -> Value:
        """Every branch of a decision; a value that only one of them gives is taken for the whole."""
        values = [self.value(each) for each in node.body]
        branches = values[1::2] + (values[-1:] if len(values) % 2 else [])
        known = [each for each in branches if each.constant is not NOT_KNOWN or each.name or each.items]
        labels = joined(values).labels
        if len(known) == 1:
            only = known[0]
            return Value(only.constant, labels | only.labels, only.name, only.items, only.how)
        return Value(labels=labels)

    def _binary(self, node: Binary) -> Value:
        chain: list[Binary] = []
        left: Node = node
        while isinstance(left, Binary):  # long sums are nested as deep as they are long
            chain.append(left)
            left = left.left
        found = self.value(left)
        for each in reversed(chain):
            found = _operated(each.operator, found, self.value(each.right))
        return found

    def _unary(self, node: Unary) -> Value:
        if node.operator == "~":
            return UNKNOWN
        value = self.value(node.operand)
        if node.operator == "-" and isinstance(value.constant, int | float) and not isinstance(value.constant, bool):
            return Value(-value.constant, value.labels)
        return Value(labels=value.all_labels())

    def _function(self, node: Function) -> Value:
        name = f"<function:{node.line}:{len(self.functions)}>"
        self.functions[name] = node
        return Value(name=f"def:{name}")

    def _member(self, node: Member) -> Value:
        base = self.value(node.base)
        if base.name in _ENVIRONMENTS:
            return Value(name=node.name, how=How.RESOLVED)
        if base.name == "Sys.info()" and node.name in _SYSTEM_ONLY:
            return UNKNOWN
        name = f"{base.name}${node.name}" if base.name and not base.name.startswith("def:") else ""
        return Value(labels=base.all_labels(), name=name)

    def _index(self, node: Index) -> Value:
        base = self.value(node.base)
        places = [self.value(each) for _, each in node.arguments]
        labels = base.all_labels() | joined(places).labels
        if len(places) != 1:
            return Value(labels=labels)
        place = places[0]
        if isinstance(place.constant, str) and base.name in _ENVIRONMENTS:
            return Value(name=place.constant, labels=place.labels, how=How.RESOLVED)
        if base.name == "Sys.info()" and folding.shown(place) in _SYSTEM_ONLY:
            return UNKNOWN
        if base.name == "Sys.getenv()" and isinstance(place.constant, str):
            return Value(labels=frozenset({"read.env"}))
        if base.items is not None:
            chosen = _chosen(base.items, place)
            if chosen is not None:
                return folding.vector(chosen, base.labels, max(base.how, How.RESOLVED)) if chosen else UNKNOWN
        elif type(place.constant) is int and place.constant == 1:
            return base
        return Value(labels=labels, name=base.name if base.name.startswith("py:") else "")


def _chosen(items: list[Value], place: Value) -> list[Value] | None:
    """The elements that an index takes, as R counts them: from 1, and negative ones leave out."""
    wanted = [each.constant for each in folding.flat([place])]
    if not wanted or not all(type(each) is int for each in wanted):
        return None
    numbers = [int(each) for each in wanted if type(each) is int]
    if all(each < 0 for each in numbers):
        out = {-each for each in numbers}
        return [item for at, item in enumerate(items, 1) if at not in out]
    return [items[each - 1] for each in numbers if 0 < each <= len(items)]


def _operated(operator: str, left: Value, right: Value) -> Value:
    one, two = left.constant, right.constant
    labels = left.all_labels() | right.all_labels()
    if operator == "~":
        return UNKNOWN
    if operator == "%||%":
        return (
            left if left.constant is not None and left.known else Value(right.constant, labels, right.name, right.items)
        )
    if operator in ("%+%", "%s+%", "%.%") and isinstance(one, str) and isinstance(two, str):
        return Value(one + two, labels, how=How.RESOLVED)
    if type(one) in (int, float) and type(two) in (int, float):
        return _calculated(operator, one, two, labels)  # type: ignore[arg-type]  # numbers, by their type
    if operator in ("+", "-", "%%", "*") and left.items is not None and type(two) is int:
        made = [_operated(operator, each, right) for each in left.items]
        return Value(labels=labels, items=made)
    return Value(labels=labels) if labels else UNKNOWN


def _calculated(operator: str, one: float, two: float, labels: frozenset[str]) -> Value:
    if operator == ":" and abs(two - one) <= _RANGE_MAX:
        step = 1 if two >= one else -1
        return Value(labels=labels, items=[Value(each) for each in range(int(one), int(two) + step, step)])
    made: float | None = None
    if operator == "+":
        made = one + two
    elif operator == "-":
        made = one - two
    elif operator == "*":
        made = one * two
    elif operator == "%%" and two:
        made = one % two
    elif operator == "%/%" and two:
        made = one // two
    elif operator in ("^", "**") and abs(one) <= 1024 and 0 <= two <= 16:
        made = one**two
    elif operator == "/" and two:
        made = one / two
    if made is None or abs(made) > 2**53:
        return Value(labels=labels)
    return Value(int(made) if float(made).is_integer() else made, labels)
