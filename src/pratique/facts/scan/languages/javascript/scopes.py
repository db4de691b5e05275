"""Which names a function declares, from what each comes, and what is assigned to it anywhere in the function.

Only statements are walked through, for declarations stand nowhere else; inner functions are looked into when something in
them is asked for. Blocks are not told apart: names of one function that are the same are taken for one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tree_sitter import Node

from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS, Syntax
from pratique.facts.scan.languages.javascript.words import words

Keys: TypeAlias = "tuple[str | int, ...]"

_CONTAINERS: Final = words(
    """statement_block if_statement else_clause for_statement while_statement do_statement try_statement finally_clause
    switch_statement switch_body switch_case switch_default labeled_statement with_statement export_statement
    internal_module ambient_declaration class_static_block program ERROR"""
)
_LEAVES: Final = frozenset({"undefined", "shorthand_property_identifier_pattern", "identifier"})
_ASSIGNMENTS_MAX: Final = 60
_HITS_MAX: Final = 2_000
_WIDE_BYTES: Final = 50_000
_SHORT: Final = 2
_NAMES_MAX: Final = 20_000
_CHANGED: Final = re.compile(
    rb"\s*(?:\+\+|--|(?:[|&?]{2}|[-+*/%^|&])?=(?![=>])"
    rb"|(?:\.[\w$]{1,80}|\[[^\]\n]{0,200}\])+\s*(?:\+?=(?![=>])|(?<=\.push)\(|(?<=\.unshift)\(|(?<=\.append)\(|(?<=\.set)\()"
    rb"|\s(?:of|in)\s)"
)
"""What stands behind a name where something is assigned to it, to a part of it, or added to it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One way in which a name comes by a value. `keys` lead to it inside the value: `{a: [b]} = x` gives b as ("a", 0).

    `kind` is `value` (of the expression `node`), `element` or `key` (of what is iterated over), `parameter` (the one at `index`
    of the function `node`), `rest`, `function`, `class`, `module` (`keys` name what is taken from it) or `caught`.
    """

    kind: str
    node: Node
    keys: Keys = ()
    index: int = 0
    constant: bool = False


@dataclass(slots=True)
class Scope:
    """A function, or the whole file: its names, and what it returns."""

    node: Node
    names: dict[str, list[Binding]] = field(default_factory=dict)
    returns: list[Node] = field(default_factory=list)

    def add(self, name: str, binding: Binding) -> None:
        """Remember one way."""
        if len(self.names) < _NAMES_MAX:
            self.names.setdefault(name, []).append(binding)


class Scopes(Syntax):
    """Finds declarations and assignments."""

    def __init__(self, data: bytes, root: Node) -> None:
        super().__init__(data, root)
        self._scopes: dict[int, Scope] = {}
        self._assigned: dict[tuple[int, str], list[tuple[str, Node]]] = {}

    def scope(self, function: Node) -> Scope:
        """What a function, or the root, declares."""
        found = self._scopes.get(function.id)
        if found is None:
            found = self._scopes[function.id] = Scope(function)
            self._parameters(found)
            body = self.field(function, "body") if function.type in FUNCTIONS else function
            if body is None:
                body = function
            if body.type in _CONTAINERS:
                self._statements(body, found)
            else:
                found.returns.append(body)
        return found

    def declaring(self, name: str, node: Node) -> Scope | None:
        """The innermost scope around a node that declares a name; None for a name that nothing in the file declares."""
        function = node
        while function.id != self.root.id:
            function = self.function(function)
            scope = self.scope(function)
            if name in scope.names:
                return scope
        return None

    def parameters(self, function: Node) -> list[Node]:
        """The parameters of a function as they are written."""
        given = self.field(function, "parameters")
        if given is not None:
            return self.parts(given)
        single = self.field(function, "parameter")
        return [] if single is None else [single]

    def _parameters(self, scope: Scope) -> None:
        if scope.node.type == "function_expression":
            own = self.field(scope.node, "name")
            if own is not None:
                scope.add(self.text(own), Binding("function", scope.node, constant=True))
        for index, each in enumerate(self.parameters(scope.node)):
            pattern = self.field(each, "pattern") or each
            default = self.field(each, "value")
            if pattern.type == "assignment_pattern":
                left, default = self.field(pattern, "left"), self.field(pattern, "right")
                pattern = left if left is not None else pattern
            rest = pattern.type == "rest_pattern"
            for name, keys in self.pattern(self.parts(pattern)[0] if rest and self.parts(pattern) else pattern):
                scope.add(name, Binding("rest" if rest else "parameter", scope.node, keys, index))
                if default is not None:
                    scope.add(name, Binding("value", default, keys))

    def pattern(self, node: Node, keys: Keys = ()) -> Iterator[tuple[str, Keys]]:
        """The names in a pattern, each with the way to its value."""
        waiting = [(node, keys)]
        while waiting:
            each, way = waiting.pop()
            match each.type:
                case "identifier" | "shorthand_property_identifier_pattern" | "type_identifier":
                    own = (*way, self.text(each)) if each.type.startswith("shorthand") else way
                    yield self.text(each), own
                case "object_pattern":
                    waiting += [(part, way) for part in self.parts(each)]
                case "array_pattern":
                    waiting += [(part, (*way, index)) for index, part in enumerate(self.parts(each))]
                case "pair_pattern":
                    key, value = self.field(each, "key"), self.field(each, "value")
                    if key is not None and value is not None:
                        waiting.append((value, (*way, self.text(key).strip("\"'"))))
                case "assignment_pattern" | "object_assignment_pattern":
                    left = self.field(each, "left")
                    if left is not None:
                        waiting.append((left, way))
                case "rest_pattern":
                    waiting += [(part, way) for part in self.parts(each)]
                case _:
                    pass

    def _statements(self, body: Node, scope: Scope) -> None:
        waiting = [body]
        while waiting:
            each = waiting.pop()
            match each.type:
                case "variable_declaration" | "lexical_declaration":
                    self._declarators(each, scope)
                case "function_declaration" | "generator_function_declaration":
                    self._named(each, "function", scope)
                case "class_declaration" | "abstract_class_declaration":
                    self._named(each, "class", scope)
                case "import_statement":
                    self._import(each, scope)
                case "return_statement":
                    scope.returns += self.parts(each)[:1]
                case "for_in_statement":
                    self._loop(each, scope)
                    waiting += self.parts(each)[-1:]
                case "catch_clause":
                    self._caught(each, scope)
                    waiting += self.parts(each)[-1:]
                case _ if each.type in _CONTAINERS:
                    waiting += reversed(self.parts(each))
                case _:
                    pass

    def _declarators(self, node: Node, scope: Scope) -> None:
        constant = node.type == "lexical_declaration" and self.data[node.start_byte : node.start_byte + 5] == b"const"
        for each in self.parts(node):
            target, value = self.field(each, "name"), self.field(each, "value")
            if target is None:
                continue
            if value is None:
                if target.type == "identifier":
                    scope.names.setdefault(self.text(target), [])
                continue
            for name, keys in self.pattern(target):
                scope.add(name, Binding("value", value, keys, constant=constant))

    def _named(self, node: Node, kind: str, scope: Scope) -> None:
        name = self.field(node, "name")
        if name is not None:
            scope.add(self.text(name), Binding(kind, node))

    def _loop(self, node: Node, scope: Scope) -> None:
        left, right, word = self.field(node, "left"), self.field(node, "right"), self.field(node, "operator")
        if left is None or right is None or self.field(node, "kind") is None:
            return
        kind = "key" if word is not None and self.text(word) == "in" else "element"
        for name, keys in self.pattern(left):
            scope.add(name, Binding(kind, right, keys))

    def _caught(self, node: Node, scope: Scope) -> None:
        target = self.field(node, "parameter")
        around = self.parent(node)
        if target is not None and around is not None:
            for name, keys in self.pattern(target):
                scope.add(name, Binding("caught", around, keys, constant=True))

    def _import(self, node: Node, scope: Scope) -> None:
        for clause in self.parts(node):
            if clause.type == "import_require_clause":  # TypeScript: import x = require("y")
                for each in self.parts(clause)[:1]:
                    scope.add(self.text(each), Binding("module", clause, constant=True))
                continue
            if clause.type != "import_clause":
                continue
            for each in self.parts(clause):
                if each.type == "identifier":
                    scope.add(self.text(each), Binding("module", node, ("default",), constant=True))
                elif each.type == "namespace_import":
                    for name in self.parts(each)[:1]:
                        scope.add(self.text(name), Binding("module", node, constant=True))
                else:
                    self._specifiers(each, node, scope)

    def _specifiers(self, named: Node, node: Node, scope: Scope) -> None:
        for each in self.parts(named):
            name, alias = self.field(each, "name"), self.field(each, "alias")
            if name is not None:
                local = alias if alias is not None else name
                scope.add(self.text(local), Binding("module", node, (self.text(name).strip("\"'"),), constant=True))

    def assigned(self, name: str, scope: Scope) -> list[tuple[str, Node]]:
        """What is assigned to a name, or put into it, in its scope: `=`, `+=`, `step`, `push` or `part`, with the expression.

        As many as are looked for; where there are more, the last is `many` with the scope itself.
        """
        key = (scope.node.id, name)
        found = self._assigned.get(key)
        if found is None:
            found = self._assigned[key] = []
            for kind, node in self._assignments(name, scope):
                if len(found) >= _ASSIGNMENTS_MAX:
                    found.append(("many", scope.node))
                    break
                found.append((kind, node))
        return found

    def _assignments(self, name: str, scope: Scope) -> Iterator[tuple[str, Node]]:
        size = len(name.encode("utf-8", errors="replace"))
        wide = scope.node.end_byte - scope.node.start_byte > _WIDE_BYTES
        if size <= _SHORT and wide and scope.names.get(name):
            return  # a bundler's name in most of a file: it is what it was declared with
        for place in self.uses(name, scope.node, _HITS_MAX):
            stepped = self.data[place - 2 : place] in (b"++", b"--")
            if (
                not (stepped or _CHANGED.match(self.data, place + size))
                or self.data[place - 1 : place] == b"." != self.data[place - 2 : place - 1]
            ):
                continue
            node = self.at(place, place + size)
            if node.type not in _LEAVES or self.declaring(name, node) is not (
                scope if scope.names.get(name) is not None else None
            ):
                continue
            yield from self._change(node)

    def _change(self, node: Node) -> Iterator[tuple[str, Node]]:
        """How the expression around a name changes what the name stands for."""
        inner, around = node, self.parent(node)
        depth = 0
        while around is not None and around.type in ("member_expression", "subscript_expression") and depth < 8:
            if self.field(around, "object") != inner:
                return
            inner, around, depth = around, self.parent(around), depth + 1
        if around is None:
            return
        if around.type in ("assignment_expression", "augmented_assignment_expression"):
            right = self.field(around, "right")
            if right is None or self.field(around, "left") != inner:
                return
            if depth:
                yield "part", around
            else:
                operator = self.field(around, "operator")
                yield ("=" if operator is None or self.text(operator) != "+=" else "+="), right
        elif around.type == "update_expression" and not depth:
            yield "step", around
        elif around.type == "call_expression" and depth:
            for each in self.arguments(around):
                yield "push", each
        elif around.type == "for_in_statement" and not depth:
            right = self.field(around, "right")
            if right is not None and self.field(around, "left") == inner:
                yield "element", right
