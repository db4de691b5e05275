"""Interpreters: the code they are given in an argument, in a file, or on their standard input."""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages import commands
from pratique.facts.scan.languages.shell.machine import Call, Machine, options
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_SHELLS: Final = ("sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "fish", "rbash")
_INTERACTIVE: Final = re.compile(r"^-[a-hj-z]*+i[a-z]*$")
_STARTS: Final = re.compile(
    r"(?:\b(?:system|exec|popen|qx|shell_exec|passthru|proc_open|spawn|Open3\.\w+|io\.popen|os\.execute)\s*+\(?|do shell script)"
    r"\s*+([\"'])(.{1,2000}?)(?<!\\)\1",
    re.DOTALL,
)
_SOCKETS: Final = re.compile(
    r"\buse\s+(?:IO::)?Socket|fsockopen|TCPSocket|socket\.tcp|-rsocket|require\s*+[(]?\s*+[\"']socket|IO::Socket|net\.connect|socket_connect"
)
_SHELL_STARTED: Final = re.compile(r"/bin/(?:ba|z|da)?sh\b|\bexec\b|\bproc_open|\bbash\s+-i|\bcmd\.exe")
_RECEIVED: Final = re.compile(r"\b(?:popen|system|exec|spawn|shell_exec|passthru)\s*+\(?\s*+\$?[a-z_]++\s*+[,)]")
"""A command that stands in a variable is started."""
_BYTES_OF_CODE_MAX: Final = 65_536
_OTHER_LANGUAGES: Final = (
    "perl",
    "ruby",
    "php",
    "lua",
    "luajit",
    "osascript",
    "tclsh",
    "expect",
    "ruby1",
    "groovy",
    "julia",
    "gdb",
)


def _shell(machine: Machine, call: Call) -> Value:
    """`sh -c code`, `sh file`, and `sh` that reads its code."""
    arguments = list(call.arguments)
    code_next = False
    while arguments and arguments[0].text[:1] in ("-", "+") and len(arguments[0].text) > 1:
        word = arguments.pop(0).text
        if word == "--":
            break
        if word in ("-o", "+o", "-O", "+O", "--rcfile", "--init-file") and arguments:
            arguments.pop(0)
        elif not word.startswith("--") and "c" in word:
            code_next = True
        elif not word.startswith("--") and "s" in word[1:]:
            arguments.clear()
    if call.connected and not code_next and (not arguments or any(_INTERACTIVE.match(each) for each in call.texts)):
        machine.emit("proc.shell_plumbing", call)
        return UNKNOWN
    if code_next:
        if not arguments:
            return UNKNOWN
        found = _given(arguments[0])
        if call.connected and found.text.strip() in _SHELLS:
            machine.emit("proc.shell_plumbing", call)
        return machine.code(found, call, arguments=arguments[2:])
    if arguments and arguments[0].text != "-":
        return _file(
            machine,
            arguments[0],
            call,
            lambda code: machine.code(code, call, arguments=arguments[1:], fetched="proc.fetched"),
        )
    if call.stdin is not None and call.stdin.name != "fifo":
        return machine.code(call.stdin, call)
    return Value(name="shell") if call.wanted else UNKNOWN


def _given(value: Value) -> Value:
    """Code in an argument; one that is nothing but unknown is no text."""
    return Value(labels=value.labels, how=value.how) if value.text == HOLE else value


def _file(machine: Machine, path: Value, call: Call, run: Callable[[Value], Value | None]) -> Value:
    """A script in a file: one that this script wrote or fetched, or a stream."""
    if path.name == "stream" and path.items:
        found = path.items[0]
        machine.tell_run(found, call)
        return UNKNOWN if found.constant is NOT_KNOWN else (run(Value(found.constant, how=found.how)) or UNKNOWN)
    if path.text in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0") and call.stdin is not None:
        machine.tell_run(call.stdin, call)
        return UNKNOWN
    written = machine.made(path.text)
    if written is None:
        machine.own_file(path.text, call)
        return UNKNOWN
    return run(written) or UNKNOWN


def _language(language: str, code_options: str) -> Callable[[Machine, Call], Value]:
    def run(machine: Machine, call: Call) -> Value:
        for place, word in enumerate(call.texts):
            if word in ("--eval", "--print") or (
                word.startswith("-") and word[1:2] and word[-1] in code_options and word[1] != "-"
            ):
                if place + 1 < len(call.arguments):
                    machine.embed(language, _given(call.arguments[place + 1]), call)
                return _through(call)
            if not word.startswith("-") or word == "-m":
                break
        paths = [each for each in call.arguments if not each.text.startswith("-")]
        if paths and "-m" not in call.texts[:1]:
            _file(machine, paths[0], call, lambda code: machine.embed(language, code, call, "proc.fetched"))
        elif call.stdin is not None and (not call.arguments or call.texts[0] == "-"):
            machine.embed(language, call.stdin, call)
        return _through(call)

    return run


def _powershell(machine: Machine, call: Call) -> Value:
    """PowerShell takes options by any beginning of their names, and encoded commands."""
    if call.stdin is not None and "-" in call.texts:
        machine.embed("powershell", call.stdin, call)
    else:
        line = call.line if machine.pinned is None else machine.pinned
        words = [call.name, *call.texts]
        commands.run(words, machine.reader, line, how=call.how, context=machine.context, unit=machine.unit)
    return _through(call)


def _through(call: Call) -> Value:
    """What an interpreter writes: anything it was given may come out."""
    if not call.wanted:
        return UNKNOWN
    labels = joined(call.arguments).labels
    return Value(labels=labels | call.stdin.all_labels() if call.stdin is not None else labels)


def _other(machine: Machine, call: Call) -> Value:
    """Interpreters whose language nothing here reads: connections, and the commands that they start."""
    flags, others = options(call.arguments, "eEr", frozenset({"eval"}))
    codes = [value for flag, value in flags if flag in ("e", "E", "r", "eval")]
    if not codes and call.stdin is not None and not others:
        codes = [call.stdin]
    if not codes and others:
        written = machine.made(others[0].text)
        if written is not None:
            machine.tell_run(written, call, "proc.fetched")
            codes = [Value(written.constant, how=written.how)]
    for code in codes:
        machine.tell_run(code, call)
        follow_foreign(machine, code.text, code.how, call)
    return _through(call)


def follow_foreign(machine: Machine, text: str, how: How, call: Call) -> None:
    """What a text of a language that nothing here reads has started as commands."""
    text = text[:_BYTES_OF_CODE_MAX]
    if (_SOCKETS.search(text) or _SOCKETS.search(call.text)) and (
        _SHELL_STARTED.search(text) or _RECEIVED.search(text)
    ):
        machine.emit("proc.shell_plumbing", call, how=how)
    for found in list(_STARTS.finditer(text))[:20]:
        machine.code(Value(found[2].replace('\\"', '"'), how=how), call)


PROGRAMS: Final = {
    **dict.fromkeys(_SHELLS, _shell),
    **dict.fromkeys(("python", "python2", "python3", "pypy", "pypy3"), _language("python", "c")),
    **dict.fromkeys(("node", "nodejs", "bun", "deno"), _language("javascript", "ep")),
    **dict.fromkeys(("pwsh", "powershell"), _powershell),
    "Rscript": _language("r", "e"),
    **dict.fromkeys(_OTHER_LANGUAGES, _other),
}
