"""A batch file on its way: its variables, what it wrote where, and the programs it starts."""

import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import windows, windows_programs
from pratique.facts.scan.languages.batch.reading import Splitter, lines
from pratique.facts.scan.languages.batch.variables import Variables
from pratique.facts.scan.languages.windows_host import NOTHING
from pratique.facts.scan.languages.windows_started import Starting
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE

_SETS: Final = re.compile(
    r"""(?:\bset\s++(?:/[ap]\s++)?"?\s*+([^\s="&|<>%!]+)[+\-*/]?=|\bset\s+"([^="]+)=|for\s++/f[^\n]{0,1000}%%([a-z])\s+in)""",
    re.IGNORECASE,
)
_SCRIPT: Final = ("%~f0", "%~dpnx0", "%~0", "%~s0")
_SUFFIXES: Final = {".ps1": "powershell", ".bat": "batch", ".cmd": "batch", ".py": "python", ".js": "javascript"}
CONTENT_CHARACTERS_MAX: Final = 512 * 1024
_LANGUAGES: Final = {
    "powershell": "powershell",
    "pwsh": "powershell",
    "cmd": "batch",
    "python": "python",
    "node": "javascript",
}
"""Programs that run what is piped into them, and its language."""
NESTED_MAX: Final = 8


@dataclass(slots=True)
class Call:
    """A command with what stands about it."""

    at: int
    text: str
    how: How = How.LITERAL
    labels: frozenset[str] = NOTHING
    piped: frozenset[str] = NOTHING
    piped_text: str = HOLE
    redirects: list[tuple[str, str]] = field(default_factory=list)
    odd: int = 0

    @property
    def line(self) -> str:
        """The command as a line."""
        return self.text


@dataclass(frozen=True, slots=True)
class Given:
    """What a command writes: a text with holes, and what flowed into it."""

    text: str = HOLE
    labels: frozenset[str] = NOTHING


class Machine(Starting):
    """What the commands of a batch file share."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader)
        lower = text.lower()
        self.variables = Variables(
            frozenset((each[0] or each[1] or each[2]).strip().lower() for each in _SETS.findall(text))
        )
        self.delayed = (
            "enabledelayedexpansion" in lower or "/v:on" in lower or "/von" in lower or "/v " in lower or content.inside
        )
        self.contents: dict[str, str] = {}
        self.subroutines: dict[str, int] = {}
        self.gathered = ""
        """What the commands of a block in brackets have written so far."""
        self.steps = 0
        self.nested = 0
        self.source = text
        self.lines = list(lines(text))
        self.places = {
            line.strip()[1:].split()[0].lower(): place + 1
            for place, (_, line) in reversed(list(enumerate(self.lines)))
            if line.lstrip()[:1] == ":" and line.strip()[1:].strip() and line.strip()[1] != ":"
        }

    def too_deep(self) -> bool:
        """Whether what is inside is followed no further, which is told."""
        if self.nested < NESTED_MAX:
            return False
        self.reader.reading.problem("it is nested more deeply than is followed")
        return True

    @abstractmethod
    def run_line(self, line: str, number: int, splitter: Splitter | None = None) -> Given:
        """Follow the commands of a line; gives what the last one writes."""

    def line(self, at: int) -> int:
        """The line of a place: places are lines."""
        return at

    def program(self, call: Call, words: list[str], *, hidden: bool = False) -> Given:
        """A program, or a command that works like one."""
        name = windows.program_of(words[0])
        self._written_is_run(call, words)
        if not windows_programs.is_program(words[0]) and HOLE not in words[0] and name not in windows_programs.BUILT_IN:
            self.emit("proc.command", call.at, how=call.how, text=call.text)
            return Given(labels=call.labels)
        given = self.spawn(
            call,
            words,
            call.labels | call.piped,
            head=call.labels if call.how is not How.LITERAL else NOTHING,
            hidden=hidden,
        )
        if call.piped_text != HOLE or call.piped:
            self.piped_in(call, name)
        return Given(labels=given)

    def piped_in(self, call: Call, name: str) -> None:
        """What is piped into an interpreter is run by it."""
        language = _LANGUAGES.get(name)
        if language is None:
            return
        label = "code.exec" if language == "powershell" else "proc.shell"
        self.emit(label, call.at, how=call.how, inputs=call.piped, text=call.text)
        if call.piped_text != HOLE:
            self.reader.embed(language, call.piped_text, call.at, how=call.how, inputs=flowing(call.piped))

    def _written_is_run(self, call: Call, words: list[str]) -> None:
        """A script that this one wrote line by line, and now starts."""
        for word in words[:40] if self.contents else ():
            key = word.strip("\"'").lower().replace("/", "\\")
            content = self.contents.pop(key, None)
            language = next((each for suffix, each in _SUFFIXES.items() if key.endswith(suffix)), None)
            if content is not None and language is not None:
                self.reader.embed(
                    language, content, call.at, how=max(call.how, How.RESOLVED), inputs=flowing(self.kept(word))
                )

    def redirected(self, call: Call, given: Given) -> None:
        """What a command writes goes into a file."""
        for operator, path in call.redirects:
            if not operator.startswith(">") or path.lower() in ("nul", "con", ""):
                continue
            content = given.labels | (call.labels & {"read.env_all"})
            self.written(call, path, content)
            if given.text != HOLE:
                key = path.lower().replace("/", "\\")
                before = self.contents.get(key, "") if operator == ">>" else ""
                self.contents[key] = (before + given.text)[:CONTENT_CHARACTERS_MAX]


def is_script(word: str) -> bool:
    """Whether a word is the path of the batch file itself."""
    return word.strip('"').lower() in _SCRIPT


def flowing(labels: frozenset[str]) -> frozenset[str]:
    """Of what flows into a command, what goes on into code inside it."""
    return frozenset(each for each in labels if each.startswith(("decode.", "net.")))


def words_of(text: str) -> list[str]:
    """The words of a command, at least one."""
    return windows.words_of(text) or [""]
