"""A script on its way: its variables, what it wrote where, and how what it does is told of."""

import re
from abc import abstractmethod
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.powershell.names import VALUES
from pratique.facts.scan.languages.powershell.syntax import Block, Expression, Statement
from pratique.facts.scan.languages.powershell.values import labels_of, text_of
from pratique.facts.scan.languages.windows import HOST_INFO, listed
from pratique.facts.scan.languages.windows_host import NOTHING, READ
from pratique.facts.scan.languages.windows_started import Starting
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value
from pratique.model import limits

_LINE_END: Final = re.compile("\n")
_TOLD_OF_TEXTS: Final = ("net.", "ioc.", "obf.")
"""Labels of a text that are told of where the text stands. What texts say of commands and files counts where they are used."""
INJECTING: Final = {
    name.lower(): name
    for name in listed(
        """VirtualAlloc VirtualAllocEx WriteProcessMemory CreateRemoteThread CreateThread NtCreateThreadEx QueueUserAPC
    NtUnmapViewOfSection NtAllocateVirtualMemory NtWriteVirtualMemory RtlCreateUserThread EnumSystemLocalesA
    SetThreadContext"""
    )
}
"""Functions by which code is written into memory and started."""
REACHES: Final = "ps.reaches:"
"""Begins the label of a text that is the name of one of them."""
_BLOB_CHARACTERS_MIN: Final = 200
_KNOWN_CHARACTERS_MIN: Final = 20
_LABELLED_CHARACTERS_MAX: Final = 64 * 1024


@dataclass(slots=True)
class Call:
    """A command with what it is given. `named` are its parameters, `rest` what has no name, `switches` those without a value."""

    name: str
    at: int
    how: How = How.LITERAL
    named: dict[str, Value] = field(default_factory=dict)
    rest: list[Value] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    piped: Value | None = None
    words: list[str] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    """Names of variables that stand as parameters, by the parameter."""
    head: frozenset[str] = NOTHING
    """The labels of its name, where that was worked out."""

    def given(self, *names: str) -> Value:
        """The first of some parameters that is there."""
        return next((self.named[name] for name in names if name in self.named), UNKNOWN)

    def labels(self, *, without: frozenset[str] = NOTHING) -> frozenset[str]:
        """What flows into it, leaving out some parameters."""
        found = NOTHING.union(
            *(value.all_labels() for name, value in self.named.items() if name not in without),
            *(value.all_labels() for value in self.rest),
        )
        return found | self.piped.all_labels() if self.piped is not None else found

    def text(self, *names: str) -> str:
        """A parameter as text; empty where it is not there."""
        value = self.given(*names)
        return "" if value is UNKNOWN else text_of(value)

    @property
    def line(self) -> str:
        """The command as a line."""
        return " ".join(self.words)


@dataclass(slots=True)
class Invoked:
    """A call of a member: on what, its name in lower case, with what.

    `variables` are the names of the arguments, where they are variables.
    """

    base: Value
    name: str
    arguments: list[Value]
    at: int
    how: How = How.LITERAL
    variables: list[str] = field(default_factory=list)
    base_variable: str = ""

    def argument(self, place: int) -> Value:
        """One argument, or nothing known."""
        return self.arguments[place] if place < len(self.arguments) else UNKNOWN

    def labels(self) -> frozenset[str]:
        """What flows into the call."""
        return labels_of(self.base, *self.arguments)

    def shown(self) -> str:
        """The call in a few words."""
        first = text_of(self.argument(0)) if self.arguments else ""
        return f"{self.base.name.rpartition(':')[2]}.{self.name}({first[:120]})"

    def variable(self, place: int) -> str:
        """The name of the variable that is an argument."""
        return self.variables[place] if place < len(self.variables) else ""


class Machine(Starting):
    """What commands and members of objects may ask of the script they are in."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader)
        self.source = text
        self.scopes: list[dict[str, Value]] = [{}]
        self.aliases: dict[str, str] = {}
        self.blocks: dict[str, Block] = {}
        self.steps = 0
        self._lines: list[int] | None = None

    @abstractmethod
    def value(self, node: Expression | Statement) -> Value:
        """What an expression or statement gives."""

    @abstractmethod
    def run_block(self, block: Block, arguments: list[Value], *, piped: Value | None = None) -> Value:
        """Follow a block of code."""

    @abstractmethod
    def invoked(self, call: Invoked, *, static: bool = False) -> Value:
        """What calling a member gives."""

    @abstractmethod
    def command(self, call: Call) -> Value:
        """What a command does, by its full name."""

    def step(self) -> None:
        """Count a step. Raises `LimitExceeded` when a script has taken too many."""
        self.steps += 1
        if self.steps > limits.SCAN_STEPS_MAX:
            raise LimitExceeded("it has more expressions than are followed")

    def line(self, at: int) -> int:
        """The line of a place in the text."""
        if self._lines is None:
            self._lines = [found.start() for found in _LINE_END.finditer(self.source)]
        return bisect_right(self._lines, at - 1) + 1

    def constant(self, text: str, at: int, how: How = How.LITERAL) -> Value:
        """A text that stands in the script."""
        if len(text) < 5:
            return Value(text, how=how)
        labels = self.labels_of(text)
        if text.lower() in INJECTING:
            labels |= {f"{REACHES}{INJECTING[text.lower()]}"}
        if len(text) >= _BLOB_CHARACTERS_MIN and is_encoded(text):
            labels |= {"obf.blob"}
        for label in labels:
            if label.startswith(_TOLD_OF_TEXTS):
                self.emit(label, at, how=how, text=text)
        return Value(text, labels, how=how)

    def settled(self, value: Value, at: int) -> Value:
        """A text that was put together, with the labels that only show now."""
        if isinstance(value.constant, str) and len(value.constant) > 4 and not value.name:
            new = self.labels_of(value.constant[:_LABELLED_CHARACTERS_MAX]) - value.labels
            if new:
                value = Value(value.constant, value.labels | new, how=value.how)
                for label in new:
                    if label.startswith(_TOLD_OF_TEXTS):
                        self.emit(label, at, how=value.how, text=value.text)
        return value

    def lookup(self, name: str) -> Value:
        """What a variable holds."""
        for scope in reversed(self.scopes):
            found = scope.get(name)
            if found is not None:
                return found
        if name in VALUES:
            constant = VALUES[name]
            text = constant if isinstance(constant, str) else ""
            return Value(constant, self.labels_of(text) if text else NOTHING, name=f"${name}", how=How.RESOLVED)  # type: ignore[arg-type]  # the table holds constants
        drive, _, rest = name.partition(":")
        if drive == "env" and rest:
            return self.environment(rest)
        if name in ("pscommandpath", "myinvocation"):
            return Value(labels=frozenset({"ps.self"}), name=f"${name}")
        return Value(name=f"${name}") if name in ("executioncontext", "psversiontable", "host", "error") else UNKNOWN

    def environment(self, name: str) -> Value:
        """A variable of the environment: its content is not known, its name stands for it."""
        if name in HOST_INFO:
            return Value(f"%{name.upper()}%", frozenset({"read.host_info"}))
        labels = self.labels_of(name.upper()) & {"read.env_secret", "read.ci_token"}
        return Value(f"%{name.upper()}%", labels | {"read.env"} if labels else NOTHING)

    def assign(self, name: str, value: Value, *, outer: bool = False) -> None:
        """Give a variable a value. What flowed into one whose content is no longer known stays with it."""
        scope = self.scopes[0 if outer else -1]
        before = scope.get(name)
        if before is not None and value.constant is NOT_KNOWN and not value.name and value.items is None:
            kept = before.all_labels() - value.labels
            if kept and type(value) is Value:
                value = Value(labels=value.labels | kept)
        scope[name] = value

    def absorb(self, name: str, labels: frozenset[str]) -> None:
        """Something flows into what a variable holds."""
        for scope in reversed(self.scopes):
            if name in scope:
                scope[name] = Value(labels=scope[name].all_labels() | labels, name=scope[name].name)
                return
        self.scopes[-1][name] = Value(labels=labels)

    def reads(self, call: Call, path: Value, text: str = "") -> Value:
        """Files are read: what their names say, and what the script wrote there."""
        labels = path.all_labels()
        for label in labels & READ:
            self.emit(label, call.at, how=call.how, text=text or text_of(path))
        written = self.kept(text_of(path))
        self.emit("read.file", call.at, how=call.how, inputs=labels, text=text or call.line)
        return Value(labels=labels | written | ({"read.file"} if not written else NOTHING))

    def writes(self, call: Call, path: Value, content: frozenset[str], text: str = "") -> None:
        """A file is written."""
        self.written(call, text_of(path), content, text, path.all_labels())

    def start(
        self,
        call: Call,
        words: list[str],
        labels: frozenset[str],
        *,
        head: frozenset[str] = NOTHING,
        hidden: bool = False,
    ) -> Value:
        """A program is started; gives what it writes. `head` are the labels of its own name."""
        return Value(labels=self.spawn(call, words, labels, head=head, hidden=hidden))

    def later(self, code: Value, at: int, *, how: How = How.LITERAL) -> None:
        """A text that is run at some other time: looked at as code."""
        content = text_of(code, "\n")
        if len(content.replace(HOLE, "").strip()) >= _KNOWN_CHARACTERS_MIN:
            self.reader.embed("powershell", content, self.line(at), how=max(how, code.how), unit=self.unit or None)

    def code(self, code: Value, at: int, *, how: How = How.LITERAL, text: str = "", label: str = "code.exec") -> None:
        """A text is run as PowerShell."""
        labels = code.all_labels()
        decoded = any(each.startswith("decode.") for each in labels)
        how = max(how, code.how, How.DECODED if decoded else How.LITERAL)
        if "net.received" in labels:
            self.emit("proc.shell_plumbing", at, how=how, inputs=labels, text=text)
        content = text_of(code)
        if "obf.split_strings" in labels and HOLE not in content:
            self.emit("obf.spelling", at, how=how, inputs=labels, text=f"{text} {content}".replace("\n", " "))
        self.emit(label, at, how=how, inputs=labels, text=f"{text} {content}".replace("\n", " "))
        if len(content.replace(HOLE, "").strip()) >= (1 if HOLE not in content else _KNOWN_CHARACTERS_MIN):
            self.reader.embed(
                "powershell",
                content,
                self.line(at),
                how=how,
                inputs=frozenset(each for each in labels if each.startswith(("decode.", "net."))),
                unit=self.unit or None,
            )


def is_encoded(text: str) -> bool:
    """Whether a long text is no prose and no code: it has hardly any white space."""
    start = text[:4000]
    return len(start.split()) <= 1 + len(start) // 60
