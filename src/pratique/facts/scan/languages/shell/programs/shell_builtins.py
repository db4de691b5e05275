"""Builtins of shells: what they write, set and run."""

import re
from typing import Final

from pratique.facts.scan.languages.shell import texts, writing
from pratique.facts.scan.languages.shell.machine import Call, Machine, everything
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_SIGNALS: Final = re.compile(r"^(?:-|\d+|EXIT|ERR|DEBUG|RETURN|(?:SIG)?[A-Z]{2,6}\d*)$")
_ECHO_OPTIONS: Final = re.compile(r"^-[neE]+$")
_MADE_ESCAPE: Final = re.compile(r"\\x?\ufffc")
"""An escape whose digits come out of a variable: characters from their numbers."""
_SECONDS_MIN: Final = 600


def _echo(machine: Machine, call: Call) -> Value:
    del machine
    if not call.wanted:
        return UNKNOWN
    words = call.texts
    options = ""
    while words and _ECHO_OPTIONS.match(words[0]):
        options += words.pop(0)[1:]
    text = " ".join(words)
    labels = joined(call.arguments).labels
    how = max((each.how for each in call.arguments), default=How.LITERAL)
    if "e" in options or "\\x" in text or "\\0" in text:
        text, spelled = texts.echoed(text)
        labels |= {"decode.escapes"} if spelled else frozenset()
        how = How.RESOLVED if spelled else how
    return Value(text if "n" in options else f"{text}\n", labels, how=how)


def _printf(machine: Machine, call: Call) -> Value:
    words = call.texts
    if words and words[0] == "-v" and len(words) > 2:
        text, spelled = texts.formatted(words[2], words[3:])
        labels = joined(call.arguments).labels | ({"decode.escapes"} if spelled else frozenset())
        machine.variables[words[1]] = Value(text, labels, how=How.RESOLVED)
        return UNKNOWN
    if not call.wanted or not words:
        return UNKNOWN
    words = words[1:] if words[0] == "--" else words
    text, spelled = texts.formatted(words[0], words[1:]) if words else ("", False)
    labels = joined(call.arguments).labels | ({"decode.escapes"} if spelled else frozenset())
    if words and _MADE_ESCAPE.search(words[0]):
        labels |= {"decode.charcodes", "decode.cipher"}
    how = max(each.how for each in call.arguments)
    return Value(text, labels, how=How.RESOLVED if spelled else how)


def _declare(machine: Machine, call: Call) -> Value:
    """`export`, `declare` and their kin."""
    words = call.texts
    if not any(not word.startswith("-") for word in words):
        listed = call.name in ("export", "typeset") or any("x" in word or "p" in word for word in words)
        if "-f" in words or "-F" in words or not listed:
            return UNKNOWN
        return _environment(machine, call)
    for each in call.arguments:
        name, equals, text = each.text.partition("=")
        if equals and name.isidentifier():
            constant = NOT_KNOWN if text == HOLE else text
            setting = Value(constant, each.labels, how=each.how)
            machine.variables[name] = setting
            writing.tell_variable(machine, name, setting, call.line)
    return UNKNOWN


def _environment(machine: Machine, call: Call) -> Value:
    if call.wanted:
        machine.emit("read.env_all", call)
    return Value(labels=frozenset({"read.env_all"}))


def _set(machine: Machine, call: Call) -> Value:
    if not call.arguments:
        return _environment(machine, call)
    words = call.texts
    if words[0] == "--":
        machine.arguments = call.arguments[1:]
    if words[0] == "+o" and "history" in words:
        machine.emit("evade.history", call)
    return UNKNOWN


def _unset(machine: Machine, call: Call) -> Value:
    for name in call.texts:
        machine.variables.pop(name, None)
        if name == "HISTFILE":
            machine.emit("evade.history", call)
    return UNKNOWN


def _history(machine: Machine, call: Call) -> Value:
    if any(word.startswith("-c") for word in call.texts):
        machine.emit("evade.history", call)
        return UNKNOWN
    return Value(labels=frozenset({"read.secret_file"}) if call.wanted else frozenset())


def _alias(machine: Machine, call: Call) -> Value:
    for each in call.arguments:
        name, equals, text = each.text.partition("=")
        if equals:
            machine.aliases[name] = text, call.line
    return UNKNOWN


def _read(machine: Machine, call: Call) -> Value:
    """What is read goes into the variables named."""
    given = call.stdin if call.stdin is not None else UNKNOWN
    names = [name for name in call.texts if name.isidentifier()]
    first = given.text.split("\n")[0] if given.known and given.constant is not NOT_KNOWN else ""
    lines = given.text.rstrip("\n").count("\n")
    for name in names or ["REPLY"]:
        single = len(names) == 1 and first and not lines
        machine.variables[name] = Value(first if single else NOT_KNOWN, given.all_labels(), how=given.how)
    return UNKNOWN


def _eval(machine: Machine, call: Call) -> Value:
    if not call.arguments:
        return UNKNOWN
    labels = joined(call.arguments).labels
    how = max(each.how for each in call.arguments)
    words = call.texts
    if words == [HOLE]:
        return machine.code(Value(labels=labels, how=how), call)
    return machine.code(Value(" ".join(words), labels, how=how), call)


def _source(machine: Machine, call: Call) -> Value:
    if not call.arguments:
        return UNKNOWN
    path = call.arguments[0]
    written = machine.made(path.text)
    if path.name == "stream" and path.items:
        return machine.code(path.items[0], call)
    if path.text in ("/dev/stdin", "-") and call.stdin is not None:
        return machine.code(call.stdin, call)
    if written is not None:
        return machine.code(written, call, fetched="proc.fetched")
    machine.own_file(path.text, call)
    return UNKNOWN


def _trap(machine: Machine, call: Call) -> Value:
    words = call.arguments
    if len(words) > 1 and not _SIGNALS.match(words[0].text) and not words[0].text.startswith("-"):
        machine.code(words[0], call)
    return UNKNOWN


def _sleep(machine: Machine, call: Call) -> Value:
    for word in call.texts:
        found = re.fullmatch(r"(\d{1,9})([smhd]?)", word)
        if found is not None and int(found[1]) * {"m": 60, "h": 3600, "d": 86400}.get(found[2], 1) >= _SECONDS_MIN:
            machine.emit("evade.delay", call)
    return UNKNOWN


def _nothing(machine: Machine, call: Call) -> Value:
    del machine, call
    return UNKNOWN


def _through(machine: Machine, call: Call) -> Value:
    del machine
    return Value(labels=everything(call))


PROGRAMS: Final = {
    "echo": _echo,
    "print": _echo,
    "printf": _printf,
    **dict.fromkeys(("export", "declare", "local", "readonly", "typeset"), _declare),
    "set": _set,
    "unset": _unset,
    "history": _history,
    "alias": _alias,
    **dict.fromkeys(("read", "mapfile", "readarray"), _read),
    "eval": _eval,
    **dict.fromkeys((".", "source"), _source),
    "trap": _trap,
    "sleep": _sleep,
    **dict.fromkeys(
        (":", "true", "false", "test", "[", "[[", "cd", "shift", "return", "exit", "break", "continue"), _nothing
    ),
}
