"""What functions are handed: by the calls of their name, by the function that gets them as a callback, by `resolve`."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript.frames import Frame, either
from pratique.facts.scan.languages.javascript.names import Names
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.languages.parameters import handed
from pratique.facts.scan.value import UNKNOWN, Value, joined

_CALLS_MAX: Final = 6
_HITS_MAX: Final = 1_000
_WIDE_BYTES: Final = 100_000
_SHORT: Final = 2
_CAUGHT_MAX: Final = 12
_NETWORK: Final = ("net.http", "net.send", "net.socket", "net.dns")
_NODES_MAX: Final = 4_000
_NEW: Final = re.compile(rb"\bnew\s+$")
_BEFORE: Final = 8
_CALLED: Final = re.compile(rb"\s*(?:\?\.)?\s*(?:\.(?:call|apply|bind)\s*)?\(")


class Callers(Names, ABC):
    """Finds what parameters stand for."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self._called: dict[int, list[Node]] = {}

    @abstractmethod
    def handed(self, call: Node, function: Node, index: int, frame: Frame | None) -> Value:
        """What a call hands to a function that it gets as an argument."""

    def parameter(self, function: Node, index: int) -> Value:
        found = self._given(function, index)
        parameters = self.parameters(function)
        labels = handed(self.text(parameters[index])) if index < len(parameters) else None
        return replace(found, labels=found.labels | labels) if labels else found

    def _given(self, function: Node, index: int) -> Value:
        """What the callers of a function hand to it."""
        node, around = self.outside(function)
        self.left -= 1
        if around is None or self.left <= 0:
            return UNKNOWN
        if around.type in ("call_expression", "new_expression") and self.field(around, "function") == node:
            return self._argument(around, index)
        if around.type == "arguments":
            call = self.parent(around)
            given = UNKNOWN if call is None else self.handed(call, function, index, None)
            if given is not UNKNOWN:
                return given
        elif around.type == "assignment_expression":
            given = self._handled(around, index)
            if given is not UNKNOWN:
                return given
        return either([self._argument(call, index) for call in self.calls_of(function)])

    def _argument(self, call: Node, index: int) -> Value:
        given = self.arguments(call)
        if index < len(given) and not any(each.type == "spread_element" for each in given[:index]):
            return self.value(given[index])
        return UNKNOWN

    def _handled(self, assignment: Node, index: int) -> Value:
        """`socket.onmessage = function (event) {...}`: the event carries what its object does."""
        left = self.field(assignment, "left")
        if left is None or left.type != "member_expression" or index:
            return UNKNOWN
        prop = self.field(left, "property")
        if prop is None or not self.text(prop).startswith("on"):
            return UNKNOWN
        holder = self.value(self.field(left, "object"))
        received = {"net.received"} if holder.name == "<socket>" else set()
        return Value(labels=holder.all_labels() | received)

    def named(self, function: Node) -> str:
        """The name by which a function is called; with a full stop before it, if as a method."""
        name = self.field(function, "name")
        if name is not None:
            return ("." if function.type == "method_definition" else "") + self.text(name)
        _, around = self.outside(function)
        if around is None:
            return ""
        if around.type == "variable_declarator":
            target = self.field(around, "name")
            return self.text(target) if target is not None and target.type == "identifier" else ""
        if around.type == "pair":
            key = self.field(around, "key")
            return "." + self.text(key).strip("\"'") if key is not None else ""
        if around.type == "assignment_expression":
            left = self.field(around, "left")
            if left is not None and left.type == "identifier":
                return self.text(left)
            prop = self.field(left, "property") if left is not None and left.type == "member_expression" else None
            return "." + self.text(prop) if prop is not None else ""
        return ""

    def calls_of(self, function: Node) -> list[Node]:
        """The first calls of a function by its name."""
        found = self._called.get(function.id)
        if found is None:
            found = self._called[function.id] = []
            for call in self._calls(function):
                found.append(call)
                if len(found) >= _CALLS_MAX:
                    break
        return found

    def _calls(self, function: Node) -> Iterator[Node]:
        name = self.named(function)
        if name == ".constructor":
            yield from self._constructions(function)
            return
        if not name:
            return
        method = name.startswith(".")
        word = name.lstrip(".")
        size = len(word.encode("utf-8", errors="replace"))
        scope = None if method else self.declaring(name, function)
        area = self.root if scope is None else scope.node
        if size <= _SHORT and area.end_byte - area.start_byte > _WIDE_BYTES:
            return  # a bundler's name, which is everywhere
        for place in self.uses(word, area, _HITS_MAX):
            if (self.data[place - 1 : place] == b".") is not method or not _CALLED.match(self.data, place + size):
                continue
            node = self.at(place, place + size)
            if not method and self.declaring(name, node) is not scope:
                continue
            callee, around = self.outside(node)
            while around is not None and around.type == "member_expression":
                callee, around = self.outside(around)
            if around is not None and around.type == "call_expression" and self.field(around, "function") == callee:
                yield around

    def _constructions(self, constructor: Node) -> Iterator[Node]:
        """Where objects of a class are made, by the class's name."""
        body = self.parent(constructor)
        owner = self.parent(body) if body is not None else None
        name = self.field(owner, "name") if owner is not None else None
        if name is None or owner is None:
            return
        word = self.text(name)
        for place in self.uses(word, self.root, _HITS_MAX):
            if _NEW.search(self.data[max(place - _BEFORE, 0) : place]):
                around = self.parent(self.at(place, place + name.end_byte - name.start_byte))
                if around is not None and around.type == "new_expression":
                    yield around

    def resolved(self, promise: Node, frame: Frame | None) -> Value:
        """What a promise that is made by `new Promise(...)` is fulfilled with: the arguments of its `resolve`."""
        given = self.arguments(promise)
        if not given or given[0].type not in FUNCTIONS:
            return UNKNOWN
        return self.passed(given[0], 0, 0, frame.of(self.function(promise)) if frame is not None else None)

    def passed(self, function: Node, position: int, index: int, frame: Frame | None) -> Value:
        """What a function hands, as argument `index`, to the function that it gets as its parameter at `position`."""
        parameters = self.parameters(function)
        if position >= len(parameters):
            return UNKNOWN
        name = self.text(self.field(parameters[position], "pattern") or parameters[position])
        values: list[Value] = []
        size = len(name.encode("utf-8", errors="replace"))
        for place in self.uses(name, function, _HITS_MAX):
            if not _CALLED.match(self.data, place + size):
                continue
            call = self.parent(self.at(place, place + size))
            if call is not None and call.type == "call_expression":
                values += [self.value(each, frame) for each in self.arguments(call)[index : index + 1]]
            if len(values) >= _CALLS_MAX:
                break
        return either(values)

    def caught(self, node: Node, frame: Frame | None) -> Value:
        """What may be thrown inside a `try`: of what it asks the network for, the answer is in the error."""
        body = self.field(node, "body")
        if body is None:
            return UNKNOWN
        found: list[Value] = []
        waiting, steps = [body], 0
        while waiting and len(found) < _CAUGHT_MAX and steps < _NODES_MAX:
            each = waiting.pop()
            steps += 1
            if each.type == "call_expression":
                found.append(self.value(each, frame))
            if each.type not in FUNCTIONS:
                waiting += self.parts(each)
        labels = joined(found).labels
        return Value(labels=frozenset(label for label in labels if label.startswith(_NETWORK)))
