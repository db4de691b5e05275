"""R's text cut into tokens (R Language Definition, 10.3). Nothing is refused: what begins no token is one by itself."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_TOKEN: Final = re.compile(
    r"""[ \t\r\f\v\u00a0]*(?:\#[^\n]*)?(?:
    (?P<raw>[rR](?P<quote>["'])(?P<dashes>-*)(?P<open>[(\[{]))
    |(?P<name>(?:[^\W\d_]|\.(?!\d))[\w.]*|\.+(?!\d)|_+\w*)
    |(?P<newline>\n)
    |(?P<operator><<-|->>|:::|\|>|<-|->|::|:=|<=|>=|==|!=|&&|\|\||\[\[|\*\*|[-+*/^<>=!&|~?:$@(){}\[\],;\\])
    |(?P<number>0[xX][0-9A-Fa-f]+[Li]?|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[Li]?)
    |(?P<text>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)
    |(?P<backtick>`(?:[^`\\]|\\.)*`?)
    |(?P<special>%[^%\n]*%)
    |(?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)
"""A token and the blanks and the comment before it."""
_ESCAPE: Final = re.compile(
    r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|u\{[0-9A-Fa-f]{1,4}\}|u[0-9A-Fa-f]{1,4}|U\{[0-9A-Fa-f]{1,8}\}|U[0-9A-Fa-f]{1,8}|.)",
    re.DOTALL,
)
_PLAIN: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_HIGHEST: Final = 0x10FFFF


class Kind(IntEnum):
    """What a token is."""

    NEWLINE = 0
    NUMBER = 1
    NAME = 2
    TEXT = 3
    OPERATOR = 4
    END = 5


@dataclass(slots=True)
class Token:
    """One token and the line it begins in. `text` of a text is what it says; `spelled` that letters of it are escapes."""

    kind: Kind
    text: str
    line: int
    spelled: bool = False


def tokens(text: str) -> list[Token]:
    """Every token of a text but blanks and comments, and one that stands for its end."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(text):
        at, line = _row(text, at, line, found)
    found.append(Token(Kind.END, "", line))
    return found


def _row(text: str, at: int, line: int, found: list[Token]) -> tuple[int, int]:
    """The tokens up to a raw text, and that. Gives where it ends."""
    add = found.append
    for match in _TOKEN.finditer(text, at):
        kind = match.lastgroup
        word = match[kind] if kind is not None else ""
        if kind == "name":
            add(Token(Kind.NAME, word, line))
        elif kind == "newline":
            add(Token(Kind.NEWLINE, word, line))
            line += 1
        elif kind in ("operator", "special"):
            add(Token(Kind.OPERATOR, word, line))
        elif kind == "text":
            made, spelled = _unescaped(word[1:-1] if len(word) > 1 and word[-1] == word[0] else word[1:])
            add(Token(Kind.TEXT, made, line, spelled))
            line += word.count("\n")
        elif kind == "number":
            add(Token(Kind.NUMBER, word, line))
        elif kind == "backtick":
            made, spelled = _unescaped(word.strip("`"))
            add(Token(Kind.NAME, made, line, spelled))
        elif kind == "raw":
            end = _raw(text, match, found, line)
            return end, line + text.count("\n", match.start(), end)
    return len(text), line


def _raw(text: str, match: re.Match[str], found: list[Token], line: int) -> int:
    """A raw text, `r"---(...)---"`; one that is never closed goes to the end."""
    close = _CLOSING[match["open"]] + match["dashes"] + match["quote"]
    end = text.find(close, match.end())
    inner = text[match.end() : end] if end >= 0 else text[match.end() :]
    found.append(Token(Kind.TEXT, inner, line))
    return end + len(close) if end >= 0 else len(text)


def _unescaped(text: str) -> tuple[str, bool]:
    """A text's escapes replaced, and whether a letter or digit was written as one."""
    if "\\" not in text:
        return text, False
    spelled = False

    def one(found: re.Match[str]) -> str:
        nonlocal spelled
        escape = found[1]
        kind = escape[0]
        if kind in "xuU" and len(escape) > 1:
            code = int(escape[1:].strip("{}"), 16)
        elif kind in "01234567" and escape != "0":
            code = int(escape, 8)
        else:
            return _PLAIN.get(kind, escape)
        made = chr(code) if code <= _HIGHEST else ""
        spelled = spelled or (made.isascii() and made.isalnum())
        return made

    return _ESCAPE.sub(one, text), spelled


def number(text: str) -> int | float:
    """The value of a number's token; of a complex one, its digits."""
    plain = text.rstrip("Li")
    if plain[:2].lower() == "0x":
        return int(plain, 16)
    value = float(plain)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
