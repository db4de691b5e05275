"""Tables of texts, as obfuscators put them in front of a file: each text is fetched by a number, and the table was turned before.

The table is turned as the file would turn it: so often, or until a sum of numbers in it is the one that is given. Its texts may
be in base64 with the letters of another order, and enciphered with RC4 under a key of each call's own. Nothing is executed.
"""

import base64
import re
from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from tree_sitter import Node

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript.callers import Callers
from pratique.facts.scan.languages.javascript.folding import number_of
from pratique.facts.scan.languages.javascript.frames import Frame
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import UNKNOWN, Value

_TURNED: Final = re.compile(rb"push['\"]?\]?\s*\(\s*[\w$]+\s*(?:\.\s*|\[\s*['\"])shift")
_OFFSET: Final = re.compile(rb"[{,;]\s*([\w$]+)\s*=\s*\1\s*-\s*([^;,{}]{1,300}?)\s*[;,]")
_FROM_CALL: Final = re.compile(rb"(?:const|let|var)\s+[\w$]+\s*=\s*([\w$]+)\s*\(\s*\)")
_FROM_NAME: Final = re.compile(rb"(?:const|let|var)\s+[\w$]+\s*=\s*([\w$]+)\s*\[")
_OTHER_ORDER: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="
_USUAL_ORDER: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_CIPHER: Final = re.compile(rb"charCodeAt['\"]?\]?\s*\([^()]{1,80}\)\s*\^")
_FUNCTION_BYTES_MAX: Final = 8_000
_TEXTS_MAX: Final = 20_000
_TURNS_MAX: Final = 20_000
_LEADING: Final = re.compile(r"\s*([-+]?\d+)")
_SUM: Final = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}
_DEPTH_MAX: Final = 60
_KEY: Final = "key:"

Fetch: TypeAlias = Callable[[int, str], str]
"""A text by its place in the table and its key."""


@dataclass(slots=True)
class Table:
    """The texts in the order in which they are fetched, and what a fetched one goes through."""

    texts: list[str]
    offset: int
    base64: bytes = b""
    cipher: bool = False
    asked: bool = False

    def fetch(self, given: list[Value]) -> Value:
        """The text for a number, and its key where it has one; while the table is being turned, the place instead."""
        place = number_of(given[0]) if given else None
        if place is None:
            return UNKNOWN
        index = int(place) - self.offset
        key = given[1].text if len(given) > 1 else ""
        if self.asked:
            return Value(index, name=f"{_KEY}{key}")
        if not 0 <= index < len(self.texts):
            return UNKNOWN
        text = self.decoded(self.texts[index], key)
        return Value(text, frozenset({"obf.split_strings"}), how=How.RESOLVED)

    def decoded(self, text: str, key: str) -> str:
        """A text of the table without its encoding."""
        if not self.base64:
            return text
        plain = text.encode("latin-1", errors="replace").translate(bytes.maketrans(self.base64, _USUAL_ORDER))
        try:
            data = base64.b64decode(plain + b"=" * (-len(plain) % 4))
        except ValueError:
            return text
        found = data.decode("utf-8", errors="replace")
        return _deciphered(found, key) if self.cipher and key else found


def _deciphered(text: str, key: str) -> str:
    """RC4 over the characters of a text."""
    state = list(range(256))
    swap = 0
    for place in range(256):
        swap = (swap + state[place] + ord(key[place % len(key)])) % 256
        state[place], state[swap] = state[swap], state[place]
    out: list[str] = []
    one = two = 0
    for each in text:
        one = (one + 1) % 256
        two = (two + state[one]) % 256
        state[one], state[two] = state[two], state[one]
        out.append(chr(ord(each) ^ state[(state[one] + state[two]) % 256]))
    return "".join(out)


class Tables(Callers, ABC):
    """Finds tables behind the functions that fetch from them."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self._tables: dict[int, Table | None] = {}
        self._turns: bool | None = None

    def table(self, function: Node) -> Table | None:
        """The table that a function fetches from; None for a function that is none of that kind."""
        if function.id not in self._tables:
            self._tables[function.id] = None
            if self._turns is None:
                self._turns = _TURNED.search(self.data) is not None
            found = self._fetched_from(function) if self._turns else None
            self._tables[function.id] = found
            if found is not None and not self._turned(found, function):
                self._tables[function.id] = None
        return self._tables[function.id]

    def _fetched_from(self, function: Node) -> Table | None:
        body = self.data[function.start_byte : min(function.end_byte, function.start_byte + _FUNCTION_BYTES_MAX)]
        offset = _OFFSET.search(body)
        holder = _FROM_CALL.search(body) or _FROM_NAME.search(body)
        if offset is None or holder is None or function.end_byte - function.start_byte > _FUNCTION_BYTES_MAX:
            return None
        texts = self._texts_of(holder[1].decode("latin-1"), function)
        start, end = (function.start_byte + each for each in offset.span(2))
        number = number_of(self.value(self._covering(start, end), Frame(function, [])))
        if texts is None or number is None:
            return None
        order = _OTHER_ORDER if _OTHER_ORDER in body else _USUAL_ORDER if _USUAL_ORDER in body else b""
        return Table(texts, int(number), order, bool(order) and _CIPHER.search(body) is not None)

    def _covering(self, start: int, end: int) -> Node:
        node = self.at(start, end)
        around = self.parent(node)
        while around is not None and around.start_byte >= start and around.end_byte <= end:
            node, around = around, self.parent(around)
        return node

    def _texts_of(self, name: str, near: Node) -> list[str] | None:
        """The texts of an array of that name, or of the one in a function of that name."""
        scope = self.declaring(name, near)
        bindings = scope.names.get(name, []) if scope is not None else []
        for each in bindings:
            node = self._array_in(each.node)
            if node is not None:
                items = [self.value(part) for part in self.parts(node)[:_TEXTS_MAX]]
                if items and all(isinstance(item.constant, str) for item in items):
                    return [item.text for item in items]
        return None

    def _array_in(self, node: Node) -> Node | None:
        waiting = [node]
        for _ in range(_DEPTH_MAX):
            if not waiting:
                return None
            each = waiting.pop(0)
            if each.type == "array" and each.named_child_count > 1:
                return each
            waiting += self.parts(each)[:8]
        return None

    def _turned(self, table: Table, function: Node) -> bool:
        """Turn the table as the file does; whether it is known how."""
        for hit in _TURNED.finditer(self.data):
            call = self._turning(self.at(hit.start(), hit.start() + 1))
            if call is None:
                continue
            given = self.arguments(call)
            times = number_of(self.value(given[1])) if len(given) > 1 else None
            if times is None:
                continue
            total = self._sum_in(call)
            if total is None:
                count = int(times) % max(len(table.texts), 1)
                table.texts = table.texts[count:] + table.texts[:count]
                return True
            return self._turned_until(table, total, times, function)
        return False

    def _turning(self, node: Node) -> Node | None:
        """The call of the function, written where it is called, in which the table is turned."""
        around: Node | None = node
        for _ in range(_DEPTH_MAX):
            around = self.parent(around) if around is not None else None
            if around is None:
                return None
            if around.type in FUNCTIONS:
                outer, call = self.outside(around)
                if call is not None and call.type == "call_expression" and self.field(call, "function") == outer:
                    return call
        return None

    def _sum_in(self, call: Node) -> Node | None:
        """The sum over the table's texts that tells whether it has been turned enough."""
        place = self.data.find(b"parseInt", call.start_byte, call.end_byte)
        if place < 0:
            return None
        node: Node | None = self.at(place, place + 1)
        found = None
        while node is not None and node.type in (
            "identifier",
            "call_expression",
            "unary_expression",
            "binary_expression",
            "parenthesized_expression",
        ):
            found, node = node, self.parent(node)
        return found

    def _turned_until(self, table: Table, total: Node, target: float, function: Node) -> bool:
        table.asked = True
        try:
            compute = self._summed(total, Frame(function, []), 0)
        finally:
            table.asked = False
        size = len(table.texts)
        doubled = table.texts * 2
        if compute is None or not size:
            return False
        for turn in range(min(size, _TURNS_MAX)):
            try:
                found = compute(lambda place, key, turn=turn: table.decoded(doubled[place % size + turn], key))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            except (ValueError, ZeroDivisionError):
                continue
            if round(found) == round(target):
                table.texts = doubled[turn : turn + size]
                return True
        return False

    def _summed(self, node: Node, frame: Frame, depth: int) -> "Callable[[Fetch], float] | None":
        """A sum as a function of the table's texts by their places."""
        if depth > _DEPTH_MAX:
            return None
        if node.type == "parenthesized_expression":
            return self._summed(self.parts(node)[0], frame, depth + 1)
        if node.type == "unary_expression" and self.data[node.start_byte : node.start_byte + 1] == b"-":
            inner = self._summed(self.parts(node)[-1], frame, depth + 1)
            return None if inner is None else lambda fetch: -inner(fetch)
        if node.type == "binary_expression":
            operator = self.field(node, "operator")
            compute = _SUM.get(self.text(operator)) if operator is not None else None
            left, right = self.field(node, "left"), self.field(node, "right")
            if compute is None or left is None or right is None:
                return None
            one, two = self._summed(left, frame, depth + 1), self._summed(right, frame, depth + 1)
            return None if one is None or two is None else lambda fetch: compute(one(fetch), two(fetch))
        if node.type == "call_expression" and self.text(self.field(node, "function") or node) == "parseInt":
            fetched = self.value(self.arguments(node)[0], frame) if self.arguments(node) else UNKNOWN
            place, key = number_of(fetched), fetched.name.removeprefix(_KEY)
            return None if place is None else lambda fetch: _leading(fetch(int(place), key))
        number = number_of(self.value(node, frame))
        return None if number is None else lambda _: number


def _leading(text: str) -> float:
    """The number that a text begins with. Raises `ValueError` for one that begins with none."""
    found = _LEADING.match(text)
    if found is None:
        raise ValueError(text)
    return int(found[1])
