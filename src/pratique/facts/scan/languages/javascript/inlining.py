"""Functions of a file, gone into with what they are called with; also over the elements of a list that is known."""

import re
from abc import ABC
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript import folding, functions
from pratique.facts.scan.languages.javascript.frames import Frame, either
from pratique.facts.scan.languages.javascript.labelling import Labelling
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.languages.javascript.unpacking import PACKER, unpacked
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import UNKNOWN, Value, joined

_INLINED_DEPTH_MAX: Final = 6
_INLINED_MAX: Final = 6_000
_MAPPED_MAX: Final = 3_000
_PACKED_MIN: Final = 4
_HEAD_CHARACTERS: Final = 80
INTEROP: Final = re.compile(
    r"(?:\(0,\s*)?(?:[\w$]{1,40}\.)?(?:_?interopRequire|__toESM|__importStar|__importDefault|__toCommonJS|_interop)"
)
"""How compilers call what wraps a module so that it can be imported in two ways."""


class Inlining(Labelling, ABC):
    """Goes into functions."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self._inlined = 0

    def _own(self, name: str, given: list[Value], frame: Frame | None) -> Value:
        """A function of the file, gone into with what it is called with."""
        base, _, last = name.partition(".")
        if last == "bind":
            return Value(name=base)
        node, made_in = self.things[base]
        if INTEROP.match(self.named(node)) and given:
            return given[0]
        if len(given) >= _PACKED_MIN and PACKER.match(self.text(node)[:_HEAD_CHARACTERS]):
            text = unpacked(given)
            if text is not None:
                return Value(text, joined(given).labels, how=How.DECODED)
        table = self.table(node) if given else None
        if table is not None:
            return table.fetch(given)
        depth = frame.depth if frame is not None else 0
        self._inlined += 1
        self.left -= 1
        if self.left <= 0 or depth >= _INLINED_DEPTH_MAX or self._inlined > _INLINED_MAX or node.type not in FUNCTIONS:
            return joined(given)
        inner = Frame(node, given, made_in, depth + 1)
        found = either([self.value(each, inner) for each in self.scope(node).returns])
        if not found.name and len(given) == 1 and given[0].name in ("child_process", "fs", "https", "http", "os"):
            return given[0]  # a wrapper of a module is taken for the module
        return found

    def _mapped(self, value: Value, name: str, given: list[Value]) -> Value | None:
        """A function over the elements of a list that is known."""
        items = value.items if value.items is not None else folding.elements(value)
        function = given[0] if given else UNKNOWN
        if items is None or len(items) > _MAPPED_MAX or name in ("some", "every", "find", "findIndex", "filter"):
            return None
        if name == "reduce":
            return self._reduced(items, function, given)
        made: list[Value] = []
        for index, item in enumerate(items):
            if function.name.startswith("def:"):
                made.append(self._own(function.name, [item, Value(index), value], None))
            else:
                done = functions.called(function.name, [item])
                if done is None:
                    return None
                made.append(done)
        if name == "flatMap":
            made = [inner for each in made for inner in (each.items if each.items is not None else [each])]
        return UNKNOWN if name == "forEach" else Value(labels=value.labels, items=made, how=How.RESOLVED)

    def _reduced(self, items: list[Value], function: Value, given: list[Value]) -> Value | None:
        if not function.name.startswith("def:") or len(items) > _MAPPED_MAX // 4:
            return None
        found = given[1] if len(given) > 1 else UNKNOWN
        for index, item in enumerate(items):
            found = self._own(function.name, [found, item, Value(index)], None)
        return found
