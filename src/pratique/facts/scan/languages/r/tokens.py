"""R's text cut into tokens (R Language Definition, 10.3). Nothing is refused: what begins no token is one by itself."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\r\f\v\u00a0]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<raw>[rR](?P<quote>["'])(?P<dashes>-*)(?P<open>[(\[{]))
    |(?P<number>0[xX][0-9A-Fa-f]+[Li]?|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[Li]?)
    |(?P<name>(?:[^\W\d_]|\.(?!\d))[\w.]*|\.+|_+\w*)
    |(?P<text>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)
    |(?P<backtick>`(?:[^`\\]|\\.)*`?)
    |(?P<special>%[^%\n]*%)
    |(?P<operator><<-|->>|:::|\|>|<-|->|::|:=|<=|>=|==|!=|&&|\|\||\[\[|\*\*|[-+*/^<>=!&|~?:$@(){}\[\],;\\])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
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
        match = _TOKEN.match(text, at)
        if match is None:  # the last alternative takes any character
            break
        kind = match.lastgroup
        if match["raw"] is not None:
            at = _raw(text, match, found, line)
            line += text.count("\n", match.start(), at)
            continue
        at = match.end()
        if kind in ("blank", "other"):
            continue
        word = match.group()
        if kind == "newline":
            found.append(Token(Kind.NEWLINE, "\n", line))
            line += 1
        elif kind == "name":
            found.append(Token(Kind.NAME, word, line))
        elif kind == "text":
            made, spelled = _unescaped(word[1:-1] if len(word) > 1 and word[-1] == word[0] else word[1:])
            found.append(Token(Kind.TEXT, made, line, spelled))
            line += word.count("\n")
        elif kind == "number":
            found.append(Token(Kind.NUMBER, word, line))
        elif kind == "backtick":
            made, spelled = _unescaped(word.strip("`"))
            found.append(Token(Kind.NAME, made, line, spelled))
        else:
            found.append(Token(Kind.OPERATOR, word, line))
    found.append(Token(Kind.END, "", line))
    return found


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
