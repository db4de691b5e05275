"""How `cmd.exe` takes a batch file apart: lines, operators, redirections, and what stands in front of a command.

Variables in percent signs are put in first, line by line; then carets, quotes and operators are looked at; then `if` and `for`
(Microsoft's reference of `cmd`, `set`, `if` and `for`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

LINE_CHARACTERS_MAX: Final = 8_191
"""The interpreter itself reads no more of a line."""
_TOKEN: Final = re.compile(
    r"""(?P<quoted>"[^"]*(?:"|\Z))|\^(?P<kept>.?)|(?P<redirect>>>?(?:\s*&\s*[0-9])?|<)|(?P<operator>\|\||&&|\||&)
    |(?P<open>\()|(?P<close>\))|(?P<plain>[^"^<>|&()]+)""",
    re.VERBOSE | re.DOTALL,
)
_IN: Final = re.compile(r"\bfor\b[^\n]{0,300}\bin\s*\Z", re.IGNORECASE)
_IF: Final = re.compile(
    r"""if(?=[\s(/"])(?:\s*+/i)?(?:\s++not)?(?:\s*+/i)?\s*+
    (?:(?:exist|defined|errorlevel|cmdextversion)\s++(?:"[^"]*"[^\s("]*|[^\s(]+)
    |(?:"[^"]*"|[^\s"=])*+\s*==\s*(?:"[^"]*"[^\s("]*|[^\s("]+)
    |(?:"[^"]*"|[^\s"]+)\s+(?:equ|neq|lss|leq|gtr|geq)\s+(?:"[^"]*"|[^\s("]+))(?:\s+|(?=\()|\Z)""",
    re.IGNORECASE | re.VERBOSE,
)
_FOR: Final = re.compile(
    r"""for(?=[\s/%])\s*+(?P<kind>/[dlrf])?\s*+(?P<options>"[^"]*"|'[^']*'|(?![%])[^\s"]++(?=\s+%))?\s*+%%?(?P<name>[^\s%])\s++in\s*+\x01(?P<set>[^\x02]*)\x02\s*+do\b\s*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_BEFORE: Final = re.compile(r"[@ \t]+|else\s++", re.IGNORECASE)
"""What may stand in front of an `if` or a `for`."""
_DESCRIPTOR: Final = re.compile(r"(?:^|\s)([0-9])$")
_TARGET: Final = re.compile(r'\s*("[^"]*"?|[^\s"]+)')
_BLOCK: Final = "\0"
"""Stands in a command's text where a block was opened behind `if`, `else` or `do`."""


@dataclass(slots=True)
class Part:
    """One command of a line: its text with carets taken off, what it is joined to the one before by, and its redirections.

    A redirection is an operator (`>`, `>>`, `<`, with the number of the stream in front where it is no usual one) and a path.
    """

    text: str
    joined: str = ""
    redirects: list[tuple[str, str]] = field(default_factory=list)
    inside: bool = False
    """Whether it stands in brackets."""


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Every line with its number, those that end in a caret together with the next."""
    waiting = ""
    first = 1
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip("\r\x1a")
        if not waiting:
            first = number
        carets = len(line) - len(line.rstrip("^"))
        if carets % 2 and len(waiting) < LINE_CHARACTERS_MAX:
            waiting += line[:-1]
            continue
        yield first, (waiting + line)[:LINE_CHARACTERS_MAX]
        waiting = ""
    if waiting:
        yield first, waiting


class Splitter:
    """Cuts lines into commands. `depth` is how many brackets are open, from one line to the next."""

    def __init__(self) -> None:
        self.depth = 0
        self._made: list[Part] = []
        self._text = ""
        self._joined = ""
        self._redirects: list[tuple[str, str]] = []
        self._pending: tuple[str, int] | None = None

    def parts(self, line: str) -> list[Part]:
        """The commands of a line whose variables are put in."""
        self._made, self._text, self._joined, self._redirects, self._pending = [], "", "", [], None
        at = 0
        while at < len(line):
            found = _TOKEN.match(line, at)
            if found is None:
                break
            at = found.end()
            match found.lastgroup:
                case "operator":
                    self._end(found[0])
                case "redirect":
                    self._redirect(found[0])
                case "open":
                    at = self._open(line, at)
                case "close":
                    self._close()
                case "kept":
                    self._text += found["kept"]
                case _:
                    self._text += found[0]
        self._end("")
        return self._made

    def _end(self, operator: str) -> None:
        self._settle()
        content = self._text.strip()
        if content or self._redirects:
            self._made.append(Part(content, self._joined, self._redirects, self.depth > 0))
        self._text, self._redirects, self._joined = "", [], operator

    def _open(self, line: str, at: int) -> int:
        if _IN.search(self._text[-400:]):
            end = _set_end(line, at)
            self._text += f"\x01{_without_carets(line[at:end])}\x02"
            return end + 1
        plain = self._text.strip("@ \t")
        if not plain:
            self.depth += 1
        elif _opens(plain):
            self.depth += 1
            self._text += _BLOCK
        else:
            self._text += "("
        return at

    def _close(self) -> None:
        if self.depth and "(" not in self._text:
            self._end("")
            self.depth -= 1
        else:
            self._text += ")"

    def _redirect(self, operator: str) -> None:
        self._settle()
        stream = _DESCRIPTOR.search(self._text)
        if stream is not None:
            self._text = self._text[: stream.start(1)]
        number = stream[1] if stream is not None else ""
        if "&" not in operator:
            self._pending = ("" if number in ("0", "1") else number) + operator, len(self._text)

    def _settle(self) -> None:
        """Take the target of a redirection out of the text."""
        if self._pending is None:
            return
        operator, place = self._pending
        self._pending = None
        found = _TARGET.match(self._text, place)
        if found is not None:
            self._redirects.append((operator, found[1].strip('"')))
            self._text = self._text[:place] + self._text[found.end() :]


def _set_end(line: str, at: int) -> int:
    """Where the set of a `for` ends."""
    depth, quoted = 1, False
    for place in range(at, len(line)):
        character = line[place]
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "()" and line[place - 1] != "^":
            depth += 1 if character == "(" else -1
            if not depth:
                return place
    last = line.rfind(")")
    return last if last >= at else len(line)


def _without_carets(text: str) -> str:
    """A text with the carets outside of quotes taken off."""
    return "".join(
        found[0] if found[0][0] == '"' else found[0][1:] if found[0][0] == "^" else found[0]
        for found in re.finditer(r'"[^"]*(?:"|\Z)|\^.?|[^"^]+', text)
    )


def _opens(text: str) -> bool:
    """Whether a bracket behind a text opens a block: behind `if`, `else` or `do`, however many of them stand in front."""
    lower = text.lower()
    if lower.endswith(("do", "else")) and (len(lower) < 5 or not lower[-5].isalnum() or lower[-3] in " \x02)"):
        return True
    while (found := _IF.match(text) or _FOR.match(text) or _BEFORE.match(text)) is not None:
        if found.end() >= len(text):
            return True
        text = text[found.end() :]
    return False


def condition(text: str) -> tuple[str, str]:
    """An `if` and the command behind it; the first is empty where a command begins with none."""
    found = _IF.match(text)
    if found is None:
        return "", text
    return found[0], text[found.end() :].lstrip(_BLOCK + " ")


@dataclass(frozen=True, slots=True)
class Turns:
    """A `for`: its kind (`/f`, `/l`, or empty), its options, the letter of its variable, what it goes over, what it does."""

    kind: str
    options: str
    name: str
    over: str
    body: str


def loop(text: str) -> Turns | None:
    """A `for` with the command behind it; None where a command begins with none."""
    found = _FOR.match(text)
    if found is None:
        return None
    kind, options = (found["kind"] or "").lower(), (found["options"] or "").strip("\"'")
    return Turns(kind, options, found["name"], found["set"].strip(), text[found.end() :].lstrip(_BLOCK + " "))
