"""A batch file followed line by line."""

import re
from typing import Final

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.batch.loops import Loops
from pratique.facts.scan.languages.batch.machine import CONTENT_CHARACTERS_MAX, Call, Given, words_of
from pratique.facts.scan.languages.batch.reading import Part, Splitter, condition, loop
from pratique.facts.scan.languages.batch.variables import Held, Line
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE
from pratique.model import limits

_CALL_LABEL: Final = re.compile(r"call\s+:(\S+)", re.IGNORECASE)
_RUNNERS: Final = listed(
    """powershell pwsh cmd mshta certutil bitsadmin curl wget rundll32 regsvr32 wscript cscript schtasks reg wmic netsh
    vssadmin taskkill start call msiexec forfiles"""
)
_CARET: Final = re.compile(r"(?<=\w)\^(?=\w)")
_ODD_MIN: Final = 2
_CALLED_MAX: Final = 3
_SAME_CALLS_MAX: Final = 3
_LINES_CALLED_MAX: Final = 500


class Script(Loops):
    """One batch file on its way."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader, text)
        self._called = 0
        self._commands["call"] = self._call

    def follow(self) -> None:
        """Go through the file from its first line to its last."""
        splitter = Splitter()
        for number, line in self.lines:
            bare = line.strip().lstrip("@ \t")
            if not bare or bare.startswith(":") or bare[:4].lower() in ("rem ", "rem"):
                continue
            self.run_line(line, number, splitter)

    def run_line(self, line: str, number: int, splitter: Splitter | None = None) -> Given:
        """Follow the commands of a line; gives what the last one writes."""
        self.steps += 1
        if self.steps > limits.SCAN_STEPS_MAX // 10:
            raise LimitExceeded("it has more commands than are followed")
        raw = line
        put = self.variables.put_in(line)
        given = Given()
        for part in (splitter or Splitter()).parts(put.text):
            given = self.run_part(part, put, raw, number, given)
        return given

    def run_part(self, part: Part, put: Line, raw: str, number: int, before: Given) -> Given:
        """Follow one command of a line, behind its `if` and `for`."""
        text = part.text.lstrip("@ \t(\0")
        piped = before if part.joined == "|" else Given()
        while True:
            lower = text[:5].lower()
            if lower.startswith("if") and (found := condition(text))[0]:
                text = found[1].lstrip("@ \t(\0")
            elif lower.startswith("else"):
                text = text[4:].lstrip("@ \t(\0")
            elif lower.startswith("for"):
                turns = loop(text)
                if turns is None:
                    break
                return self.turns(turns, put, number)
            else:
                break
        if not text:
            if part.redirects and self.gathered:  # what a block in brackets writes
                call = Call(number, "(…)", labels=put.labels, redirects=part.redirects)
                self.redirected(call, Given(self.gathered, put.labels))
                self.gathered = ""
            return Given()
        if self.delayed:
            put = self.variables.put_in_late(Line(text, put.labels, put.odd))
            text = put.text
        call = Call(number, text, How.LITERAL, put.labels, piped.labels, piped.text, part.redirects, put.odd)
        self._spelling(call, raw, put)
        given = self.execute(call)
        if part.inside and not part.redirects and given.text != HOLE:
            self.gathered = (self.gathered + given.text)[-CONTENT_CHARACTERS_MAX:]
        self.redirected(call, given)
        return given

    def _spelling(self, call: Call, raw: str, put: Line) -> None:
        """A program's name in pieces: carets in it, letters out of variables, and nowhere to be read in the line as it stands."""
        if put.odd + raw.count("^") < _ODD_MIN and "obf.split_strings" not in call.labels:
            return
        name = windows.program_of(words_of(call.text)[0])
        if name in _RUNNERS and name not in raw.lower() and any(self._spells(each, name) for each in raw.split()):
            call.how = How.RESOLVED
            call.labels |= {"obf.split_strings"}
            self.emit("obf.spelling", call.at, how=How.RESOLVED, inputs=call.labels, text=call.text)

    def _spells(self, word: str, name: str) -> bool:
        """Whether a word of a line as it stands is a program's name in pieces."""
        put = self.variables.put_in(word)
        put = self.variables.put_in_late(put) if self.delayed else put
        if windows.program_of(words_of(put.text.replace("^", "").lstrip("@("))[0]) != name:
            return False
        return put.odd + len(_CARET.findall(word)) >= _ODD_MIN or "obf.split_strings" in put.labels

    def _call(self, call: Call, words: list[str]) -> Given:
        """`call`: a part of this script, another script, or a command that is looked at once more."""
        label = _CALL_LABEL.match(call.text)
        if label is not None:
            return self._subroutine(call, label[1].lower(), words[2:])
        rest = call.text[4:].strip()
        if not rest or self.too_deep():
            return Given()
        self.nested += 1
        try:
            return self.run_line(rest, call.at)
        finally:
            self.nested -= 1

    def _subroutine(self, call: Call, label: str, arguments: list[str]) -> Given:
        """A part of the script with arguments, from its label to where it leaves."""
        known = self.subroutines.get(label, 0)
        first = self.places.get(label)
        if (
            first is None
            or known >= _SAME_CALLS_MAX
            or self.nested >= _CALLED_MAX
            or not arguments
            or self._called > _LINES_CALLED_MAX
        ):
            return Given()
        self.subroutines[label] = known + 1
        before = self.variables.arguments
        self.variables.arguments = [Held(each, call.labels) for each in arguments]
        self.nested += 1
        splitter = Splitter()
        try:
            for number, line in self.lines[first:]:
                bare = line.strip().lower()
                if bare.startswith(("exit /b", "goto :eof", "goto:eof")):
                    break
                if bare and not bare.startswith((":", "rem ")):
                    self._called += 1
                    self.run_line(line, number, splitter)
        finally:
            self.nested -= 1
            self.variables.arguments = before
        return Given()
