"""Programs that start another one, whose name and arguments follow their own."""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages.shell.machine import Call, Machine, options
from pratique.facts.scan.languages.shell.programs import sources
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value

_SETTING: Final = re.compile(r"^[A-Za-z_]\w*=")
_DURATION: Final = re.compile(r"^\d+(?:\.\d+)?[smhd]?$")


def _prefix(valued: str, *, settings: bool = False, skips: int = 0) -> Callable[[Machine, Call], Value]:
    """A program with options, perhaps `NAME=value` words and some words of its own, and then a command."""

    def run(machine: Machine, call: Call) -> Value:
        rest = _behind_options(call.arguments, valued)
        while settings and rest and _SETTING.match(rest[0].text):
            rest = rest[1:]
        rest = rest[skips:]
        if not rest:
            return UNKNOWN
        return machine.start(rest, call)

    return run


def _behind_options(arguments: list[Value], valued: str) -> list[Value]:
    place = 0
    while place < len(arguments):
        text = arguments[place].text
        if text == "--":
            return arguments[place + 1 :]
        if not text.startswith("-") or len(text) == 1:
            break
        place += 2 if not text.startswith("--") and text[-1] in valued else 1
    return arguments[place:]


def _env(machine: Machine, call: Call) -> Value:
    rest = _behind_options(call.arguments, "uCS")
    while rest and _SETTING.match(rest[0].text):
        rest = rest[1:]
    if rest:
        return machine.start(rest, call)
    return sources.environment(machine, call)


def _exec(machine: Machine, call: Call) -> Value:
    rest = _behind_options(call.arguments, "a")
    return machine.start(rest, call) if rest else UNKNOWN


def _command(machine: Machine, call: Call) -> Value:
    words = call.texts
    if words and words[0] in ("-v", "-V"):
        return Value(words[1] if len(words) > 1 and call.wanted else NOT_KNOWN)
    rest = _behind_options(call.arguments, "")
    return machine.start(rest, call) if rest else UNKNOWN


def _which(machine: Machine, call: Call) -> Value:
    del machine
    words = [word for word in call.texts if not word.startswith("-")]
    return Value(words[0]) if words and call.wanted else UNKNOWN


def _timeout(machine: Machine, call: Call) -> Value:
    rest = _behind_options(call.arguments, "ks")
    if rest and (_DURATION.match(rest[0].text) or HOLE in rest[0].text):
        rest = rest[1:]
    return machine.start(rest, call) if rest else UNKNOWN


def _xargs(machine: Machine, call: Call) -> Value:
    """What is read becomes arguments of the command."""
    flags, _ = options(
        call.arguments, "aEILnPsd", frozenset({"replace", "max-args", "max-procs", "delimiter", "arg-file"})
    )
    rest = _behind_options(call.arguments, "aEILnPsd")
    given = call.stdin if call.stdin is not None else UNKNOWN
    sign = next((value.text or "{}" for flag, value in flags if flag in ("I", "replace")), "")
    word = given.text.strip() if given.known and given.constant is not NOT_KNOWN else HOLE
    if not rest:
        return Value(labels=given.all_labels())
    last = Value(word, given.all_labels(), how=given.how)
    rest = [_with(each, sign, word, given) for each in rest] if sign else [*rest, last]
    call.stdin = None
    return machine.start(rest, call)


def _with(value: Value, sign: str, word: str, given: Value) -> Value:
    if sign not in value.text:
        return value
    return Value(value.text.replace(sign, word), value.labels | given.all_labels(), how=max(value.how, given.how))


def _find(machine: Machine, call: Call) -> Value:
    """What is found has names as they were asked for."""
    words = call.texts
    labels = frozenset[str]().union(*(machine.path_labels(word) for word in words))
    for place, word in enumerate(words):
        if word in ("-exec", "-execdir", "-ok") and place + 1 < len(words):
            rest = call.arguments[place + 1 :]
            end = next((at for at, each in enumerate(rest) if each.text in (";", "+", "\\;")), len(rest))
            command = [_with(each, "{}", HOLE, Value(labels=labels)) for each in rest[:end]]
            inner = Call("", [], call.line, wanted=call.wanted)
            found = machine.start(command, inner) if command else UNKNOWN
            labels |= found.all_labels()
    return Value(labels=labels)


def _su(machine: Machine, call: Call) -> Value:
    for place, word in enumerate(call.texts[:-1]):
        if word in ("-c", "--command"):
            return machine.code(call.arguments[place + 1], call)
    return UNKNOWN


def _busybox(machine: Machine, call: Call) -> Value:
    return machine.start(call.arguments, call) if call.arguments else UNKNOWN


def _at(machine: Machine, call: Call) -> Value:
    """A job for later, read from standard input."""
    if call.stdin is not None:
        machine.emit("write.schedule", call)
        return machine.code(call.stdin, call)
    return UNKNOWN


PROGRAMS: Final = {
    **dict.fromkeys(("sudo", "doas"), _prefix("ugpCrtThD", settings=True)),
    "env": _env,
    **dict.fromkeys(
        ("nohup", "setsid", "builtin", "unbuffer", "fakeroot", "eatmydata", "dbus-run-session", "catchsegv"),
        _prefix(""),
    ),
    **dict.fromkeys(
        ("nice", "ionice", "stdbuf", "chrt", "taskset", "time", "strace", "ltrace", "proxychains", "proxychains4"),
        _prefix("ncpioeft"),
    ),
    "exec": _exec,
    "command": _command,
    **dict.fromkeys(("which", "type", "whence"), _which),
    "timeout": _timeout,
    "gtimeout": _timeout,
    "xargs": _xargs,
    "find": _find,
    **dict.fromkeys(("su", "runuser"), _su),
    "script": _su,
    **dict.fromkeys(("chroot",), _prefix("", skips=1)),
    **dict.fromkeys(("flock",), _prefix("wEo", skips=1)),
    "watch": _prefix("n"),
    **dict.fromkeys(("busybox", "toybox"), _busybox),
    **dict.fromkeys(("at", "batch"), _at),
}
