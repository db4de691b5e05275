"""Full names: of globals, modules and their members, of the environment's variables, and of what is reached by a computed name."""

import re
from abc import ABC
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript import folding
from pratique.facts.scan.languages.javascript.apis import CALLS, MODULES, RESULTS
from pratique.facts.scan.languages.javascript.frames import either
from pratique.facts.scan.languages.javascript.hosts import ALIKE, DANGEROUS, GLOBAL_OBJECTS, GLOBALS, HOST_VARIABLES
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.values import Values
from pratique.facts.scan.languages.javascript.words import words
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import NOT_KNOWN, UNKNOWN, Value

_NAME_CHARACTERS_MAX: Final = 200
_HITS_MAX: Final = 1_000
_DEFINED: Final = re.compile(rb"\s*\([^()]{0,400}\)\s*(?::[^{}]{0,100})?\{")
_ENVIRONMENT: Final = "process.env"
_PLAIN: Final = words(
    """length status statusCode ok code signal pid message stack name size type encoding byteLength statusText"""
)
"""Properties that carry nothing of what their object holds."""
_THROUGH: Final = frozenset({"default", "prototype", "promises", "__esModule"})
_FUNCTION_OF: Final = frozenset(
    {"<any>.constructor", "Function", "Object.constructor", "Array.constructor", "String.constructor"}
)
_SELF: Final = frozenset({"js.self"})
_RUNTIME: Final = frozenset({"js.runtime"})
_LABELLED: Final = {
    _ENVIRONMENT: frozenset({"read.env_all"}),
    "process.execPath": _RUNTIME,
    "process.argv0": _RUNTIME,
    "__filename": _SELF,
    "process.mainModule.filename": _SELF,
    "module.filename": _SELF,
    "require.main.filename": _SELF,
    "chrome.cookies": frozenset({"read.browser"}),
}
"""Names that carry a label without being called; those that begin with `js.` are for the view only."""
_RECEIVED: Final = frozenset(
    {"<incoming>.url", "<incoming>.body", "<incoming>.query", "<incoming>.params", "<incoming>.headers"}
)
_FETCHED: Final = frozenset({"<xhr>.responseText", "<xhr>.response", "<xhr>.ResponseBody", "<xhr>.ResponseText"})


class Names(Values, ABC):
    """Says what names and properties stand for."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        self._methods: dict[str, Value] = {}

    def free(self, name: str) -> Value:
        if name in GLOBAL_OBJECTS:
            return Value(name="globalThis")
        if name in GLOBALS:
            return Value(name=name, labels=_LABELLED.get(name, frozenset()))
        return UNKNOWN

    def module(self, name: str) -> Value:
        name = name.removeprefix("node:")
        if name.startswith(("http://", "https://")):
            return Value(labels=frozenset({"net.http"}) | self.reader.labels_of(name))
        if name.startswith((".", "/")) or not name or len(name) > _NAME_CHARACTERS_MAX:
            return UNKNOWN
        return Value(name=MODULES.get(name, name))

    def attribute(self, value: Value, name: str) -> Value:
        base = value.name
        if base.startswith("obj:"):
            found = self.of_object(value, name)
            return found if found is not None else Value(labels=self._extra(value), name=self._kept(name))
        if base == _ENVIRONMENT:
            return self._variable(name, value.how)
        if base == "globalThis":
            return self._global(name, value.how)
        if name == "constructor" and base.startswith("<any>.") and value.of is not None:
            return Value(name="Function", how=How.RESOLVED)  # of a method of a text or an array
        if name == "constructor" and base and (base in _FUNCTION_OF or base.startswith("def:") or base == "globalThis"):
            return Value(name="Function", how=How.RESOLVED if base in _FUNCTION_OF else value.how)
        if base.startswith(("def:", "class:", "new:")):
            return self._of_own(value, name)
        if base in ("", "this") or value.constant is not NOT_KNOWN or value.items is not None:
            return self._of_unknown(value, name)
        if base in ("exports", "module.exports") and name in self.properties:
            return self._of_property(name)
        if name in _THROUGH or len(base) > _NAME_CHARACTERS_MAX:
            return value
        full = f"{base}.{name}"
        full = ALIKE.get(full, full)
        labels = value.labels | _LABELLED.get(full, frozenset())
        if full in _FETCHED:
            labels |= {"net.http"}
        if full in _RECEIVED:
            labels |= {"net.received"}
        if full == _ENVIRONMENT:
            labels = _LABELLED[full]
        if name in _PLAIN and full not in CALLS:
            labels = frozenset()
        return Value(labels=labels, name=full, how=value.how)

    def _extra(self, value: Value) -> frozenset[str]:
        """Labels of an object that did not come from what is written in it."""
        node, frame = self.things[value.name]
        return value.labels - self.value(node, frame).labels

    def _kept(self, name: str) -> str:
        return self._of_property(name).name

    def _of_property(self, name: str) -> Value:
        """What is known of a property of that name, wherever in the file it is given a value."""
        nodes = self.properties.get(name)
        return either([self.value(node) for node in nodes]) if nodes else UNKNOWN

    def _of_own(self, value: Value, name: str) -> Value:
        if name in ("call", "apply", "bind"):
            return Value(name=f"{value.name}.{name}", labels=value.labels)
        return self._of_unknown(Value(labels=value.labels, name="this"), name)

    def _own_method(self, name: str) -> Value:
        """The method of that name, if the file's classes have one."""
        found = self._methods.get(name)
        if found is None:
            found = self._methods[name] = UNKNOWN
            nodes = []
            size = len(name.encode("utf-8", errors="replace"))
            for place in self.uses(name, self.root, _HITS_MAX):
                if self.data[place - 1 : place] == b"." or not _DEFINED.match(self.data, place + size):
                    continue
                around = self.parent(self.at(place, place + size))
                if around is not None and around.type == "method_definition" and self._is_name(around, place):
                    nodes.append(around)
            if len(nodes) == 1:
                found = self._methods[name] = self.thing(nodes[0], None)
        return found

    def _is_name(self, method: Node, start: int) -> bool:
        name = self.field(method, "name")
        return name is not None and name.start_byte == start

    def _of_unknown(self, value: Value, name: str) -> Value:
        if name in _PLAIN:
            return UNKNOWN
        if value.name in ("", "this") and value.constant is NOT_KNOWN and value.items is None:
            found = self._of_property(name)
            if found is UNKNOWN and value.name:
                found = self._own_method(name)
            if found is not UNKNOWN:
                return Value(found.constant, found.labels | value.labels, found.name, found.items, found.how)
        of = value if value.constant is not NOT_KNOWN or value.items is not None else None
        return Value(labels=value.all_labels(), name=f"<any>.{name}", of=of, how=How.LITERAL)

    def _global(self, name: str, how: How) -> Value:
        if name in GLOBAL_OBJECTS:
            return Value(name="globalThis", how=how)
        if name == "constructor":
            return Value(name="<any>.constructor", how=how)
        if name not in GLOBALS:
            found = self._implicit(name)
            return found if found is not UNKNOWN else Value(name=f"<any>.{name}")
        return Value(name=name, how=how)

    def _variable(self, name: str, how: How) -> Value:
        """One variable of the environment; its name may say that it is a secret."""
        if name in ("toString", "hasOwnProperty", "get", "toObject"):
            return Value(
                name="process.env.get", labels=_LABELLED[_ENVIRONMENT] if name.startswith("to") else frozenset()
            )
        labels = self.reader.labels_of(name) | {"read.env"}
        if name in HOST_VARIABLES:
            labels |= {"read.host_info"}
        return Value(labels=labels, name="", how=how)

    def indexed(self, value: Value, index: Value) -> Value:
        element = folding.element(value, index)
        if element is not None:
            return element
        name = index.constant
        if isinstance(name, str) and index.known:
            return self._computed(value, name, index.how)
        if value.name == _ENVIRONMENT:
            every = "read.env_all" in index.labels
            return Value(labels=index.all_labels() | {"read.env_all" if every else "read.env"})
        labels = value.all_labels() | index.all_labels()
        if value.name in ("globalThis", "this", "require", "module", "child_process"):
            return Value(labels=labels, name="<computed>", how=How.RESOLVED)
        return Value(labels=labels, name="<any>.<computed>" if value.name.startswith("<") else "")

    def _computed(self, value: Value, name: str, how: How) -> Value:
        """A property by a name that was put together: if it is a dangerous one, that is worth a word."""
        if value.name == "this" and how is not How.LITERAL and name in GLOBALS:
            return Value(name=name, how=how)
        found = self.attribute(value, name)
        if how is How.LITERAL:
            return found
        if found.name in DANGEROUS or found.name in CALLS:
            return Value(found.constant, found.labels, found.name, found.items, how, found.of)
        return found

    def kind_of(self, name: str) -> str:
        """What kind of thing a call of that name gives."""
        return RESULTS.get(name, "")
