"""What can be read of Python that is broken in places: statement by statement, with the rest left out.

Lines stay the same: what is left out is a `pass`, or an `if 1:` where a block hangs on it. Of text with the marks of a merge or
of a template, those lines go first.
"""

import ast
import re
from dataclasses import dataclass
from typing import Final

from pratique.facts.scan.languages.python.older import rewritten, statements
from pratique.model import limits

_MARKS: Final = re.compile(
    r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$|^[ \t]*\{[%#].*[%#]\}[ \t]*$|^(?:@@ .*|diff --git .*)$", re.MULTILINE
)
_TABS: Final = re.compile(r"^[ ]*\t[ \t]*", re.MULTILINE)
_COMMENT: Final = re.compile(r"\s#")
_HEADS: Final = (
    (re.compile(r"\s*(?:except|finally)\b.*:"), "except:"),
    (re.compile(r"\s*elif\b.*:"), "elif 1:"),
    (re.compile(r"\s*else\b.*:"), "else:"),
    (re.compile(r"\s*case\b.*:"), "case _:"),
    (re.compile(r"\s*(?:(?:async\s+)?(?:def|class|for|while|with|if|try|match)\b.*|\S.*):\s*$"), "if 1:"),
)
"""What stands in place of a line on which a block hangs."""
_NEVER_CLOSED: Final = re.compile(r"'([(\[{])' was never closed")
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_TRY: Final = re.compile(r"\s*try\s*:")
_FOLLOWS: Final = re.compile(r"(?:elif|else|except|finally|case)\b")
_ATTEMPTS_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class Mended:
    """A module as far as it can be read, as text and as a tree, and the lines that were left out."""

    text: str
    tree: ast.Module
    lost: tuple[int, ...]

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n") + 1


def mended(text: str) -> Mended | None:
    """As much of a text as can be read; None for one that is too long for that, or of which nothing can."""
    if len(text) > limits.SCAN_MENDED_CHARACTERS_MAX:
        return None
    text = _TABS.sub(lambda found: found[0].expandtabs(8), _MARKS.sub("", text.lstrip("\ufeff\ufffd")))
    try:
        work = _Work(rewritten(text))
    except (ValueError, RecursionError):
        return None
    return work.whole() or work.by_chunks()


class _Work:
    """A text on the bench."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self._lost: set[int] = set()
        self._closed: set[int] = set()
        self._extents = statements(text)
        self._budget = limits.SCAN_MENDED_WORK_CHARACTERS_MAX

    def whole(self) -> Mended | None:
        """The module after so many mends; None where that was not enough."""
        for _ in range(_ATTEMPTS_MAX):
            try:
                return self._mended()
            except SyntaxError as error:
                place = min(max(error.lineno or 1, 1), len(self.lines)) - 1
                self._budget -= _size(self.lines[: place + 1])
                if self._budget < 0 or not self._mend(place, error):
                    return None
            except (ValueError, RecursionError, MemoryError):
                return None
        return None

    def by_chunks(self) -> Mended | None:
        """What stands at the left edge, with what hangs on it, each by itself."""
        starts = [
            place
            for place, line in enumerate(self.lines)
            if line[:1] not in ("", " ", "#", ")", "]", "}") and not _FOLLOWS.match(line)
        ]
        if not starts:
            return None
        kept = 0
        self.lines[: starts[0]] = [""] * starts[0]
        for start, end in zip(starts, [*starts[1:], len(self.lines)], strict=True):
            try:
                ast.parse("\n".join(self.lines[start:end]))
                kept += 1
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self.lines[start:end] = [""] * (end - start)
                self._lost.update(range(start, end))
        try:
            return self._mended() if kept else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def _mended(self) -> Mended | None:
        text = "\n".join(self.lines)
        tree = ast.parse(text)
        if self._lost and all(isinstance(each, ast.Pass) for each in tree.body):
            return None
        return Mended(text, tree, self._told())

    def _told(self) -> tuple[int, ...]:
        return tuple(sorted(place + 1 for place in self._lost))

    def _mend(self, place: int, error: SyntaxError) -> bool:
        """Do something about an error, so that the next one is elsewhere. False where nothing helps."""
        message = error.msg or ""
        if isinstance(error, IndentationError):
            if message.startswith("expected an indented block"):
                return self._give_body(place)
            return self._indent(place) or self._leave_out(place)
        if message.startswith("expected 'except'"):
            return self._no_try(place)
        opened = _NEVER_CLOSED.match(message)
        if opened is not None and place not in self._closed:
            self._closed.add(place)
            self.lines[place] = _uncommented(self.lines[place]) + _CLOSING[opened[1]]
            return True
        return self._leave_out(place)

    def _leave_out(self, place: int) -> bool:
        """Leave out the statement at a line; where that has been done, the one before it."""
        while place >= 0 and (place in self._lost or not self.lines[place].strip()):
            place -= 1
        if place < 0:
            return False
        first, last = self._extents.get(place, (place, place))
        line = self.lines[first]
        bare = _uncommented(line)
        head = next((instead for pattern, instead in _HEADS if pattern.match(bare)), "pass")
        self.lines[first] = line[: _width(line)] + head
        for each in range(first + 1, last + 1):
            self.lines[each] = ""
        self._lost.update(range(first, last + 1))
        return True

    def _no_try(self, place: int) -> bool:
        """A `try` whose other half is gone is a block like any other."""
        for each in range(place, -1, -1):
            if _TRY.match(self.lines[each]) and _width(self.lines[each]) >= _width(self.lines[place]):
                self.lines[each] = _TRY.sub(" " * _width(self.lines[each]) + "if 1:", self.lines[each], count=1)
                return True
        return self._leave_out(place)

    def _give_body(self, place: int) -> bool:
        """A block without a body gets one, behind its colon."""
        before = place
        is_last = not any(map(str.strip, self.lines[place + 1 :]))
        while before >= 0 and (before == place or self.lines[before].strip()[:1] in ("", "#")):
            if is_last and self.lines[before].rstrip().endswith(":"):
                break
            is_last = is_last and not self.lines[before].strip()
            before -= 1
        head = _uncommented(self.lines[before].rstrip()) if before >= 0 else ""
        if not head.endswith(":"):
            return self._leave_out(max(before, 0))
        self.lines[before] = f"{head} pass"
        return True

    def _indent(self, place: int) -> bool:
        """A line that is indented as none before it goes where the one before it is, with what hangs on it."""
        lines, own = self.lines, _width(self.lines[place])
        levels = [_width(line) for line in lines[:place] if line.strip()]
        wanted = next((level for level in reversed(levels) if level < own), 0)
        if wanted == own:
            return False
        self._budget -= _size(lines[place:])
        for each in range(place, len(lines)):
            if lines[each].strip():
                if _width(lines[each]) < own:
                    break
                lines[each] = " " * wanted + lines[each][own:]
        return True


def _size(lines: list[str]) -> int:
    return sum(map(len, lines)) + len(lines)


def _uncommented(line: str) -> str:
    """A line without the comment at its end; one with a quote in it may be a text, and stays."""
    found = _COMMENT.search(line, max(line.rfind("'"), line.rfind('"')) + 1)
    return line if found is None else line[: found.start()].rstrip()


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())
