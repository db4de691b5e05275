"""A JavaScript or TypeScript file: where to begin in it, and what is told of it. Nothing is executed."""

import re
from collections import Counter
from itertools import chain
from typing import Final

from tree_sitter import Node

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.javascript import hooks, literals, places
from pratique.facts.scan.languages.javascript.following import Following
from pratique.facts.scan.languages.javascript.source import Source, is_broken, source_of
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import NOT_KNOWN, Value

_NAMED: Final = (
    places.GLOBAL,
    places.MEMBER,
    places.METHOD,
    places.CONSTRUCTOR,
    places.TIMER,
    places.REQUIRED,
    places.COMPUTED,
)
_AFTER_DOT: Final = (places.METHOD, places.CONSTRUCTOR)
_HITS_MAX: Final = 4_000
_SAME_TEXT_MAX: Final = 3
_TEXT_BYTES_MIN: Final = 5
_REQUIRING: Final = re.compile(r"require", re.IGNORECASE)
_CLIMB_MAX: Final = 40
_JUMPS_MAX: Final = 12
_PUT_TOGETHER: Final = frozenset(
    {"binary_expression", "call_expression", "member_expression", "parenthesized_expression"}
)


def read(content: Content, reader: Reader) -> None:
    """Tell of what a file does. Raises `InvalidInput` for what is no JavaScript."""
    source = source_of(content)
    if is_broken(source):
        reader.emit("pkg.unparsable", 1)
    module = Module(reader, source)
    try:
        module.look()
    except RecursionError as error:
        raise LimitExceeded("nested too deeply to be followed") from error
    except LimitExceeded as error:
        reader.reading.problem(str(error))


class Module(Following):
    """One file on its way through."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self._source = source

    def look(self) -> None:
        """Begin everywhere, and follow."""
        self._texts()
        self._imports()
        for pattern in _NAMED:
            self._hits(pattern)
        self._escaped()
        self._externals()
        self.follow()
        self._split()
        self.follow()
        self._signs()
        hooks.look(self)

    def _signs(self) -> None:
        """Code that is written with signs only; there is no other way to run it than as a text."""
        for hit in places.SIGNS.finditer(self.data):
            if hit[0].strip() and (b"[]" in hit[0] or b"=" in hit[0]):
                node = self.at(hit.start(), hit.start() + 1)
                self.emit("code.exec", node, how=How.DECODED, inputs=frozenset({"decode.charcodes"}), text="signs only")
                return

    def _texts(self) -> None:
        """Every text: what it says, the modules it names, and what is hidden in it."""
        seen: Counter[bytes] = Counter()
        kept: dict[bytes, bool] = {}
        for node in self._source.texts():
            raw = self.data[node.start_byte : node.end_byte]
            worth = kept.get(raw)
            if worth is None:
                worth = kept[raw] = self._is_worth(raw)
            if not worth:
                continue
            seen[raw] += 1
            text = literals.unescaped(raw[1:-1].decode("utf-8", errors="replace"))
            name = text.removeprefix("node:")
            if name in places.MODULE_NAMES and name:
                self._module_named(node)
            if seen[raw] <= _SAME_TEXT_MAX:
                self.value(node)
                self._invisible(text, node)

    def _is_worth(self, raw: bytes) -> bool:
        if len(raw) < _TEXT_BYTES_MIN - 1:
            return False
        inner = raw[1:-1]
        if b"\\" in inner and literals.is_spelled(inner.decode("utf-8", errors="replace")):
            return True
        text = inner.decode("utf-8", errors="replace")
        return (
            text.removeprefix("node:") in places.MODULE_NAMES
            or bool(self.reader.labels_of(inner))
            or literals.is_blob(text)
            or b"\xef\xb8" in inner
            or b"\xf3\xa0" in inner
        )

    def _module_named(self, node: Node) -> None:
        """A text that may be the name of a module: the call that gets it is followed if it is `require`."""
        around = self.parent(node)
        if around is None or around.type != "arguments":
            return
        call = self.parent(around)
        callee = None if call is None else self.field(call, "function")
        if call is None or callee is None:
            return
        if (
            callee.type == "import"
            or self.value(callee).name in ("require", "process.binding")
            or _REQUIRING.search(self.text(callee)[-40:])
        ):
            self.told(call, Value(name="require"), self.given(call, None))
            self.enter(call)

    def _imports(self) -> None:
        scope = self.scope(self.root)
        for name, bindings in list(scope.names.items()):
            for each in bindings:
                if each.kind == "module":
                    module = self.source_of(each.node).removeprefix("node:")
                    if module in places.MODULE_NAMES:
                        self.told(each.node, Value(name="require"), [Value(module)])
                        self.imported(name, scope)

    def _hits(self, pattern: "re.Pattern[bytes]") -> None:
        slow = pattern is places.CONSTRUCTOR
        hits = places.near(pattern, places.OF_CONSTRUCTOR, self.data) if slow else pattern.finditer(self.data)
        for count, hit in enumerate(hits):
            if count >= _HITS_MAX:
                self.reader.reading.problem("it has more places to begin than are looked at")
                return
            start, end = hit.span(hit.lastindex or 1)
            if pattern not in _AFTER_DOT and not places.stands_alone(self.data, start):
                continue
            node = self.at(start, end) if pattern is places.MEMBER else self.at(end - 1, end)
            if node.type in ("property_identifier", "string", "string_fragment"):
                around = self.parent(node)
                while around is not None and around.type == "string":
                    around = self.parent(around)
                if around is None or around.type not in ("member_expression", "subscript_expression"):
                    continue
                node = around
            elif node.type not in ("identifier", "this", "import", "member_expression"):
                continue
            if node.type == "import":
                around = self.parent(node)
                while around is not None and around.type == "import":
                    around = self.parent(around)
                if around is not None and around.type == "call_expression":
                    self._site(around, "function")
                continue
            self._begin(node, pattern)

    def _begin(self, node: Node, pattern: "re.Pattern[bytes]") -> None:
        """Follow what stands here, if it is what its letters say."""
        value = self.asked(node)
        if value.name == "process.env":
            self._environment(node)
            return
        if not self.leads(value) and pattern not in (places.METHOD, places.COMPUTED):
            return
        self.enter(node)

    def _environment(self, node: Node) -> None:
        """The environment: one variable of it, or the whole."""
        outer, around = self.outside(node)
        if around is None:
            return
        if around.type in ("member_expression", "subscript_expression") and self.field(around, "object") == outer:
            found = self.value(around)
            for label in found.labels & {"read.env_secret", "read.ci_token", "read.host_info", "read.env_all"}:
                self.emit(label, around, text=self.text(around))
            return
        if around.type == "variable_declarator":
            target = self.field(around, "name")
            if (
                target is not None
                and target.type == "object_pattern"
                and b"..." not in self.data[target.start_byte : target.end_byte]
            ):
                return
        if around.type in ("binary_expression", "assignment_expression") and self.field(around, "left") == outer:
            return
        self.emit("read.env_all", node, text="process.env")

    def _escaped(self) -> None:
        """Names that are spelled in escapes."""
        for count, hit in enumerate(places.ESCAPED.finditer(self.data)):
            if count >= _HITS_MAX:
                return
            node = self.at(hit.start(), hit.end())
            if node.type not in ("identifier", "property_identifier"):
                continue
            name = literals.unescaped(self.text(node))
            self.emit("decode.escapes", node, how=How.RESOLVED, text=name)
            around = self.parent(node)
            self.enter(around if node.type == "property_identifier" and around is not None else node)

    def _externals(self) -> None:
        """Modules that a bundler gave numbers."""
        for key, name in self.externals.items():
            if name.removeprefix("node:") not in places.MODULE_NAMES:
                continue
            pattern = re.compile(
                rb"(?<=[\w$])\((?:\"|')?(" + re.escape(key.encode("utf-8", errors="replace")) + rb")(?:\"|')?\)"
            )
            for count, hit in enumerate(pattern.finditer(self.data)):
                if count >= _HITS_MAX:
                    return
                around = self.parent(self.at(hit.start(1), hit.end(1)))
                while around is not None and around.type in ("string", "arguments"):
                    around = self.parent(around)
                if around is not None and around.type == "call_expression":
                    self.enter(around)

    def _split(self) -> None:
        """Texts put together from constants: what they say, and what is done with those that say something telling."""
        hits = chain(places.SPLIT.finditer(self.data), places.JOINED.finditer(self.data))
        ends = sorted((hit.end() for hit, _ in zip(hits, range(_HITS_MAX), strict=False)), reverse=True)
        reached = len(self.data) + 1
        for end in ends:  # from behind: the last sign of a row is that of the whole
            if end > reached:
                continue
            outer = self._whole(self.at(end - 1, end))
            if outer is None:
                continue
            reached = outer.start_byte
            value = self.asked(outer, jumps=_JUMPS_MAX)
            if isinstance(value.constant, str) and value.how is not How.LITERAL:
                self._made(outer, value)

    def _whole(self, node: Node) -> Node | None:
        """The expression by which a text is put together, a part of which is at a node."""
        for _ in range(_CLIMB_MAX):
            around = self.parent(node)
            if around is None or around.type not in _PUT_TOGETHER:
                break
            if around.type == "call_expression" and self.field(around, "function") != node:
                break
            node = around
        return node if node.type in _PUT_TOGETHER else None

    def _made(self, node: Node, value: Value) -> None:
        outer, around = self.outside(node)
        if value.constant is NOT_KNOWN or around is None:
            return
        text = value.text.strip()
        index = around.type == "subscript_expression" and self.field(around, "index") == outer
        if index:
            self.enter(around)
        elif text in places.TELLING or text.removeprefix("node:") in places.MODULE_NAMES:
            self.enter(node)

    def _invisible(self, text: str, node: Node) -> None:
        """What variation selectors spell: the first sixteen and the others, each a byte (Unicode 16, section 23.4)."""
        for hit in places.INVISIBLE.finditer(text):
            data = bytes(
                point - 0xFE00 if point <= 0xFE0F else (point - 0xE0100 + 16) & 0xFF for point in map(ord, hit[0])
            )
            self.emit("decode.cipher", node, how=How.DECODED, inputs=frozenset({"obf.invisible"}))
            self.embedded(
                node,
                Value(data.decode("utf-8", errors="replace"), frozenset({"decode.cipher"}), how=How.DECODED),
                frozenset({"decode.cipher"}),
            )
