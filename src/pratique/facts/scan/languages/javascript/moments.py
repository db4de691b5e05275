"""When a piece of a JavaScript file runs: as soon as the file is loaded, or when somebody calls the function it is in."""

from abc import ABC
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript.apis import CALLS
from pratique.facts.scan.languages.javascript.calls import Calls
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.languages.javascript.words import words
from pratique.facts.scan.observation import Context, How

_AT_ONCE: Final = words(
    """then catch finally forEach map filter reduce some every find flatMap setTimeout setImmediate nextTick
    queueMicrotask setInterval Promise define System.register register __commonJS __esm waitUntil eachSeries each
    parallel series waterfall whenReady ready resolve all allSettled race requestAnimationFrame activate"""
)
"""What calls a function that it is given without waiting for anybody, or as soon as it has an answer."""
_ANSWERS: Final = frozenset(
    {"data", "end", "finish", "close", "ready", "response", "exit", "connect", "open", "error", "message"}
)
"""Events of connections, files and processes, not of users."""
_STARTED: Final = frozenset({"activate"})
"""Functions that the host calls at its start: of an extension of an editor."""
_DEPTH_MAX: Final = 12


class Moments(Calls, ABC):
    """Says when code runs, and tells what was seen."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        top = reader.content.context
        self._at_top = top
        self._later = Context.FUNCTION if top is Context.MODULE_TOP and not reader.content.inside else top
        self._moments: dict[int, tuple[Context, int]] = {self.root.id: (top, reader.content.unit)}
        self._asked: set[int] = set()

    def moment(self, node: Node) -> tuple[Context, int]:
        """The context of a node, and the number of the function that it belongs to.

        Functions that are called where they stand belong to the function around them.
        """
        function = node if node.type in FUNCTIONS else self.function(node)
        found = self._moments.get(function.id)
        if found is not None:
            return found
        if function.id in self._asked or len(self._asked) > _DEPTH_MAX:
            return self._later, 0
        self._asked.add(function.id)
        try:
            found = self._of(function)
        finally:
            self._asked.discard(function.id)
        self._moments[function.id] = found
        return found

    def _of(self, function: Node) -> tuple[Context, int]:
        node, around = self.outside(function)
        while around is not None and around.type == "unary_expression":
            node, around = self.outside(around)
        if around is None:
            return self._later, self.reader.unit()
        if function.type == "class_static_block":
            return self.moment(around)
        if around.type in ("call_expression", "new_expression") and self.field(around, "arguments") != node:
            return self.moment(around)
        if around.type == "member_expression" and self._is_called(around):  # (function () {...}).call(this)
            return self.moment(around)
        if around.type == "arguments":
            call = self.parent(around)
            if call is not None and self._at_once(call):
                return self.moment(call)
        if self._is_bundled(function, around) or self._awaits(around):
            return self.moment(around)
        name = self.named(function)
        if name.lstrip(".") in _STARTED and self.moment(around)[0] is self._at_top:
            return self._at_top, self.reader.unit()
        if name and any(self.moment(call)[0] is self._at_top for call in self.calls_of(function)):
            return self._at_top, self.reader.unit()
        return self._later, self.reader.unit()

    def _at_once(self, call: Node) -> bool:
        """Whether a call runs the function that it is given."""
        callee = self.field(call, "function") or self.field(call, "constructor")
        if callee is None:
            return False
        if callee.type in FUNCTIONS or callee.type == "parenthesized_expression":
            return True
        prop = self.field(callee, "property")
        name = self.text(prop if prop is not None else callee)
        if name in _AT_ONCE:
            return True
        value = self.value(callee)
        if name in ("on", "once", "addListener"):
            given = self.arguments(call)
            event = self.value(given[0]).text if given else ""
            return event in _ANSWERS and not value.name.startswith("<incoming>") and self._answers(callee)
        if value.name.startswith("def:"):
            return True
        return value.name in CALLS and CALLS[value.name] != "net.listen"

    def _answers(self, callee: Node) -> bool:
        """Whether events come from something that the file itself opened."""
        value = self.value(self.field(callee, "object"))
        return value.name.startswith("<") or any(label.startswith(("net.", "proc.", "read.")) for label in value.labels)

    def _awaits(self, around: Node) -> bool:
        """Whether a function is kept by a request or a connection for its answer: `request.onload = function () {...}`."""
        left = self.field(around, "left") if around.type == "assignment_expression" else None
        if left is None or left.type != "member_expression":
            return False
        prop = self.field(left, "property")
        holder = self.value(self.field(left, "object")).name
        return prop is not None and self.text(prop).startswith("on") and holder.startswith("<") and "any" not in holder

    def _is_bundled(self, function: Node, around: Node) -> bool:
        """Whether a function is a module in a bundle: under a number or a path, in an object that a call gets."""
        if around.type == "pair":
            key, table = self.field(around, "key"), self.parent(around)
        elif function.type == "method_definition" and around.type == "object":
            key, table = self.field(function, "name"), around
        elif around.type == "array":
            outer = self.parent(around)
            return outer is not None and outer.type == "arguments"
        else:
            return False
        if key is None or table is None or key.type not in ("number", "string"):
            return False
        holder = self.parent(table)
        return holder is not None and holder.type in ("arguments", "variable_declarator")

    def emit(
        self, label: str, node: Node, *, how: How = How.LITERAL, inputs: frozenset[str] = frozenset(), text: str = ""
    ) -> None:
        context, unit = self.moment(node)
        plain = frozenset(each for each in inputs if not each.startswith("js."))
        self.reader.emit(label, self.line(node), how=how, inputs=plain, text=text, context=context, unit=unit)
