"""What a call in JavaScript gives, and which label it has: looked up by the full name of what is called."""

import re
from abc import ABC
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.javascript import functions, methods, places
from pratique.facts.scan.languages.javascript.apis import CALLS, OBJECTS, RESULTS
from pratique.facts.scan.languages.javascript.frames import ONE_OF, Frame, either
from pratique.facts.scan.languages.javascript.inlining import INTEROP, Inlining
from pratique.facts.scan.languages.javascript.source import Source
from pratique.facts.scan.languages.javascript.syntax import FUNCTIONS
from pratique.facts.scan.languages.javascript.words import words
from pratique.facts.scan.value import UNKNOWN, Value, joined

_GIVEN_ON: Final = (
    "code.exec",
    "harm.",
    "write.",
    "evade.",
    "net.listen",
    "code.patch",
    "proc.kill",
    "read.host",
    "read.inv",
)
_ENVIRONMENT_KEPT: Final = words(
    """stringify keys entries values assign from toString map reduce filter join concat push slice sort forEach encode fromEntries
    getOwnPropertyNames flat inspect freeze create then defineProperties set append parse"""
)
"""Functions that what they get comes out of whole."""
_RECEIVER: Final = frozenset({"then", "finally"})
_EACH: Final = frozenset({"map", "forEach", "filter", "some", "every", "find", "flatMap", "findIndex"})
_EVENTS: Final = frozenset(
    {"on", "once", "addEventListener", "addListener", "prependListener", "catch", "pipe", "subscribe"}
)
_HANDED: Final = {
    **dict.fromkeys(("http.get", "https.get", "http.request", "https.request"), "<response>"),
    **dict.fromkeys(("http.createServer", "https.createServer"), "<incoming>"),
    "net.createServer": "<socket>",
}
"""What kind of thing the first argument of a callback is."""
_EXTERNAL: Final = re.compile(
    rb"""(?:(\d{1,8})|["']([^"'\n]{1,120})["'])\s*:\s*(?:function\s*\([^)]{0,60}\)|\(?[\w$, ]{0,40}\)?\s*=>)\s*\{?\s*"""
    rb"""(?:["']use strict["'];?\s*)?[\w$]{1,40}\.exports\s*=\s*require\(\s*["']([^"'\n]{1,80})["']\s*\)"""
)
_EXPORTED: Final = re.compile(rb"exports\s*=\s*require\(")
_EXTERNALS_MAX: Final = 200
_EXTERNAL_REACH: Final = 320
"""More than there is of `_EXTERNAL` on either side of `_EXPORTED`, without its blanks."""
_HEAD_CHARACTERS: Final = 80
_ONE_NAME: Final = re.compile(
    r"\s*(?:['\"]use strict['\"];?)?\s*(return\s+)?([\w$]{1,60}(?:\.[\w$]{1,60}){0,6})\s*;?\s*"
)


class Calls(Inlining, ABC):
    """Adds calls to values."""

    def __init__(self, reader: Reader, source: Source) -> None:
        super().__init__(reader, source)
        found = places.near(_EXTERNAL, _EXPORTED, self.data, _EXTERNAL_REACH)
        self.externals = {
            (each[1] or each[2]).decode("utf-8", errors="replace"): each[3].decode("utf-8", errors="replace")
            for each, _ in zip(found, range(_EXTERNALS_MAX), strict=False)
        }

    def call(self, node: Node, frame: Frame | None) -> Value:
        callee = self.field(node, "function")
        if callee is None:
            return UNKNOWN
        given = self.given(node, frame)
        if callee.type == "import":
            return self._required(given)
        return self.result(self.value(callee, frame), given, node, frame)

    def construction(self, node: Node, frame: Frame | None) -> Value:
        constructor = self.field(node, "constructor")
        function = self.value(constructor, frame)
        if function.name == "Promise":
            return self.resolved(node, frame)
        given = self.given(node, frame)
        if function.name.startswith("class:"):
            return Value(name="new" + function.name[5:], labels=joined(given).labels)
        if function.name == "ActiveXObject" and given:
            return Value(name=self._windows(given[0]))
        if function.name == "XMLHttpRequest" or (function.name in RESULTS and function.name not in CALLS):
            return Value(name=RESULTS[function.name])
        if function.name in ("TextDecoder", "util.TextDecoder"):
            return Value(name="<text-decoder>")
        return self.result(function, given, node, frame)

    def given(self, node: Node, frame: Frame | None) -> list[Value]:
        """The values of a call's arguments, those of lists behind `...` one by one."""
        found: list[Value] = []
        for each in self.arguments(node):
            value = self.value(each, frame)
            if each.type == "spread_element" and value.items is not None:
                found += value.items
            else:
                found.append(value)
        return found

    def applied(self, function: Value, given: list[Value]) -> tuple[Value, list[Value]]:
        """A function behind `call`, `apply` or `Reflect.apply`, and what it is called with."""
        name = function.name
        base, _, last = name.rpartition(".")
        if name == "Reflect.apply" and len(given) > 1:
            return given[0], given[2].items or given[2:] if len(given) > 2 else []
        if last not in ("call", "apply") or not base or base == "<any>":
            return function, given
        plain = Value(name=base, labels=function.labels, how=function.how)
        if last == "call":
            return plain, given[1:]
        rest = given[1] if len(given) > 1 else UNKNOWN
        return plain, rest.items if rest.items is not None else [rest]

    def result(self, function: Value, given: list[Value], node: Node, frame: Frame | None) -> Value:
        """What a call gives."""
        function, given = self.applied(function, given)
        name = function.name
        last = name.rpartition(".")[2]
        if function.of is not None:
            done = methods.method(function.of, last, given)
            if done is None and last in _EACH | {"reduce"}:
                done = self._mapped(function.of, last, given)
            if done is not None:
                return done
        if len(given) == 1 and self.externals and isinstance(given[0].constant, str | int):
            bundled = self.externals.get(str(given[0].constant), "")
            if bundled and name.partition(":")[0] in ("", "def"):
                return self.module(bundled)
        if name.startswith("def:"):
            return self._own(name, given, frame)
        if name == ONE_OF:
            return either([self._own(each.name, given, frame) for each in (function.keyed or {}).values()])
        if given and not name and INTEROP.match(self.text(node)[:_HEAD_CHARACTERS]):
            return given[0]
        if name == "require" or name.startswith("require."):
            return self._required(given) if name == "require" else UNKNOWN
        if last == "bind" and name.count(".") and name != "<any>.bind":
            return Value(name=name.rpartition(".")[0], labels=function.labels, how=function.how)
        if name in ("promisify", "util.promisify", "pify", "util.callbackify") and given:
            return given[0]
        if last in _RECEIVER and given and given[0].name.startswith("def:"):
            return self._own(given[0].name, [self._receiver(node, frame)], frame)
        special = self._made_at_run_time(name, given)
        if special is not None:
            return special
        if name == "Object.getPrototypeOf" and given and given[0].name.startswith("def:"):
            return given[0]
        return self._named_result(function, given, node)

    def _windows(self, named: Value) -> str:
        """What kind of thing an object of Windows is."""
        text = named.text.lower()
        return OBJECTS.get(text) or OBJECTS.get(text.rpartition(".")[0], "")

    def _made_at_run_time(self, name: str, given: list[Value]) -> Value | None:
        """`Function("return process")` and `eval("require")`: what stands in the text, where that is one name."""
        if name.startswith("made:"):
            return self._dotted(name[5:])
        if name == "WScript.CreateObject" and given:
            return Value(name=self._windows(given[0]))
        if name == "process.binding" and given and given[0].known:
            return Value(name=given[0].text)
        if name not in ("eval", "Function") or not given or not given[-1].known:
            return None
        found = _ONE_NAME.fullmatch(given[-1].text)
        if found is None or bool(found[1]) != (name == "Function"):
            return None
        return Value(name=f"made:{found[2]}") if found[1] else self._dotted(found[2])

    def _dotted(self, names: str) -> Value:
        first, *others = names.split(".")
        found = self.free(first) if first != "this" else Value(name="globalThis")
        for each in others:
            found = self.attribute(found, each)
        return found

    def _named_result(self, function: Value, given: list[Value], node: Node) -> Value:
        name = function.name
        label = self.label_of(function, given)
        folded = functions.called(name, given)
        if folded is not None:
            if label.startswith("decode.") and label not in folded.labels:
                return Value(folded.constant, folded.labels | {label}, folded.name, folded.items, folded.how)
            return folded
        labels = joined(given).labels | function.labels
        if name in ("<any>.charCodeAt", "<any>.codePointAt"):
            labels |= {"js.codes"}
        if "read.env_all" in labels and name.rpartition(".")[2] not in _ENVIRONMENT_KEPT and not label:
            labels = labels - {"read.env_all"} | {"read.env"}
        if label and (not label.startswith(_GIVEN_ON) or label in ("read.host_info", "read.inventory")):
            labels |= {label}
            if label.startswith("net.") and self._knows_where(given):
                labels |= {"js.where"}
        kind = RESULTS.get(name, "")
        if (
            not kind
            and name.startswith("<")
            and name.endswith((".on", ".once", ".setEncoding"))
            and not name.startswith("<any>")
        ):
            kind = name.rpartition(".")[0]
        return Value(labels=labels, name=kind, how=function.how)

    def _required(self, given: list[Value]) -> Value:
        """`require` and `import`: a module by its name; what is known of a name that is not known."""
        if not given:
            return UNKNOWN
        first = given[0]
        if first.known and isinstance(first.constant, str):
            found = self.module(first.constant)
            return Value(found.constant, found.labels, found.name, found.items, first.how) if found.name else found
        return Value(labels=first.all_labels())

    def _receiver(self, node: Node, frame: Frame | None) -> Value:
        """What a method is called on."""
        callee = self.field(node, "function")
        return (
            self.value(self.field(callee, "object"), frame)
            if callee is not None and callee.type == "member_expression"
            else UNKNOWN
        )

    def handed(self, call: Node, function: Node, index: int, frame: Frame | None) -> Value:
        callee = self.field(call, "function") or self.field(call, "constructor")
        called = self.value(callee, frame)
        name = called.name
        last = name.rpartition(".")[2]
        prop = self.field(callee, "property") if callee is not None and callee.type == "member_expression" else None
        if prop is not None:
            last = self.text(prop)
        others = [self.value(each, frame) for each in self.arguments(call) if each.type not in FUNCTIONS]
        label = self.label_of(called, others)
        if name in CALLS or (label and name.startswith("<")):
            kind = _HANDED.get(name, "")
            labels = joined(others).labels | called.labels | ({label} if label else set())
            return Value(labels=labels, name=kind if not index else "")
        if name.startswith("def:"):
            place = next((at for at, each in enumerate(self.arguments(call)) if each.id == function.id), 0)
            node, made_in = self.things[name.partition(".")[0]]
            return self.passed(node, place, index, made_in)
        receiver = self._receiver(call, frame)
        if last in _RECEIVER:
            return receiver if not index else UNKNOWN
        if last in _EACH:
            return self.element(receiver) if not index else UNKNOWN
        if last == "reduce":
            return self.element(receiver) if index == 1 else joined(others)
        if last in _EVENTS:
            return self._received(receiver, call)
        return Value(labels=joined(others).labels | receiver.labels) if others or receiver.labels else UNKNOWN

    def _received(self, receiver: Value, call: Node) -> Value:
        """What an event brings: of a connection that stays open, what the other side says."""
        labels = receiver.all_labels()
        if receiver.name in ("<socket>", "<incoming>"):
            given = self.arguments(call)
            event = self.value(given[0]).text if given else ""
            labels |= {"net.received"} if event in ("data", "message", "") else frozenset()
        return Value(labels=labels)
