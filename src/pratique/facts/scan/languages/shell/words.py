"""Words of the shell's language (POSIX.1-2024, Shell Command Language, 2.2, 2.6; bash's additions): quotes and expansions.

A word is cut out in place, so that what is quoted is never taken for an operator. Nothing is refused: a quote that is never
closed ends with the text, and its place is kept in `unclosed`.
"""

import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.scan.languages.shell.nodes import (
    Alternatives,
    AnyWord,
    Arithmetic,
    Node,
    Parameter,
    Part,
    Substitution,
    Word,
)

_DEPTH_MAX: Final = 60
_BLANKS: Final = re.compile(r"(?:[ \t\r\f\v]|\\\n)+")
_BLANK: Final = frozenset(" \t\r\f\v\\#")
_RUN: Final = re.compile(r"[^\s;&|<>()$`\"'\\{]+")
_IN_QUOTES: Final = re.compile(r"[^\"\\$`]+")
_IN_HEREDOC: Final = re.compile(r"[^\\$`]+")
_IN_BRACES: Final = re.compile(r"[^}\\$`\"']+")
_CHOICES: Final = re.compile(r"\{(?=[^{}\s'\"$`\\;|&<>(),]*+,)([^{}\s'\"$`\\;|&<>()]*+)\}")
_NAME: Final = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
_BRACED: Final = re.compile(r"\{([!#]?)([A-Za-z_]\w*|\d+|[@*#?$!-])(\[[^\]\n]{0,200}\])?")
_OPERATOR: Final = re.compile(r":?[-=?+]|//?[#%]?|##?|%%?|\^\^?|,,?|:|@")
_ANSI: Final = re.compile(r"'((?:[^'\\]|\\.)*)'?", re.DOTALL)
_ANSI_ESCAPE: Final = re.compile(
    r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|c.|.)", re.DOTALL
)
_PLAIN_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "v": "\v",
}
_ARITHMETIC_CHARACTERS_MAX: Final = 2_000
_HIGHEST: Final = 0x10FFFF


def unescaped(text: str) -> tuple[str, bool]:
    """The text of `$'...'` or of `printf`'s format with its escapes replaced, and whether a letter or digit was written so."""
    spelled = False

    def one(found: re.Match[str]) -> str:
        nonlocal spelled
        escape = found[1]
        kind = escape[0]
        if kind in "01234567":
            made = chr(int(escape, 8) & 0xFF)
        elif kind in "xuU" and len(escape) > 1:
            code = int(escape[1:], 16)
            made = chr(code) if code <= _HIGHEST else ""
        elif kind == "c" and len(escape) > 1:
            return chr(ord(escape[1]) & 0x1F)
        else:
            return _PLAIN_ESCAPES.get(kind, escape if kind in "\\'\"?" else f"\\{escape}")
        spelled = spelled or made.isalnum()
        return made

    return _ANSI_ESCAPE.sub(one, text), spelled


class Words(ABC):
    """A place in a text, and the words that begin there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)
        self.unclosed: int | None = None
        self._depth = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]

    @abstractmethod
    def nodes(self, closers: frozenset[str]) -> list[Node]:
        """Commands up to what closes them."""

    def line(self, at: int) -> int:
        """The number of the line at a place, from 1."""
        return bisect_right(self._ends, at - 1) + 1

    def deeper(self) -> None:
        """Count a level of nesting. Raises `InvalidInput` for more than anybody writes."""
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise InvalidInput("nested too deeply to be followed")

    def higher(self) -> None:
        """Leave a level of nesting."""
        self._depth -= 1

    def blanks(self) -> None:
        """Pass over blanks, joined lines and a comment."""
        if self.at >= self.end or self.text[self.at] not in _BLANK:
            return
        found = _BLANKS.match(self.text, self.at, self.end)
        if found is not None:
            self.at = found.end()
        if self.at < self.end and self.text[self.at] == "#":
            line_end = self.text.find("\n", self.at, self.end)
            self.at = self.end if line_end < 0 else line_end

    def word(self) -> AnyWord:
        """The word that begins here; empty where none does."""
        parts: list[Part] = []
        start, bare, spelled = self.at, False, ""
        text = self.text
        while self.at < self.end:
            found = _RUN.match(text, self.at, self.end)
            if found is not None:
                parts.append(found.group())
                self.at, bare = found.end(), True
                continue
            sign = text[self.at]
            if sign == "(" and self._extended(parts):
                continue
            if sign in "<>" and (self.at == start or text[self.at - 1] == "=") and text.startswith("(", self.at + 1):
                parts.append(self._substitution(self.at + 2, quoted=True, kind=sign))
                continue
            if sign.isspace() or sign in ";&|<>()":
                break
            here = self.at
            before = here > start and text[here - 1].isalnum()
            spelled = self._sign(sign, parts) or spelled
            if sign in "\"'\\" and before and self.at < self.end and _goes_on(text, here, self.at):
                spelled = spelled or "quotes"
            bare = bare or sign not in "\"'"
        return _word(parts, quoted=not bare, spelled=spelled)

    def _sign(self, sign: str, parts: list[Part]) -> str:
        """What a special character outside quotes begins. Gives how a name is spelled, if it is in an odd way."""
        text = self.text
        if sign == "\\":
            if self.at + 1 < self.end and text[self.at + 1] != "\n":
                parts.append(text[self.at + 1])
            self.at += 2
        elif sign == "'":
            close = self._closing("'", self.at + 1)
            parts.append(text[self.at + 1 : close])
            self.at = min(close + 1, self.end)
        elif sign == '"':
            parts += self._quoted()
        elif sign == "`":
            parts.append(self._backticks(quoted=False))
        elif sign == "{":
            found = _CHOICES.match(text, self.at, self.end)
            parts.append(Alternatives(found[1].split(",")) if found is not None else "{")
            self.at = found.end() if found is not None else self.at + 1
        else:
            return self._dollar(parts, quoted=False)
        return ""

    def _extended(self, parts: list[Part]) -> bool:
        """A pattern of bash's extended kind, `@(a|b)`."""
        if not parts or not isinstance(parts[-1], str) or not parts[-1].endswith(("?", "*", "+", "@", "!")):
            return False
        close = self.text.find(")", self.at, min(self.end, self.at + 200))
        if close < 0 or "\n" in self.text[self.at : close]:
            return False
        parts.append(self.text[self.at : close + 1])
        self.at = close + 1
        return True

    def _closing(self, sign: str, start: int) -> int:
        close = self.text.find(sign, start, self.end)
        if close < 0:
            self._never_closed(start - 1)
            return self.end
        return close

    def _never_closed(self, start: int) -> None:
        self.unclosed = start if self.unclosed is None else min(start, self.unclosed)

    def _quoted(self) -> list[Part]:
        start = self.at
        self.at += 1
        parts = self._until('"', _IN_QUOTES)
        if self.at >= self.end:
            self._never_closed(start)
        self.at = min(self.at + 1, self.end)
        return parts

    def _until(self, close: str, run: re.Pattern[str]) -> list[Part]:
        """Text with expansions as in double quotes, up to a sign; for here-documents, to the end."""
        parts: list[Part] = []
        text = self.text
        while self.at < self.end:
            found = run.match(text, self.at, self.end)
            if found is not None:
                parts.append(found.group())
                self.at = found.end()
                continue
            sign = text[self.at]
            if sign == close:
                break
            if sign == "\\":
                following = text[self.at + 1 : self.at + 2]
                if following != "\n":
                    parts.append(following if following in ("$", "`", "\\", close) else f"\\{following}")
                self.at += 2
            elif sign == "`":
                parts.append(self._backticks(quoted=True))
            elif sign == "$":
                self._dollar(parts, quoted=True)
            else:
                parts.append(sign)
                self.at += 1
        self.at = min(self.at, self.end)
        return parts or [""]

    def heredoc(self, start: int, end: int) -> AnyWord:
        """The text of a here-document whose delimiter is not quoted."""
        if not any(sign in self.text[start:end] for sign in "$`\\"):
            return self.text[start:end]
        kept = self.at, self.end, self.unclosed
        self.at, self.end = start, end
        parts = self._until("", _IN_HEREDOC)
        self.at, self.end, self.unclosed = kept
        return _word(parts, quoted=True, spelled="")

    def _dollar(self, parts: list[Part], *, quoted: bool) -> str:
        """What `$` begins. Gives `escapes` where letters are written as escapes."""
        text = self.text
        self.at += 1
        sign = text[self.at] if self.at < self.end else ""
        if sign == "(":
            parts.append(self._parenthesis(quoted=quoted))
        elif sign == "{":
            parts.append(self._braced(quoted=quoted))
        elif sign == "[":
            close = self._closing("]", self.at + 1)
            parts.append(Arithmetic(text[self.at + 1 : close]))
            self.at = min(close + 1, self.end)
        elif sign == "'" and not quoted:
            found = _ANSI.match(text, self.at, self.end)
            if found is None:  # only with the end of the text in the middle of an escape
                self._never_closed(self.at)
                self.at = self.end
                return ""
            self.at = found.end()
            made, spelled = unescaped(found[1])
            parts.append(made)
            return "escapes" if spelled else ""
        elif sign == '"' and not quoted:
            parts += self._quoted()
        else:
            found = _NAME.match(text, self.at, self.end)
            parts.append(Parameter(found.group(), quoted) if found is not None else "$")
            self.at = found.end() if found is not None else self.at
        return ""

    def _parenthesis(self, *, quoted: bool) -> Part:
        """`$((...))`, where its brackets close together, or `$(...)`."""
        text = self.text
        if text.startswith("((", self.at):
            depth = 0
            for place in range(self.at, min(self.end, self.at + _ARITHMETIC_CHARACTERS_MAX)):
                depth += (text[place] == "(") - (text[place] == ")")
                if depth == 0:
                    if text[place - 1] == ")":
                        inner = text[self.at + 2 : place - 1]
                        self.at = place + 1
                        return Arithmetic(inner)
                    break
        return self._substitution(self.at + 1, quoted=quoted, kind="$")

    def _substitution(self, start: int, *, quoted: bool, kind: str) -> Substitution:
        self.deeper()
        opened = self.at
        self.at = start
        body = self.nodes(frozenset({")"}))
        if self.at >= self.end and not self.text.endswith(")", 0, self.end):
            self._never_closed(opened)
        self.higher()
        return Substitution(body, quoted, kind)

    def _backticks(self, *, quoted: bool) -> Part:
        text, start = self.text, self.at + 1
        place = start
        while place < self.end and text[place] != "`":
            place += 2 if text[place] == "\\" else 1
        if place >= self.end:
            self._never_closed(self.at)
        inner = text[start : min(place, self.end)]
        if "\\" in inner:
            inner = re.sub(r"\\([`\\$\"])" if quoted else r"\\([`\\$])", r"\1", inner)
        self.at = min(place + 1, self.end)
        self.deeper()
        body = self.inner(inner)
        self.higher()
        return Substitution(body, quoted)

    @abstractmethod
    def inner(self, text: str) -> list[Node]:
        """The commands of a text that had to be unescaped first."""

    def _braced(self, *, quoted: bool) -> Part:
        """`${...}`, with what stands in it."""
        opened = self.at
        found = _BRACED.match(self.text, self.at, self.end)
        if found is None:
            close = self._closing("}", self.at + 1)
            self.at = min(close + 1, self.end)
            return ""
        self.at = found.end()
        prefix, name, index = found[1], found[2], found[3] or ""
        if self.text.startswith("}", self.at):
            self.at += 1
            return Parameter(name, quoted, prefix, None, index)
        operator = _OPERATOR.match(self.text, self.at, self.end)
        self.at = operator.end() if operator is not None else self.at
        self.deeper()
        argument = self._argument(opened)
        self.higher()
        return Parameter(name, quoted, prefix or (operator.group() if operator is not None else ""), argument, index)

    def _argument(self, opened: int) -> Word:
        parts: list[Part] = []
        text = self.text
        while self.at < self.end and text[self.at] != "}":
            found = _IN_BRACES.match(text, self.at, self.end)
            if found is not None:
                parts.append(found.group())
                self.at = found.end()
            elif text[self.at] == "\\":
                parts.append(text[self.at : self.at + 2])
                self.at += 2
            else:
                self._sign(text[self.at], parts)
        if self.at >= self.end:
            self._never_closed(opened)
        self.at = min(self.at + 1, self.end)
        return Word(parts)


def _goes_on(text: str, here: int, after: int) -> bool:
    """Whether letters stand around a quote or escape as if it were not there."""
    if text[here] == "\\":
        return text[after - 1].isalnum()
    return text[after].isalnum() or text[here + 1 : here + 2].isalnum()


def _word(parts: list[Part], *, quoted: bool, spelled: str) -> AnyWord:
    if not spelled and all(isinstance(part, str) for part in parts) and not (quoted and not parts):
        return "".join(parts)  # type: ignore[arg-type]  # all of them are texts
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return Word(merged, quoted, spelled)
