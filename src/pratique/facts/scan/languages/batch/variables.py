"""Variables of batch files: what they hold, how they are put into a line, and what `set` works out.

In percent signs they are put in before anything else is looked at, between exclamation marks when the command is run.
Substrings (`%name:~2,3%`) and replacements (`%name:old=new%`) are those of Microsoft's reference of `set`.
"""

import re
from dataclasses import dataclass
from typing import Final

from pratique.facts.scan.languages.windows import ENVIRONMENT, HOST_INFO
from pratique.facts.scan.value import HOLE

_PERCENT: Final = re.compile(
    r"""%%(?P<inner>[A-Za-z_]\w{1,60}(?::[^%\r\n]{1,60})?)%%|%%(?P<letter>[^\s%])(?!%)|(?P<double>%%)|%~(?P<flags>[dpnxsfatz$]*)(?P<digit>[0-9])|%(?P<argument>[0-9*])
    |%(?P<name>[^%\r\n:]{1,200})(?::(?P<change>~[^%]{0,40}|\*?[^=%]{1,200}=[^%]{0,200}))?%""",
    re.VERBOSE,
)
_TILDE: Final = re.compile(r"%%~(?P<flags>[dpnxsfatz$]*)(?P<letter>[A-Za-z])")
_DELAYED: Final = re.compile(
    r"!(?P<name>[^!\r\n:%\"]{1,200})(?::(?P<change>~[^!]{0,40}|\*?[^=!]{1,200}=[^!]{0,200}))?!"
)
_SINGLE: Final = re.compile(r"\bfor\b[^%]{0,200}(?<!%)%([A-Za-z])\s+in\b", re.IGNORECASE)
"""A `for` as it is written outside of a file, with one percent sign."""
_OF_A_LOOP: Final = re.compile(r"\s++in\s*+[(\x01]", re.IGNORECASE)
"""Stands behind the letter of a loop within a loop, which may be that of the other."""
_SLICE: Final = re.compile(r"~\s*+(-?\d{1,6})?\s*+(?:,\s*+(-?\d{1,6}))?\s*+$")
_NUMBER: Final = re.compile(r"0[xX][0-9a-fA-F]{1,16}|\d{1,18}|[A-Za-z_][\w.]*|<<|>>|[-+*/%&|^~()!]")
_PLACE_OF_SCRIPT: Final = "%~f0"
_CHARACTERS_MAX: Final = 8_191
_DEPTH_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Held:
    """What a variable holds: a text with holes for what is not known, and what flowed into it."""

    text: str
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its variables put in: what flowed into it, and how many of its letters came from odd places."""

    text: str
    labels: frozenset[str] = frozenset()
    odd: int = 0


class Variables:
    """The variables of a script on its way. `known` are names that something in the script sets."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known
        self.names: dict[str, Held] = {}
        self.letters: dict[str, Held] = {}
        self.arguments: list[Held] = []

    def set(self, name: str, text: str, labels: frozenset[str] = frozenset()) -> None:
        """Give a variable its content; an empty one takes it away."""
        self.names[name.strip().lower()] = Held(text[:_CHARACTERS_MAX], labels)

    def get(self, name: str) -> Held | None:
        """What a variable holds; None for one of which nothing is known."""
        lower = name.strip().lower()
        found = self.names.get(lower)
        if found is not None:
            return found
        if lower in HOST_INFO:
            return Held(f"%{lower.upper()}%", frozenset({"read.host_info"}))
        return Held(HOLE) if lower in self.known else None

    def put_in(self, line: str) -> Line:
        """A line with its variables in percent signs put in."""
        if "%" not in line:
            return Line(line)
        found = _Putting(self)
        text = line
        if (single := _SINGLE.search(text)) is not None:
            text = re.sub(rf"(?<!%)%(~[a-z$]*)?(?={single[1]}\b)", lambda sign: f"%%{sign[1] or ''}", text)
        text = _TILDE.sub(found.letter, text)
        text = _PERCENT.sub(found.percent, text)
        return Line(text[:_CHARACTERS_MAX], frozenset(found.labels), found.odd)

    def put_in_late(self, command: Line) -> Line:
        """A command with its variables between exclamation marks put in, as is done when it is run."""
        if "!" not in command.text:
            return command
        found = _Putting(self)
        text = _DELAYED.sub(found.delayed, command.text)
        return Line(text[:_CHARACTERS_MAX], command.labels | found.labels, command.odd + found.odd)


class _Putting:
    """One line being put together."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables
        self.labels: set[str] = set()
        self.odd = 0
        self.size = 0

    def letter(self, found: "re.Match[str]") -> str:
        held = None if _OF_A_LOOP.match(found.string, found.end()) else self.variables.letters.get(found["letter"])
        return found[0] if held is None else self._give(held)

    def percent(self, found: "re.Match[str]") -> str:
        if found["inner"] is not None:
            return f"%{found['inner']}%"  # for `call`, which puts variables in once more
        if found["letter"] is not None:
            return self.letter(found)
        if found["double"] is not None:
            return "%"
        number = found["digit"] or found["argument"]
        if number is not None:
            return self._argument(number)
        return self._named(found)

    def delayed(self, found: "re.Match[str]") -> str:
        if self.variables.get(found["name"]) is None and not found["name"].strip().isidentifier():
            return found[0]
        return self._named(found)

    def _argument(self, number: str) -> str:
        if number == "0":
            return _PLACE_OF_SCRIPT
        given = self.variables.arguments
        if number == "*":
            return " ".join(self._give(each) for each in given) if given else HOLE
        place = int(number) - 1
        return self._give(given[place]) if place < len(given) else HOLE

    def _named(self, found: "re.Match[str]") -> str:
        name, change = found["name"], found["change"]
        held = self.variables.get(name)
        inside = _in_word(found)
        if held is None:
            place = ENVIRONMENT.get(name.strip().lower())
            if place is not None and change is not None:
                self.odd += 1
                return self._changed(place, change)
            if place is None and inside:
                self.odd += 1
                return ""  # nobody sets it: it is nothing, and stands there to break a word
            return f"%{name.upper()}%" if change is None else HOLE
        text = held.text
        if change is not None:
            self.odd += 1 if change.startswith("~") else 2
            text = self._changed(text, change)
        elif inside:
            self.odd += 1
        return self._give(Held(text, held.labels))

    def _give(self, held: Held) -> str:
        self.labels |= held.labels
        self.size += len(held.text)
        return held.text if self.size <= _CHARACTERS_MAX else HOLE

    @staticmethod
    def _changed(text: str, change: str) -> str:
        if text == HOLE:
            return HOLE
        if change.startswith("~"):
            return _sliced(text, change)
        old, _, new = change.partition("=")
        if old.startswith("*") and len(old) > 1:
            place = text.lower().find(old[1:].lower())
            return text if place < 0 else new + text[place + len(old) - 1 :]
        if not old or len(text) * (len(new) + 1) > _CHARACTERS_MAX * 16:
            return HOLE
        return re.sub(re.escape(old), lambda _: new, text, flags=re.IGNORECASE)


def _sliced(text: str, change: str) -> str:
    found = _SLICE.match(change)
    if found is None:
        return HOLE
    first = int(found[1] or 0)
    first = max(len(text) + first, 0) if first < 0 else first
    if found[2] is None:
        return text[first:]
    size = int(found[2])
    last = len(text) + size if size < 0 else first + size
    return text[first:last] if last > first else ""


def _in_word(found: "re.Match[str]") -> bool:
    """Whether a variable stands in the middle of a word, or beside another variable in one."""
    line = found.string
    before = line[found.start() - 1] if found.start() else " "
    behind = line[found.end()] if found.end() < len(line) else " "
    return ((before.isalnum() or before in "%!^") and (behind.isalnum() or behind in "%!^")) or (
        (before in "%!^" or behind in "%!^") and (before + behind).strip() != ""
    )


def worked_out(text: str, variables: Variables) -> int | None:
    """The number that `set /a` gives; None where it is not known. Of several expressions it is that of the last."""
    reading = _Arithmetic(_NUMBER.findall(text.replace(" ", "")[:400]), variables)
    try:
        return reading.whole()
    except (IndexError, ValueError, ZeroDivisionError, RecursionError):
        return None


class _Arithmetic:
    """Numbers, names and operators from left to right, by precedence."""

    _LEVELS: Final = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))

    def __init__(self, tokens: list[str], variables: Variables) -> None:
        self.tokens = tokens
        self.at = 0
        self.variables = variables
        self.depth = 0

    def whole(self) -> int | None:
        found = self._level(0)
        return found if self.at == len(self.tokens) else None

    def _level(self, level: int) -> int:
        if level == len(self._LEVELS):
            return self._atom()
        found = self._level(level + 1)
        while self.at < len(self.tokens) and self.tokens[self.at] in self._LEVELS[level]:
            operator = self.tokens[self.at]
            self.at += 1
            found = _operated(operator, found, self._level(level + 1))
        return found

    def _atom(self) -> int:
        self.depth += 1
        if self.depth > _DEPTH_MAX * 10:
            raise ValueError(self.depth)
        word = self.tokens[self.at]
        self.at += 1
        if word == "(":
            found = self._level(0)
            self.at += 1
            return found
        if word in "-~!+":
            inner = self._atom()
            return {"-": -inner, "~": ~inner, "!": int(not inner), "+": inner}[word]
        if word[0].isdigit():
            return int(word, 0) if word[:2].lower() == "0x" else int(word)
        held = self.variables.get(word)
        return int(held.text) if held is not None and held.text.strip() else 0


def _operated(operator: str, one: int, two: int) -> int:
    match operator:
        case "+":
            found = one + two
        case "-":
            found = one - two
        case "*":
            found = one * two
        case "/":
            found = int(one / two) if abs(one) < 1 << 52 else one // two
        case "%":
            found = abs(one) % abs(two) * (-1 if one < 0 else 1)
        case "<<":
            found = one << two if 0 <= two < 64 else 0
        case ">>":
            found = one >> two if 0 <= two < 64 else 0
        case "&":
            found = one & two
        case "|":
            found = one | two
        case _:
            found = one ^ two
    return (found + (1 << 31)) % (1 << 32) - (1 << 31)
