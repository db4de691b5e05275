"""Ways through a tree: what stands where, what is around it, and in which function."""

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

FUNCTIONS: Final = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
        "class_static_block",
    }
)
"""Nodes that open a scope of names."""
_WRAPPERS: Final = frozenset(
    {
        "parenthesized_expression",
        "await_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "spread_element",
    }
)
"""Nodes that stand for what is in them."""


_WORD: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_INSIDE_WORDS: Final = 8


class Syntax:
    """A tree with the way upwards. A parent is remembered once it was passed; of others it is looked for from the root."""

    def __init__(self, data: bytes, root: Node) -> None:
        self.data = data
        self.root = root
        self._parents: dict[int, Node] = {}
        self._functions: dict[int, Node] = {}

    def text(self, node: Node) -> str:
        """What a node covers, as text."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", errors="replace")

    def line(self, node: Node) -> int:
        """The line a node begins in, from 1."""
        return node.start_point[0] + 1

    def at(self, start: int, end: int) -> Node:
        """The innermost node that covers the bytes from `start` to `end`."""
        cursor = self.root.walk()
        node = self.root
        while cursor.goto_first_child_for_byte(start) is not None:
            inner = cursor.node
            if inner is None or inner.start_byte > start or inner.end_byte < end:
                break
            self._parents[inner.id] = node
            node = inner
        return node

    def parent(self, node: Node) -> Node | None:
        """The node around a node; None of the root, and of one that covers nothing."""
        found = self._parents.get(node.id)
        if found is None and node.id != self.root.id:
            self.at(node.start_byte, node.end_byte)
            found = self._parents.get(node.id)
        return found

    def uses(self, name: str, area: Node, limit: int) -> Iterator[int]:
        """Where a name stands as a whole word in what a node covers; about `limit` places are looked at."""
        word, start, end = name.encode("utf-8", errors="replace"), area.start_byte, area.end_byte
        data, size, steps = self.data, len(word), limit * _INSIDE_WORDS
        place = data.find(word, start, end) if size else -1
        while place >= 0 and steps:
            steps -= 1
            after = place + size
            if (not place or data[place - 1] not in _WORD) and (after >= len(data) or data[after] not in _WORD):
                yield place
            place = data.find(word, after, end)

    def field(self, node: Node, name: str) -> Node | None:
        """A part of a node by its name in the grammar."""
        found = node.child_by_field_name(name)
        if found is not None:
            self._parents[found.id] = node
        return found

    def parts(self, node: Node) -> list[Node]:
        """The named parts of a node, without comments."""
        found = [each for each in node.named_children if each.type != "comment"]
        for each in found:
            self._parents[each.id] = node
        return found

    def function(self, node: Node) -> Node:
        """The innermost function around a node; the root where there is none."""
        way = []
        around = self.parent(node)
        found = self.root
        while around is not None:
            known = self._functions.get(around.id)
            if around.type in FUNCTIONS or known is not None:
                found = around if around.type in FUNCTIONS else known or found
                break
            way.append(around)
            around = self.parent(around)
        for each in way:
            self._functions[each.id] = found
        return found

    def outside(self, node: Node) -> tuple[Node, Node | None]:
        """The outermost node that stands for the same expression, and what is around that."""
        around = self.parent(node)
        while around is not None and around.type in _WRAPPERS:
            node, around = around, self.parent(around)
        return node, around

    def arguments(self, call: Node) -> list[Node]:
        """The arguments of a call or a construction; of a tagged template, the template."""
        given = self.field(call, "arguments")
        if given is None:
            return []
        return self.parts(given) if given.type == "arguments" else [given]
