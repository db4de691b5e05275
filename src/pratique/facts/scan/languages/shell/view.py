"""A shell script followed once from its first command to its last, and then through the functions that nobody called.

Every branch is taken, loops run once, functions are followed where they are called. What a command writes flows into what reads
it: through pipes, substitutions, variables, here-documents and files. Nothing is run.
"""

import re
from collections.abc import Sequence
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.shell import writing
from pratique.facts.scan.languages.shell.machine import Call, Machine
from pratique.facts.scan.languages.shell.nodes import (
    AnyWord,
    Assignment,
    Command,
    Function,
    Group,
    Node,
    Parameter,
    Pipeline,
    Redirect,
    Substitution,
    Word,
)
from pratique.facts.scan.languages.shell.programs import PROGRAMS, name_of
from pratique.facts.scan.languages.shell.script import Script
from pratique.facts.scan.languages.shell.spelling import tell_spelling
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, concatenated, joined

_FOLLOWED_MAX: Final = 6
_FOLLOWED_PLAIN_MAX: Final = 3
"""How often a function is followed with something of note among its arguments, and how often without."""
_CALLS_FOLLOWED_MAX: Final = 400
_DEPTH_MAX: Final = 6
_SAID: Final = frozenset({"echo", "printf", ":", "[", "[[", "test", "true", "false", "print"})
_DESCRIPTOR: Final = re.compile(r"\d{1,4}")
_STANDARD: Final = frozenset({"1", "2", "5", "6"})
"""Streams that a person reads: the standard ones, and those of scripts that autoconf makes."""
_SHELL_FILES: Final = frozenset({Context.MODULE_TOP, Context.INIT_TOP})
_TOLD: Final = ("net.", "proc.", "ioc.", "evade.")
"""What texts say by themselves, wherever a command gets them."""


def read(content: Content, reader: Reader) -> None:
    """Tell of what a script does. Raises `InvalidInput` where it is nested too deeply to be followed."""
    context = Context.SHELL if content.context in _SHELL_FILES and not content.inside else None
    shell = Shell(reader, context)
    try:
        shell.follow(content.text().replace("\0", ""))
    except RecursionError as error:
        raise InvalidInput("nested too deeply to be followed") from error
    except LimitExceeded as error:
        reader.reading.problem(str(error))


class Shell(Machine):
    """One script on its way."""

    def __init__(self, reader: Reader, context: Context | None) -> None:
        super().__init__(reader, context)
        self.functions: dict[str, Function] = {}
        self._followed: dict[str, int] = {}
        self._total = 0
        self._depth = 0

    def follow(self, text: str) -> None:
        """Go through the script."""
        script = Script(text)
        for node in script.top():
            self.node(node, None, wanted=False)
            if _ends(node) and "exit" not in self.functions:
                break
        for name, function in list(self.functions.items()):
            if name not in self._followed:
                self._followed[name] = 1
                self.unit = self.reader.unit()
                self._body(function.body, None, wanted=False, arguments=None)
        self.unit = 0
        for name, (body, line) in list(self.aliases.items()):
            self.code(Value(body), Call("alias", [], line, text=f"alias {name}={body[:80]}"))
        if script.lost > 1:
            self.tell("pkg.unparsable", 1)

    def written(self, body: list[Node]) -> Value:
        """What commands write, for the text that takes their place."""
        return self.nodes(body, None, wanted=True)

    def nodes(self, body: Sequence[Node], stdin: Value | None, *, wanted: bool) -> Value:
        """Commands one behind the other; gives what they write together."""
        found = UNKNOWN
        for place, node in enumerate(body):
            made = self.node(node, stdin, wanted=wanted)
            if wanted:
                found = made if place == 0 or found is UNKNOWN else _behind(found, made)
        return found

    def node(self, node: Node, stdin: Value | None, *, wanted: bool) -> Value:
        """One command of any kind."""
        if isinstance(node, Command):
            return self.command(node, stdin, wanted=wanted)
        if isinstance(node, Pipeline):
            return self._pipeline(node, stdin, wanted=wanted)
        if isinstance(node, Group):
            return self._group(node, stdin, wanted=wanted)
        self.functions[node.name] = node
        writing.tell_storm(self, node)
        return UNKNOWN

    def _pipeline(self, node: Pipeline, stdin: Value | None, *, wanted: bool) -> Value:
        flow = stdin
        last = len(node.parts) - 1
        for place, part in enumerate(node.parts):
            if node.background and isinstance(part, Command | Group):
                part.background = True
            flow = self.node(part, flow, wanted=wanted or place < last)
        return flow if flow is not None else UNKNOWN

    def _group(self, node: Group, stdin: Value | None, *, wanted: bool) -> Value:
        self.step()
        self.at_line = node.line
        given, targets, _ = self._redirected(node.redirects, node.line, stdin)
        if node.name:
            items = [item for word in node.words for item in self.fields(word)]
            values = items if node.words else (self.arguments or [])
            self.variables[node.name] = values[0] if len(values) == 1 else Value(labels=joined(values).labels)
        elif node.words:
            for word in node.words:
                self.value(word)
        self.behind += node.background
        found = self.nodes(node.body, given, wanted=wanted or bool(targets))
        self.behind -= node.background
        if node.kind in ("while", "until", "for") and found.constant is not NOT_KNOWN:
            found = Value(labels=found.labels)
        return self._put(found, targets, node.line)

    def command(self, node: Command, stdin: Value | None, *, wanted: bool) -> Value:
        """A simple command."""
        self.step()
        self.at_line = node.line
        for each in node.assignments:
            self._assign(each, node.line)
        if not node.words:
            given, targets, _ = self._redirected(node.redirects, node.line, stdin)
            return self._put(given if given is not None and targets else UNKNOWN, targets, node.line)
        first = node.words[0]
        if not wanted and isinstance(first, str) and first in _SAID and self._goes_nowhere(node.redirects):
            self._said(node.words)
            return UNKNOWN
        fields = [field for word in node.words for field in self.fields(word)]
        given, targets, silent = self._redirected(node.redirects, node.line, stdin)
        if not fields:
            return self._put(UNKNOWN, targets, node.line)
        call = Call(
            "", [], node.line, given, wanted=wanted or bool(targets), background=node.background or self.behind > 0
        )
        if isinstance(first, Word):
            call.how = tell_spelling(self, first, fields[0], node.line)
        elif "/" in first and ("?" in first or "*" in first):
            call.how = tell_spelling(self, Word([first]), fields[0], node.line)
        elif self.aliases and first in self.aliases:
            return self._put(self._aliased(first, fields, call), targets, node.line)
        call.silent = silent
        call.connected = any(path.name == "connection" for path, _ in targets) or (
            given is not None and given.name == "connection"
        )
        if silent and call.background:
            self.emit(
                "proc.silent", call, inputs=joined(fields).labels, text=" ".join(each.text for each in fields)[:200]
            )
        found = self.start(fields, call)
        if any(each.operator == ">&" and each.descriptor == 1 and each.target == "2" for each in node.redirects):
            found = UNKNOWN
        return self._put(found, targets, node.line)

    def _goes_nowhere(self, redirects: list[Redirect]) -> bool:
        return all(
            each.operator == ">&"
            and isinstance(each.target, str)
            and each.target in _STANDARD
            and int(each.target) not in self.descriptors
            for each in redirects
        )

    def _said(self, words: list[AnyWord]) -> None:
        """Words that nobody but the user gets to see: only commands inside them do anything."""
        for word in words:
            if isinstance(word, Word) and any(
                isinstance(part, Substitution) or (isinstance(part, Parameter) and part.argument is not None)
                for part in word.parts
            ):
                self.fields(word)

    def start(self, fields: list[Value], call: Call) -> Value:
        """Run what a row of words names; gives what it writes."""
        first = fields[0]
        name = first.text
        call.arguments = fields[1:]
        if name in self.functions:
            return self._function(name, call)
        call.name = name_of(name)
        program = PROGRAMS.get(call.name) if not name.startswith("./") else None
        if call.wanted or call.name not in _SAID:
            call.text = " ".join(each.text or HOLE for each in fields[:400])[:400]
            self._tell_texts(fields, call)
        if first.constant is NOT_KNOWN or name == HOLE:
            self.tell_run(Value(labels=first.labels), call)
        else:
            written = self.made(name) if "/" in name else None
            if written is not None:
                return self._own_file(written, call)
            if program is None and "/" in name:
                self.own_file(name, call)
        if program is not None:
            return program(self, call)
        return self._unknown(call)

    def _own_file(self, written: Value, call: Call) -> Value:
        """A file that the script wrote or fetched, started."""
        if (
            written.constant is not NOT_KNOWN
            and written.text.startswith("#!")
            and "sh" not in written.text[:80].split("\n")[0]
        ):
            return UNKNOWN
        return self.code(written, call, arguments=call.arguments, fetched="proc.fetched")

    def _unknown(self, call: Call) -> Value:
        """A program of which nothing is known: what it is given may come out of it."""
        if not call.wanted:
            return UNKNOWN
        labels = joined(call.arguments).labels
        for each in call.texts:
            labels |= self.path_labels(each)
        if call.stdin is not None:
            labels |= call.stdin.all_labels()
        return Value(labels=labels)

    def _tell_texts(self, fields: list[Value], call: Call) -> None:
        for each in fields:
            if each.labels and isinstance(each.constant, str):
                for label in self.labels_of(each.constant):
                    if label.startswith(_TOLD):
                        self.emit(label, call, text=each.constant, how=each.how)

    def _assign(self, node: Assignment, line: int) -> None:
        if isinstance(node.value, list):
            items = [field for word in node.value for field in self.fields(word)]
            before = self.variables.get(node.name)
            if node.more and before is not None and before.items is not None:
                items = [*before.items, *items]
            self.variables[node.name] = Value(items=items)
            return
        value = self.value(node.value)
        if node.more:
            value = concatenated(self.variables.get(node.name, Value("")), value)
        elif value.constant is NOT_KNOWN:
            before = self.variables.get(node.name)
            if before is not None and before.labels:
                value = Value(labels=value.labels | before.labels)
        self.set(node.name, value, line)

    def set(self, name: str, value: Value, line: int) -> None:
        """Give a variable a value."""
        self.variables[name] = value
        writing.tell_variable(self, name, value, line)

    def _redirected(
        self, redirects: list[Redirect], line: int, stdin: Value | None
    ) -> tuple[Value | None, list[tuple[Value, bool]], bool]:
        """What is read, where what is written goes (and whether behind what is there), and whether nobody hears of it."""
        targets: list[tuple[Value, bool]] = []
        dropped = 0
        for each in redirects:
            operator = each.operator
            value = self.value(each.target)
            text = value.text
            if operator in ("<<", "<<<"):
                stdin = value if operator == "<<" else concatenated(value, Value("\n"))
                stdin = Value(stdin.constant, stdin.labels, how=value.how)
            elif operator == "<":
                stdin = self.content_of(value, Call("<", [value], line, text=f"< {text}"))
                stdin = writing.connected(self, value, stdin, line)
            elif operator in ("<&", ">&") and _DESCRIPTOR.fullmatch(text):
                descriptor = self.descriptors.get(int(text))
                if descriptor is not None and operator == "<&" and each.descriptor == 0:
                    stdin = descriptor
                elif descriptor is not None and operator == ">&" and each.descriptor == 1:
                    targets.append((descriptor, True))
                dropped += text == "1" and each.descriptor == 2 and dropped > 0
            elif text == "/dev/null":
                dropped += 2 if operator.startswith("&") or operator == ">&" else 1
                if each.descriptor == 1 or operator.startswith("&"):
                    targets.append((value, False))
            elif operator == "<>":
                self.descriptors[each.descriptor] = writing.connected(self, value, UNKNOWN, line)
            elif each.descriptor in (1, 2) or operator.startswith("&"):
                targets.append((writing.connected(self, value, value, line), operator.endswith(">>")))
            else:
                self.descriptors[each.descriptor] = value
        return stdin, targets, dropped > 1

    def _put(self, found: Value, targets: list[tuple[Value, bool]], line: int) -> Value:
        for path, more in targets:
            if path.text != "/dev/null":
                writing.write(self, path, found, line, more=more)
        return UNKNOWN if targets else found

    def _function(self, name: str, call: Call) -> Value:
        count = self._followed.get(name, 0)
        given = joined(call.arguments if call.stdin is None else [*call.arguments, call.stdin])
        often = _FOLLOWED_MAX if given.labels else _FOLLOWED_PLAIN_MAX
        if self._depth >= _DEPTH_MAX or count >= often or self._total >= _CALLS_FOLLOWED_MAX:
            return given
        self._followed[name] = count + 1
        self._total += 1
        return self._body(self.functions[name].body, call.stdin, wanted=call.wanted, arguments=call.arguments)

    def _body(self, body: list[Node], stdin: Value | None, *, wanted: bool, arguments: list[Value] | None) -> Value:
        kept = self.arguments
        self.arguments = arguments
        self._depth += 1
        try:
            return self.nodes(body, stdin, wanted=wanted)
        finally:
            self._depth -= 1
            self.arguments = kept

    def _aliased(self, name: str, fields: list[Value], call: Call) -> Value:
        text, line = self.aliases.pop(name)
        rest = " ".join(each.text for each in fields[1:])
        found = self.code(Value(f"{text} {rest}"), call)
        self.aliases[name] = text, line
        return found

    def drain(self, path: Value, content: Value) -> bool:
        """Let the commands of `>(...)` read what is written to it."""
        body = self.sinks.pop(path.text, None)
        if body is None:
            return path.name == "sink"
        self.nodes(body, content, wanted=False)
        return True

    def run_code(self, text: str, line: int, arguments: list[Value] | None) -> Value:
        """Follow a text as commands, with the variables of now."""
        pinned, kept = self.pinned, self.arguments
        self.pinned = line if pinned is None else pinned
        self.arguments = arguments if arguments is not None else kept
        self.nested += 1
        try:
            found = UNKNOWN
            for node in Script(text).top():
                made = self.node(node, None, wanted=True)
                found = made if found is UNKNOWN else _behind(found, made)
                if _ends(node):
                    break
        finally:
            self.nested -= 1
            self.pinned, self.arguments = pinned, kept
        return found


def _ends(node: Node) -> bool:
    return (
        isinstance(node, Command)
        and bool(node.words)
        and node.words[0] == "exit"
        and not (node.background or node.conditional)
    )


def _behind(first: Value, second: Value) -> Value:
    """What two commands write one behind the other."""
    if second is UNKNOWN:
        return first
    both = joined([first, second])
    if isinstance(first.constant, str) and isinstance(second.constant, str):
        return Value(first.constant + second.constant, both.labels, how=max(first.how, second.how, How.RESOLVED))
    return both
