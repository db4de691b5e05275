"""From every place where something of interest gets into a file, forward to each use of it: names, members, properties, returns.

Places are found by a few expressions over the bytes; the value of each is then asked for, and only what turns out to be of
interest is followed. So a large bundle costs what is in it, and not what it weighs.
"""

import re
from abc import ABC
from collections import deque
from typing import Final

from tree_sitter import Node

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript import places
from pratique.facts.scan.languages.javascript.apis import CALLS, RESULTS
from pratique.facts.scan.languages.javascript.frames import JUMPS_MAX, Frame
from pratique.facts.scan.languages.javascript.hosts import DANGEROUS
from pratique.facts.scan.languages.javascript.scopes import Scope
from pratique.facts.scan.languages.javascript.sinks import Sinks
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.languages.javascript.words import words
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import UNKNOWN, Value
from pratique.model import limits

_USES_MAX: Final = 20_000
_LOOKED_AT_MAX: Final = 40_000
_FRAMES_MAX: Final = 6
_COMMON: Final = words(
    """exports get post put request exec send write end call apply run open close data type name value on once emit
    then default prototype constructor length fetch read load start stop"""
)
"""Property names that too many objects have to be followed by name alone."""
_CALLED_ON: Final = frozenset({"<request>", "<socket>", "<writer>", "<xhr>", "<process>", "<response>", "<reader>"})
_ROOTS: Final = ("net.", "proc.", "code.", "decode.", "read.", "write.", "harm.", "spread.", "evade.")


class Following(Sinks, ABC):
    """Follows references."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self._waiting: deque[Node] = deque()
        self._followed: set[int] = set()
        self._aliases: set[tuple[int, str]] = set()

    def enter(self, node: Node) -> None:
        """Follow a reference, later."""
        if node.id not in self._followed:
            self._followed.add(node.id)
            self._waiting.append(node)
            if len(self._followed) > limits.SCAN_STEPS_MAX:
                raise LimitExceeded("it has more references than are followed")

    def follow(self) -> None:
        """Follow everything that waits, and what comes of it."""
        while self._waiting:
            self._use(self._waiting.popleft())

    def _use(self, node: Node) -> None:
        """One reference: what is done with it where it stands."""
        value = self.asked(node)
        node, around = self.outside(node)
        if around is None:
            return
        computed = value.name == "this" and around.type == "subscript_expression"
        if not (computed or self.leads(value) or self._is_called(node) or value.text in places.TELLING):
            return
        match around.type:
            case "member_expression" | "subscript_expression":
                if self.field(around, "object") == node:
                    self._member_used(around)
            case "call_expression":
                self._site(around, "function")
            case "new_expression":
                self._site(around, "constructor")
            case "arguments":
                self._given_away(node, around)
            case "variable_declarator" | "assignment_expression":
                self._bound_to(node, around)
            case "pair":
                key = self.field(around, "key")
                if key is not None and self.field(around, "value") == node:
                    self._property(self.text(key).strip("\"'"), node)
            case "sequence_expression" | "ternary_expression" | "assignment_pattern" | "object_assignment_pattern":
                if around.type.endswith("pattern"):
                    self._default(around)
                else:
                    self.enter(around)
            case "binary_expression":
                operator = self.field(around, "operator")
                if operator is not None and self.text(operator) in ("||", "&&", "??"):
                    self.enter(around)
            case "return_statement" | "arrow_function":
                self._returned(around if around.type in FUNCTIONS else self.function(around))
            case "object" if node.type == "shorthand_property_identifier":
                self._property(self.text(node), node)
            case _:
                pass

    def leads(self, value: Value) -> bool:
        """Whether something that is called so may lead to a call in the tables."""
        name = value.name
        if name in places.LEADING or (name.startswith("<") and not name.startswith(("<any>", "<computed>"))):
            return True
        return value.text.removeprefix("node:") in places.MODULE_NAMES

    def _member_used(self, node: Node) -> None:
        """A member of something that is followed. It is followed itself if its name leads anywhere."""
        prop = self.field(node, "property")
        last = self.text(prop) if prop is not None else ""
        if last == "pipe":
            outer, call = self.outside(node)
            if call is not None and call.type == "call_expression" and self.field(call, "function") == outer:
                for each in self.given(call, None)[:1]:
                    self.joins(call, self.asked(self.field(node, "object")), each)
        value = self.asked(node)
        called = self._is_called(node)
        if self.leads(value) or called:
            self.enter(node)

    def _site(self, call: Node, part: str) -> None:
        """A call of something that is followed."""
        callee = self.field(call, part)
        function = self.asked(callee)
        if callee is not None and callee.type == "import":
            function = Value(name="require")
        self.left = JUMPS_MAX
        given = self.given(call, None)
        frames: list[Frame | None] = [None]
        if self._unsure(function, given):
            frames = self._frames(call) or frames
        for frame in frames:
            if frame is not None:
                self.left = JUMPS_MAX
                given = self.given(call, frame)
                function = function if function.name == "require" else self.value(callee, frame)
            self.told(call, function, given, frame)
        found = self.asked(call)
        if any(label.startswith("net.") for label in found.labels):
            self._answered(call)
        if self.leads(found) or function.name in RESULTS or function.name.endswith((".on", ".once")):
            self.enter(call)

    def _answered(self, call: Node) -> None:
        """Follow what a request hands to the functions that wait for its answer."""
        for each in self.arguments(call):
            if each.type in FUNCTIONS:
                for parameter in self.parameters(each)[:2]:
                    for name, _keys in self.pattern(self.field(parameter, "pattern") or parameter):
                        self._alias(name, self.scope(each))

    def _unsure(self, function: Value, given: list[Value]) -> bool:
        """Whether it is worth asking call by call what a function is handed."""
        label = CALLS.get(function.name, "") if function.name != "require" else "code.exec"
        return (
            label.startswith(("code.", "proc."))
            and bool(given)
            and not given[0].known
            and not given[0].name.startswith("def:")
        )

    def _frames(self, node: Node) -> list[Frame | None]:
        """The function around a node with what each of its calls hands it."""
        function = self.function(node)
        if function.id == self.root.id or not self.parameters(function):
            return []
        calls = self.calls_of(function)
        if len(calls) < 1:
            return []
        return [Frame(function, self.given(call, None)) for call in calls[:_FRAMES_MAX]]

    def _given_away(self, node: Node, around: Node) -> None:
        """A reference that is handed to a call: to a wrapper, to something that calls it, or to a function of the file."""
        call = self.parent(around)
        if call is None:
            return
        callee = self.field(call, "function") or self.field(call, "constructor")
        function, value = self.value(callee), self.value(node)
        if self.value(call).name and self.value(call).name == value.name:
            self.enter(call)
        label = CALLS.get(value.name, "")
        if label.startswith(("code.exec", "proc.")) and not CALLS.get(function.name, "").startswith("code.dyn"):
            self._called_later(call, node, value, label)
        if function.name.startswith("def:"):
            target, _ = self.things[function.name.partition(".")[0]]
            place = (
                [each.id for each in self.arguments(call)].index(node.id)
                if node.id in [each.id for each in self.arguments(call)]
                else -1
            )
            parameters = self.parameters(target)
            if 0 <= place < len(parameters):
                for name, _keys in self.pattern(parameters[place]):
                    self._alias(name, self.scope(target))

    def _called_later(self, call: Node, node: Node, value: Value, label: str) -> None:
        """`.then(eval)`, `list.map(exec)`, `setTimeout(eval, 0, code)`: called with what is there."""
        del node
        others = [each for each in self.given(call, None) if each.name != value.name]
        callee = self.field(call, "function")
        receiver = (
            self.value(self.field(callee, "object"))
            if callee is not None and callee.type == "member_expression"
            else UNKNOWN
        )
        handed = [*others, receiver]
        flows = frozenset[str]().union(*(each.all_labels() for each in handed))
        if not flows and not any(each.known and isinstance(each.constant, str) for each in handed):
            return
        self.emit(label, call, how=How.RESOLVED, inputs=flows, text=value.name)
        if label == "code.exec":
            for each in handed:
                self.embedded(call, each, flows)

    def _bound_to(self, node: Node, around: Node) -> None:
        target = self.field(around, "name" if around.type == "variable_declarator" else "left")
        right = self.field(around, "value" if around.type == "variable_declarator" else "right")
        if target is None or right is None or right != node:
            return
        if target.type in ("member_expression", "subscript_expression"):
            prop = self.field(target, "property")
            if prop is not None:
                self._property(self.text(prop), node)
        else:
            for name, _keys in self.pattern(target):
                scope = self.declaring(name, around)
                self._renamed(name, node, around)
                self._alias(name, scope if scope is not None else self.scope(self.root))
        if around.type == "assignment_expression":
            self.enter(around)

    def _renamed(self, name: str, node: Node, around: Node) -> None:
        value = self.value(node)
        if (
            value.name in DANGEROUS
            and CALLS.get(value.name)
            and value.name.rpartition(".")[2] != name
            and value.name in ("eval", "Function")
        ):
            self.emit("obf.alias", around, text=f"{name} = {value.name}")

    def _default(self, pattern: Node) -> None:
        left = self.field(pattern, "left")
        if left is not None:
            for name, _keys in self.pattern(left):
                scope = self.declaring(name, left)
                if scope is not None:
                    self._alias(name, scope)

    def _returned(self, function: Node) -> None:
        """What a function returns is where it is called."""
        if function.id == self.root.id:
            return
        for call in self.calls_of(function):
            self.enter(call)
        node, around = self.outside(function)
        if around is not None and around.type == "call_expression" and self.field(around, "function") == node:
            self.enter(around)

    def imported(self, name: str, scope: Scope) -> None:
        """Follow a name that an import statement declares."""
        self._alias(name, scope)

    def _alias(self, name: str, scope: Scope) -> None:
        """Follow each use of a name in its scope."""
        key = (scope.node.id, name)
        if key in self._aliases:
            return
        self._aliases.add(key)
        size = len(name.encode("utf-8", errors="replace"))
        for count, place in enumerate(self.uses(name, scope.node, _LOOKED_AT_MAX)):
            if count >= _USES_MAX:
                self.reader.reading.problem("it uses a name more often than is followed")
                return
            if self.data[place - 1 : place] == b"." != self.data[place - 2 : place - 1]:
                continue
            node = self.at(place, place + size)
            if node.type not in ("identifier", "shorthand_property_identifier"):
                continue
            declared = self.declaring(name, node)
            if declared is scope or (declared is None and scope.node.id == self.root.id):
                self.enter(node)

    def _property(self, name: str, node: Node) -> None:
        """Follow each use of a property, wherever it is."""
        known = self.properties.setdefault(name, [])
        if node in known or len(known) >= _FRAMES_MAX:
            return
        if name in _COMMON or name.startswith("[") or not re.fullmatch(r"[\w$]{1,80}", name):
            if not known:
                del self.properties[name]
            return
        known.append(node)
        size = len(name.encode("utf-8", errors="replace"))
        for place in self.uses(name, self.root, _USES_MAX):
            if self.data[place - 1 : place] != b".":
                continue
            found = self.at(place, place + size)
            around = self.parent(found)
            if found.type == "property_identifier" and around is not None and around.type == "member_expression":
                self.enter(around)
