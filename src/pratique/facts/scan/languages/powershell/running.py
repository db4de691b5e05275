"""Commands of a script: which one a name stands for, and what running it does."""

from abc import abstractmethod
from typing import Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import windows, windows_programs
from pratique.facts.scan.languages.powershell.binding import NO_FORM, Binding
from pratique.facts.scan.languages.powershell.cmdlets import CMDLETS
from pratique.facts.scan.languages.powershell.forms import FORMS, Form
from pratique.facts.scan.languages.powershell.machine import Call
from pratique.facts.scan.languages.powershell.names import ALIASES, RUNNERS
from pratique.facts.scan.languages.powershell.syntax import (
    Block,
    Command,
    Group,
    Text,
)
from pratique.facts.scan.languages.powershell.values import (
    text_of,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, UNKNOWN, Value

_SPELLED: Final = ("obf.split_strings", "decode.")
_PIPED_INTO: Final = {"cmd": "batch", "bash": "shell", "sh": "shell", "python": "python", "node": "javascript"}
"""Programs that run what is piped into them, and its language."""


class Running(Binding):
    """Adds commands to what they are called with."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader, text)
        self.functions: dict[str, Block] = {}
        self._by[Command] = lambda node: self.run(node, None)

    @abstractmethod
    def run_function(self, name: str, call: Call) -> Value:
        """Follow a function of the script with what it is called with."""

    def run(self, node: Command, piped: Value | None) -> Value:
        """Run a command with what is piped into it."""
        name, how, value = self._name(node)
        if value.name.startswith("block:"):
            call = self.bound(node, "", NO_FORM, piped)
            return self.run_block(self.blocks[value.name], call.rest, piped=piped)
        if value.name == "<code>":
            return Value(labels=value.labels)
        if name in self.functions and not value.name.startswith("command:"):
            return self.run_function(name, self.bound(node, name, self._form_of(name), piped, how))
        name = self._resolved(name)
        if how is not How.LITERAL and name in RUNNERS:
            self.emit("obf.spelling", node.at, how=how, inputs=value.labels, text=name)
        call = self.bound(node, name, FORMS.get(name, NO_FORM), piped, how)
        call.head = value.labels
        return self.settled(self.command(call), node.at)

    def _name(self, node: Command) -> tuple[str, How, Value]:
        """The name of a command in lower case, how it was come by, and what stands for it."""
        if isinstance(node.name, Text):
            return node.name.value.lower(), node.name.how, UNKNOWN
        value = self.value(node.name)
        if value.name.startswith("command:"):
            return value.name[8:], value.how, value
        if value.name.startswith("block:"):
            return "", How.LITERAL, value
        text = text_of(value)
        spelled_out = any(label.startswith(_SPELLED) for label in value.labels)
        computed = isinstance(node.name, Group) and value.how is not How.LITERAL
        return text.lower(), How.RESOLVED if (spelled_out or computed) and HOLE not in text else How.LITERAL, value

    def _resolved(self, name: str) -> str:
        """The full name of a command: without the module it is of, its own name instead of an alias."""
        module, _, rest = name.partition("\\")
        if rest and module.startswith("microsoft.powershell."):
            name = rest
        for _ in range(4):
            name, before = self.aliases.get(name, ALIASES.get(name, name)), name
            if name == before:
                break
        return name

    def _form_of(self, function: str) -> Form:
        return Form(tuple(each.name for each in self.functions[function].parameters))

    def command(self, call: Call) -> Value:
        """What a command does: one that is known, another one of PowerShell, or a program."""
        act = CMDLETS.get(call.name)
        if act is not None:
            return act(self, call)
        for value in [*call.named.values(), *call.rest]:
            if value.name.startswith("block:"):
                self.run_block(self.blocks[value.name], [], piped=call.piped)
        if (HOLE in call.name and len(call.name) < 4) or not call.name:
            return self._unknown(call)
        if _is_cmdlet(call.name):
            return Value(labels=call.labels())
        call.words[0] = call.name
        if not call.head and not windows_programs.is_program(call.name):
            self.emit("proc.command", call.at, how=call.how, text=call.line)
            return Value(labels=call.labels())
        found = self.start(call, call.words, call.labels(), head=call.head)
        if call.piped is not None:
            self._piped_in(call, call.piped)
        return found

    def _unknown(self, call: Call) -> Value:
        """A command of which not even the name is known."""
        labels = call.labels()
        for label in labels:
            if label == "net.received":
                self.emit("proc.shell_plumbing", call.at, how=call.how, inputs=labels, text=call.line)
        return Value(labels=labels)

    def _piped_in(self, call: Call, piped: Value) -> None:
        """What is piped into an interpreter is run by it."""
        name = windows.program_of(call.name)
        if name in ("powershell", "pwsh"):
            self.code(piped, call.at, how=call.how, text=f"| {name}")
        elif name in _PIPED_INTO:
            labels = piped.all_labels()
            self.emit("proc.shell", call.at, how=call.how, inputs=labels, text=f"| {name}")
            text = text_of(piped)
            language = {"cmd": "batch", "bash": "shell", "sh": "shell", "python": "python", "node": "javascript"}[name]
            if HOLE not in text:
                self.reader.embed(language, text, self.line(call.at), inputs=labels)


def _is_cmdlet(name: str) -> bool:
    """Whether a name is that of a command of PowerShell, of which nothing is known: a verb and a noun."""
    verb, dash, noun = name.partition("-")
    return bool(dash) and verb.isalpha() and noun.replace("-", "").isalnum() and "." not in name
