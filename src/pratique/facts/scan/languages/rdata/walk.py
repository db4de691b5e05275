"""A serialised R object walked from its first item to its last (R Internals, 1.8; `ReadItem` of serialize.c). It is never made.

Code is kept as trees of `Node`, data as `None`, short texts and numbers as themselves. Items are nested as deep as data like, so
they are read by generators that a loop keeps on a stack of its own.
"""

from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.scan.languages.rdata.items import (
    ALONE,
    CODE_PAIRS,
    PAIRED,
    Found,
    Kind,
    Node,
    Reading,
    Thing,
    names_in,
)
from pratique.facts.scan.languages.rdata.stream import Stream
from pratique.model import limits

_TEXT_BYTES_MAX: Final = 65_536
_KEPT_ITEMS_MAX: Final = 64
_CELLS_MAX: Final = 4_096
_HAS_ATTRIBUTES: Final = 1 << 9
_HAS_TAG: Final = 1 << 10
_LEVELS: Final = 12
_ACTIVE: Final = 1 << 15


class Walk:
    """One walk through a stream. `top` are the names of a workspace's variables with what they are."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.found = Found()
        self.top: dict[str, Thing] = {}
        self._references: list[Thing] = []
        self._code: dict[int, Thing] = {}
        self._steps = 0
        self._bindings = 0
        self._readers = {
            Kind.SYMBOL: self._symbol,
            Kind.PERSISTENT: self._named,
            Kind.PACKAGE: self._named,
            Kind.NAMESPACE: self._named,
            Kind.ENVIRONMENT: self._environment,
            Kind.POINTER: self._pointer,
            Kind.WEAK: self._weak,
            Kind.SPECIAL: self._primitive,
            Kind.BUILTIN: self._primitive,
            Kind.TEXT: self._text,
            Kind.LOGICAL: self._logical,
            Kind.INTEGER: self._integer,
            Kind.REAL: self._real,
            Kind.COMPLEX: self._complex,
            Kind.TEXTS: self._texts,
            Kind.LIST: self._list,
            Kind.EXPRESSION: self._list,
            Kind.BYTE_CODE: self._byte_code,
            Kind.RAW: self._raw,
            Kind.OBJECT: self._object,
            Kind.ALTERNATIVE: self._alternative,
        }

    def walk(self) -> None:
        """Read the whole. Raises `InvalidInput` for a stream that breaks off, or holds what none of R's versions write."""
        found = self._run(self._item())
        self._place(found)
        if isinstance(found, Node) and found.kind is Kind.CLOSURE:
            self.found.functions.append(("", found))
        if self.stream.workspace and isinstance(found, Node) and found.kind is Kind.PAIRS:
            self.top = dict(zip(found.tags, found.items, strict=True))

    def _run(self, first: Reading) -> Thing:
        stack = [first]
        result: Thing = None
        while stack:
            try:
                following = stack[-1].send(result)
            except StopIteration as done:
                stack.pop()
                result = done.value
            else:
                stack.append(following)
                result = None
            self._steps += 1
            if self._steps > limits.SCAN_STEPS_MAX * 4:
                raise InvalidInput("it has more items than are followed")
        return result

    def _place(self, value: Thing) -> None:
        """A value where data stand: a promise there is forced as soon as anybody looks at it."""
        if isinstance(value, Node) and value.kind is Kind.PROMISE:
            self.found.forced.append(value)

    def _item(self) -> Reading:
        flags = self.stream.integer()
        try:
            kind = Kind(flags & 0xFF)
        except ValueError as error:
            raise InvalidInput(f"an item of the type {flags & 0xFF}, which is not known here") from error
        if kind in PAIRED:
            return (yield self._pairs(kind, flags))
        if kind in ALONE:
            return Node(kind) if kind is not Kind.NIL_VALUE and kind is not Kind.NIL else None
        if kind is Kind.REFERENCE:
            return self._referred(flags)
        reader = self._readers.get(kind)
        if reader is None:
            raise InvalidInput(f"an item of the type {kind.name.lower()} where none may be")
        found: Thing = yield reader(flags)
        if kind is not Kind.ALTERNATIVE and kind is not Kind.ENVIRONMENT and flags & _HAS_ATTRIBUTES:
            yield self._attributes()
        return found

    def _attributes(self) -> Reading:
        found: Thing = yield self._item()
        if isinstance(found, Node) and found.kind is Kind.PAIRS:
            for value in found.items:
                self._place(value)
        else:
            self._place(found)
        return None

    def _referred(self, flags: int) -> Thing:
        place = flags >> 8
        if place == 0:
            place = self.stream.integer()
        if not 0 < place <= len(self._references):
            raise InvalidInput("it refers to what is not there")
        return self._references[place - 1]

    def _pairs(self, kind: Kind, flags: int) -> Reading:
        """A cell and all that follow it. A pair list of a call has its function first."""
        node = Node(kind)
        while True:
            if flags & _HAS_ATTRIBUTES:
                yield self._attributes()
            tag: Thing = None
            if flags & _HAS_TAG:
                tag = yield self._item()
            first: Thing = yield self._item()
            if kind is Kind.CLOSURE or kind is Kind.PROMISE:
                rest: Thing = yield self._item()
                node.items = [first, rest, tag]
                return self._ended(node)
            name = tag.text if isinstance(tag, Node) else ""
            self._cell(kind, name, first, flags)
            if len(node.items) < _CELLS_MAX:
                node.items.append(first)
                node.tags.append(name)
            before = self.stream.at
            flags = self.stream.integer()
            if flags & 0xFF not in (Kind.PAIRS, Kind.CALL, Kind.DOTS):
                self.stream.at = before
                yield self._item()
                return node

    def _cell(self, kind: Kind, name: str, value: Thing, flags: int) -> None:
        """A value in a pair list: a binding of an environment, a variable of a workspace, or an argument of a call."""
        if not isinstance(value, Node):
            return
        if value.kind is Kind.CLOSURE:
            active = bool((flags >> _LEVELS) & _ACTIVE)
            (self.found.active if active else self.found.functions).append((name, value))
        elif value.kind is Kind.PROMISE:
            waits = self._bindings or kind is not Kind.PAIRS
            (self.found.waiting if waits else self.found.forced).append(value)

    def _ended(self, node: Node) -> Thing:
        """A closure, or a promise; of one whose value is known already, nothing is run any more."""
        if node.kind is Kind.CLOSURE:
            node.items = node.items[:2]
            return node
        value, code, _ = node.items
        if not (isinstance(value, Node) and value.kind is Kind.UNBOUND):
            return None
        node.items = [code]
        return node

    def _symbol(self, flags: int) -> Reading:
        del flags
        found: Thing = yield self._item()
        node = Node(Kind.SYMBOL, found if isinstance(found, str) else "")
        self._references.append(node)
        return node

    def _named(self, flags: int) -> Reading:
        """A package, a namespace or a persistent name."""
        kind = Kind(flags & 0xFF)
        self.stream.integer()
        texts: list[str] = []
        for _ in range(self.stream.length()):
            found: Thing = yield self._item()
            texts.append(found if isinstance(found, str) else "")
        node = Node(kind, texts[0] if texts else "")
        self._references.append(node)
        return node

    def _environment(self, flags: int) -> Reading:
        del flags
        self.stream.integer()
        node = Node(Kind.ENVIRONMENT)
        self._references.append(node)
        yield self._item()
        self._bindings += 1
        yield self._item()
        yield self._item()
        self._bindings -= 1
        yield self._item()
        return node

    def _pointer(self, flags: int) -> Reading:
        del flags
        self._references.append(None)
        yield self._item()
        yield self._item()
        return None

    def _weak(self, flags: int) -> Reading:
        del flags
        self._references.append(None)
        return None
        yield

    def _primitive(self, flags: int) -> Reading:
        name = self.stream.octets(self.stream.length()).decode("utf-8", errors="replace")
        return Node(Kind(flags & 0xFF), name)
        yield

    def _text(self, flags: int) -> Reading:
        del flags
        return self._characters()
        yield

    def _characters(self) -> str | None:
        size = self.stream.integer()
        if size < 0:
            return None
        data = self.stream.octets(size)
        return data[:_TEXT_BYTES_MAX].decode("utf-8", errors="replace")

    def _logical(self, flags: int) -> Reading:
        del flags
        found = self.stream.integers(self.stream.length())
        return bool(found[0]) if len(found) == 1 else None
        yield

    def _integer(self, flags: int) -> Reading:
        del flags
        count = self.stream.length()
        found = self.stream.integers(count)
        return found[0] if count == 1 else list(found) if 0 < count <= _KEPT_ITEMS_MAX else None
        yield

    def _real(self, flags: int) -> Reading:
        del flags
        count = self.stream.length()
        found = self.stream.reals(count)
        return found[0] if count == 1 else list(found) if 0 < count <= _KEPT_ITEMS_MAX else None
        yield

    def _complex(self, flags: int) -> Reading:
        del flags
        self.stream.reals(self.stream.length() * 2)
        return None
        yield

    def _raw(self, flags: int) -> Reading:
        del flags
        self.stream.raw(self.stream.length())
        return None
        yield

    def _texts(self, flags: int) -> Reading:
        """A vector of texts; its elements are read here, for there may be millions of them."""
        del flags
        count = self.stream.length()
        kept: list[Thing] = []
        for _ in range(min(count, _KEPT_ITEMS_MAX)):
            if self.stream.integer() & (0xFF | _HAS_ATTRIBUTES) != Kind.TEXT:
                raise InvalidInput("a text is expected where there is none")
            kept.append(self._characters())
        self.stream.pass_texts(count - len(kept), int(Kind.TEXT))
        return kept[0] if count == 1 else kept if 0 < count <= _KEPT_ITEMS_MAX else None
        yield

    def _list(self, flags: int) -> Reading:
        kind = Kind(flags & 0xFF)
        node = Node(kind)
        for _ in range(self.stream.length()):
            value: Thing = yield self._item()
            if isinstance(value, Node) and value.kind is Kind.CLOSURE:
                self.found.functions.append(("", value))
            self._place(value)
            if kind is Kind.EXPRESSION and len(node.items) < _KEPT_ITEMS_MAX:
                node.items.append(value)
        return node if kind is Kind.EXPRESSION else None

    def _object(self, flags: int) -> Reading:
        del flags
        return None
        yield

    def _alternative(self, flags: int) -> Reading:
        """A vector in another form: its class, its state, its attributes."""
        del flags
        yield self._item()
        state: Thing = yield self._item()
        self._place(state)
        yield self._attributes()
        return None

    def _byte_code(self, flags: int) -> Reading:
        """Compiled code. Its first constant is the expression that it was compiled from."""
        del flags
        self.stream.length()
        outer, self._code = self._code, {}
        found: Thing = yield self._code_of()
        self._code = outer
        return found

    def _code_of(self) -> Reading:
        yield self._item()
        first: Thing = None
        used: set[str] = set()
        for place in range(self.stream.length()):
            kind = self.stream.integer()
            constant: Thing
            if kind == Kind.BYTE_CODE:
                constant = yield self._code_of()
            elif kind in CODE_PAIRS:
                constant = yield self._code_pair(kind)
            else:
                constant = yield self._item()
            if place == 0:
                first = constant
            elif isinstance(constant, Node) and constant.kind is Kind.SYMBOL:
                used.add(constant.text)
        self.found.unlike |= used - names_in(first)
        return first

    def _code_pair(self, kind: int) -> Reading:
        """A call among the constants of compiled code; parts that are there twice are written once and referred to."""
        if kind == Kind.CODE_REFERENCE:
            return self._code.get(self.stream.integer())
        node = Node(Kind.CALL)
        while True:
            place = -1
            if kind == Kind.CODE_DEFINITION:
                place = self.stream.integer()
                kind = self.stream.integer()
            if kind in (Kind.ATTRIBUTED_CALL, Kind.ATTRIBUTED_PAIRS):
                yield self._attributes()
            if not node.items and kind in (Kind.PAIRS, Kind.ATTRIBUTED_PAIRS):
                node.kind = Kind.PAIRS
            if place >= 0:
                self._code[place] = node
            tag: Thing = yield self._item()
            first_kind = self.stream.integer()
            first: Thing
            if first_kind in CODE_PAIRS:
                first = yield self._code_pair(first_kind)
            else:
                first = yield self._code_item(first_kind)
            node.items.append(first)
            node.tags.append(tag.text if isinstance(tag, Node) else "")
            kind = self.stream.integer()
            if kind not in CODE_PAIRS:
                yield self._code_item(kind)
                return node
            if kind == Kind.CODE_REFERENCE:
                rest = self._code.get(self.stream.integer())
                if isinstance(rest, Node) and len(node.items) + len(rest.items) <= _CELLS_MAX:
                    node.items += rest.items
                    node.tags += rest.tags
                return node

    def _code_item(self, kind: int) -> Reading:
        """A constant that is no call. Its type is told once more behind the one that was read."""
        del kind
        return (yield self._item())
