"""`for` in batch files: over items, numbers, lines of files, and what commands write."""

import re
from typing import Final

from pratique.facts.scan.languages.batch.internal import Internal
from pratique.facts.scan.languages.batch.machine import Given
from pratique.facts.scan.languages.batch.reading import Turns
from pratique.facts.scan.languages.batch.variables import Held, Line
from pratique.facts.scan.languages.windows_host import READ
from pratique.facts.scan.value import HOLE

_ITEMS: Final = re.compile(r'"[^"]*"|[^\s,;=]+')
_TURNS_MAX: Final = 300
_FIELD_TOKENS: Final = re.compile(r"tokens=([\d,*-]+)", re.IGNORECASE)
_FIELD_DELIMITERS: Final = re.compile(r"delims=(.*?)(?:\s+(?:tokens|skip|eol|usebackq)\b.*)?$", re.IGNORECASE)
_FIELD: Final = re.compile(r"\d{1,9}")
_FOUND_OUT: Final = (
    (re.compile(r"\bset\b.*findstr.*\bpsm", re.IGNORECASE), "PowerShell"),
    (re.compile(r"\b(?:assoc|ftype)\b.*(?:\.cmd|\bcm|lCo)", re.IGNORECASE), "cmd"),
)
"""Lists of Windows, out of which scripts cut the name of an interpreter."""


class Loops(Internal):
    """Adds loops to commands."""

    def turns(self, turns: Turns, put: Line, number: int) -> Given:
        """A `for`: over items one by one where they are few, over what a command writes, over numbers."""
        if self.too_deep():
            return Given()
        self.nested += 1
        try:
            if turns.kind == "/f":
                self._fields(turns, put, number)
                items: list[Held] = []
            elif turns.kind == "/l":
                items = self._numbers(turns.over, put.labels)
            else:
                items = [
                    Held(each.strip('"'), put.labels)
                    for each in _ITEMS.findall(
                        self.variables.put_in_late(Line(turns.over)).text if self.delayed else turns.over
                    )[:_TURNS_MAX]
                ]
            if not items:
                return self.run_line(turns.body, number) if turns.body else Given()
            if not turns.body:
                known = items[0] if len(items) == 1 else Held(HOLE, put.labels)
                self.variables.letters[turns.name] = known
                return Given()
            given = Given()
            for item in items:
                self.variables.letters[turns.name] = item
                given = self.run_line(turns.body, number)
            return given
        finally:
            self.nested -= 1

    def _numbers(self, over: str, labels: frozenset[str]) -> list[Held]:
        bounds = [each for each in re.split(r"[\s,;]+", over.strip()) if each]
        try:
            first, step, last = (int(each) for each in bounds[:3])
        except ValueError:
            return [Held(HOLE, labels)]
        if not step:
            return [Held(HOLE, labels)]
        return [Held(str(each), labels) for each in range(first, last + (1 if step > 0 else -1), step)[:_TURNS_MAX]]

    def _fields(self, turns: Turns, put: Line, number: int) -> None:
        """`for /f`: the letters hold parts of what a command writes, of a file, or of a text."""
        over = self.variables.put_in_late(Line(turns.over)).text if self.delayed else turns.over
        backquotes = "usebackq" in turns.options.lower()
        quote = over[:1]
        text, labels = HOLE, put.labels
        if quote == ("`" if backquotes else "'"):
            command = over[1:-1] if over[-1:] == quote else over[1:]
            known = next((name for pattern, name in _FOUND_OUT if pattern.search(command)), "")
            if known:
                self.variables.letters[turns.name] = Held(known, labels | {"obf.split_strings"})
                return
            given = self.run_line(command, number)
            text, labels = given.text, labels | given.labels
        elif quote == ("'" if backquotes else '"'):
            text = over.strip(quote)
        else:
            path = over.strip('"')
            labels |= self.kept(path) | (self.labels_of(path) & READ) | {"read.file"}
            for label in labels & READ:
                self.emit(label, number, text=path)
        self._give_fields(turns, text.splitlines()[0] if text.strip() else text, labels)

    def _give_fields(self, turns: Turns, text: str, labels: frozenset[str]) -> None:
        tokens = _FIELD_TOKENS.search(turns.options)
        delimiters = _FIELD_DELIMITERS.search(turns.options)
        marks = delimiters[1] if delimiters is not None else " \t"
        wanted = _wanted(tokens[1] if tokens is not None else "1")
        known = HOLE not in text
        fields = re.split(f"[{re.escape(marks)}]+", text) if marks else [text]
        fields = fields[1:] if fields and not fields[0] else fields
        for offset, place in enumerate(wanted[:26]):
            letter = chr(ord(turns.name) + offset)
            if not known:
                value = HOLE
            elif place < 0:
                value = " ".join(fields[-place - 1 :]) if marks else text
            else:
                value = fields[place - 1] if place <= len(fields) else ""
            self.variables.letters[letter] = Held(value, labels)


def _wanted(tokens: str) -> list[int]:
    """The numbers of the fields that are asked for; the rest of the line from a field on is its number, negative."""
    wanted: list[int] = []
    for part in tokens.split(","):
        first, dash, last = part.partition("-")
        star = part.endswith("*")
        digits = first.rstrip("*")
        if dash and _FIELD.fullmatch(digits) and _FIELD.fullmatch(last.rstrip("*")):
            wanted += range(int(digits), min(int(last.rstrip("*")), 31) + 1)
        elif _FIELD.fullmatch(digits):
            wanted.append(int(digits))
        if star:
            wanted.append(-(wanted[-1] if wanted else 0) - 1)
    return wanted or [1]
