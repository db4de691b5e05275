"""What shells and their small tools make of texts: patterns, `printf`, `tr`, `cut`. Constants only, bounded."""

import re
from fnmatch import translate
from functools import lru_cache
from typing import Final

from pratique.facts.scan.languages.shell.words import unescaped
from pratique.facts.scan.value import HOLE

_TEXT_CHARACTERS_MAX: Final = 1024 * 1024
_CLASSES: Final = {
    "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "[:lower:]": "abcdefghijklmnopqrstuvwxyz",
    "[:digit:]": "0123456789",
    "[:space:]": " \t\n\r\f\v",
    "[:blank:]": " \t",
}
_ECHO_ESCAPE: Final = re.compile(r"\\0([0-7]{1,3})")
_FORMAT: Final = re.compile(r"%[-+ 0#]*+\d*+(?:\.\d++)?([%sbdicuxXoq])")
_RANGE: Final = re.compile(r"(.)-(.)", re.DOTALL)
_CIPHER_LETTERS_MIN: Final = 10
_CHARACTERS_MAX: Final = 0x10FFFF


def echoed(text: str) -> tuple[str, bool]:
    """What `echo -e` makes of a text, and whether letters were written as escapes."""
    return unescaped(_ECHO_ESCAPE.sub(r"\\\1", text))


def formatted(pattern: str, arguments: list[str]) -> tuple[str, bool]:
    """What `printf` writes, and whether letters were written as escapes. The format is used until no argument is left."""
    made, spelled = unescaped(pattern)
    directives = len([found for found in _FORMAT.finditer(made) if found[1] != "%"])
    rest = list(arguments)
    parts: list[str] = []
    size = 0

    def one(found: re.Match[str]) -> str:
        nonlocal spelled
        kind = found[1]
        if kind == "%":
            return "%"
        argument = rest.pop(0) if rest else ""
        if kind == "b":
            text, hidden = echoed(argument)
            spelled = spelled or hidden
            return text
        return argument[:1] if kind == "c" else argument

    while True:
        parts.append(_FORMAT.sub(one, made))
        size += len(parts[-1])
        if not rest or not directives or size > _TEXT_CHARACTERS_MAX:
            return "".join(parts)[:_TEXT_CHARACTERS_MAX], spelled


def translated(arguments: list[str], text: str) -> tuple[str, bool] | None:
    """What `tr` makes of a text, and whether letters change places; None where its arguments are not understood."""
    options = "".join(each[1:] for each in arguments if each.startswith("-") and len(each) > 1 and each[1].isalpha())
    sets = [_set(each) for each in arguments if not (each.startswith("-") and len(each) > 1 and each[1].isalpha())]
    if not sets or "c" in options.lower():
        return None
    first = sets[0]
    if "d" in options:
        return text.translate(dict.fromkeys(map(ord, first))), False
    if len(sets) < 2 or not sets[1]:
        return None
    second = sets[1] + sets[1][-1] * (len(first) - len(sets[1]))
    moved = [
        (one, two) for one, two in zip(first, second, strict=False) if one != two and one.isalpha() and two.isalpha()
    ]
    ciphered = len([one for one, two in moved if one.lower() != two.lower()]) >= _CIPHER_LETTERS_MIN
    table = {ord(one): two for one, two in reversed(list(zip(first, second, strict=False)))}
    return text.translate(table), ciphered


def _set(text: str) -> str:
    for name, members in _CLASSES.items():
        text = text.replace(name, members)
    text = unescaped(text)[0]

    def span(found: re.Match[str]) -> str:
        low, high = ord(found[1]), ord(found[2])
        return "".join(map(chr, range(low, min(high, low + 255) + 1))) if low <= high else found.group()

    return _RANGE.sub(span, text)


def cut_out(options: str, text: str) -> str | None:
    """What `cut -c` of one range gives of each line; None for another list."""
    found = re.fullmatch(r"([0-9]{0,9})(-?)([0-9]{0,9})", options)
    if found is None or not (found[1] or found[3]):
        return None
    first = int(found[1] or 1)
    last = int(found[3]) if found[3] else (None if found[2] else first)
    return "\n".join(line[max(first - 1, 0) : last] for line in text.split("\n"))


def fields_of(delimiter: str, options: str, text: str) -> str | None:
    """What `cut -d -f` of one field gives of each line; None for another list."""
    if not options.isdecimal() or len(options) > 9 or len(delimiter) != 1:
        return None
    place = int(options) - 1
    lines = (line.split(delimiter) for line in text.split("\n"))
    return "\n".join(
        parts[place] if 0 <= place < len(parts) else parts[0] if len(parts) == 1 else "" for parts in lines
    )


def edited(script: str, text: str) -> str | None:
    """What `sed` makes of a text by one plain substitution; None for everything else."""
    found = re.fullmatch(r"s(.)((?:(?!\1)[^\\\[\].*^$+?(){}|])+)\1((?:(?!\1)[^\\&])*)\1(g?)", script)
    if found is None:
        return None
    return (
        text.replace(found[2], found[3])
        if found[4]
        else "\n".join(line.replace(found[2], found[3], 1) for line in text.split("\n"))
    )


@lru_cache(maxsize=512)
def _pattern(glob: str) -> re.Pattern[str] | None:
    try:
        return re.compile(translate(glob))
    except re.error:
        return None


def matches(glob: str, text: str) -> bool:
    """Whether a shell pattern fits a whole text."""
    pattern = _pattern(glob)
    return pattern is not None and pattern.match(text) is not None


def trimmed(text: str, operator: str, glob: str) -> str:
    """`${text#glob}` and its kin. The pattern's shortest or longest match is taken off an end."""
    if HOLE in text:
        return text
    from_start = operator.startswith("#")
    if not any(sign in glob for sign in "*?["):
        plain = glob.replace("\\", "")
        return text.removeprefix(plain) if from_start else text.removesuffix(plain)
    lengths = range(len(text) + 1) if len(operator) == 1 else range(len(text), -1, -1)
    for size in lengths if len(text) <= 500 else ():
        part = text[:size] if from_start else text[len(text) - size :]
        if matches(glob, part):
            return text[size:] if from_start else text[: len(text) - size]
    return text


def replaced(text: str, operator: str, argument: str) -> str:
    """`${text/glob/other}` with a pattern of plain characters; other patterns leave the text as it is."""
    glob, _, other = argument.partition("/")
    glob = glob.replace("\\", "")
    if not glob or any(sign in glob for sign in "*?["):
        return text
    return text.replace(glob, other) if operator.startswith("//") else text.replace(glob, other, 1)


def cased(text: str, operator: str) -> str:
    """`${text^}`, `${text^^}`, `${text,}` and `${text,,}`."""
    change = str.upper if operator[0] == "^" else str.lower
    return change(text) if len(operator) > 1 else change(text[:1]) + text[1:]


def sliced(text: str, argument: str) -> str | None:
    """`${text:from:length}` with plain numbers; None for others."""
    found = re.fullmatch(r"\s*\(?(-?\d{1,6})\)?\s*(?::\s*(-?\d{1,6})\s*)?", argument)
    if found is None:
        return None
    start = int(found[1])
    rest = text[start:] if start >= 0 else text[max(len(text) + start, 0) :]
    if found[2] is None:
        return rest
    length = int(found[2])
    return rest[:length]
