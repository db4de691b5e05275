"""A file of GYP: the commands in its expansions (GYP input format reference, "Command expansions") and in its actions."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.commands import words_of
from pratique.facts.scan.languages.npm.view import started
from pratique.facts.scan.observation import Context

_EXPANSION: Final = re.compile(r"<!(?!pymod_do_main)@?\(|>!@?\(")
_ACTION: Final = re.compile(r"""["'](?:action|postbuild_action|command)["']\s*:\s*\[([^\[\]]{1,4000})\]""")
_PART: Final = re.compile(r""""((?:[^"\\\n]|\\.)*+)"?|'((?:[^'\\\n]|\\.)*+)'?""")
_COMMANDS_MAX: Final = 200
_COMMAND_CHARACTERS_MAX: Final = 4_000


def read(content: Content, reader: Reader) -> None:
    """Tell of the commands of a build file."""
    text = _without_comments(content.text())
    context = Context.GYP if not _is_aside(content) else content.context
    for line, command in expansions(text):
        for path in started(command):
            reader.emit("code.own_file", line, text=path, context=context)
        reader.embed("shell", command, line, context=context)
    for found in _ACTION.finditer(text):
        words = [each[0] or each[1] for each in _PART.findall(found[1])]
        line = text.count("\n", 0, found.start()) + 1
        for path in started(" ".join(words)):
            reader.emit("code.own_file", line, text=path, context=context)
        reader.embed("shell", " ".join(words), line, context=context)


def _is_aside(content: Content) -> bool:
    return content.context in (Context.TEST, Context.DOCS)


def _without_comments(text: str) -> str:
    """The text with the comments of whole lines blanked, lines kept."""
    return re.sub(r"^[ \t]*#[^\n]*", "", text, flags=re.MULTILINE)


def expansions(text: str) -> Iterator[tuple[int, str]]:
    """Each command that is run while the file is read, with its line from 1: what is between the parentheses."""
    for count, found in enumerate(_EXPANSION.finditer(text)):
        if count >= _COMMANDS_MAX:
            return
        depth, place = 1, found.end()
        end = min(len(text), place + _COMMAND_CHARACTERS_MAX)
        while place < end and depth:
            depth += {"(": 1, ")": -1}.get(text[place], 0)
            place += 1
        command = text[found.end() : place - 1 if not depth else place]
        yield text.count("\n", 0, found.start()) + 1, command.replace('\\"', '"').replace("\\'", "'")


def is_ordinary(command: str) -> bool:
    """Whether a command only says where things are: headers of a package, flags of a library, the name of the system."""
    plain = command.strip()
    if re.search(r"[;&|`]|\$\(", plain):
        return False
    if _ASKS.fullmatch(plain):
        return True
    words = words_of(plain)
    return bool(words) and words[0] in _TELLERS


_ASKS: Final = re.compile(
    r"""node\s+(?:-p|-e|--print|--eval|-pe)\s+["'\\]*(?:console\.log\()?(?:require\(['"\\]*path['"\\]*\)\.\w+\()?(?:['"\\.,\s]*)?"""
    r"""require\(['"\\]*[@\w./-]+['"\\]*\)(?:\.\w+|\(\))*['"\\)\s;]*"""
)
_TELLERS: Final = frozenset(
    [
        "pkg-config",
        "uname",
        "which",
        "echo",
        "sw_vers",
        "xcrun",
        "xcode-select",
        "getconf",
        "llvm-config",
        "sdl2-config",
        "node-gyp",
        "pwd",
        "basename",
        "dirname",
    ]
)
