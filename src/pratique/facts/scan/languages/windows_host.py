"""A script on a Windows machine: what it wrote where, and how that is told of. PowerShell and batch files share it."""

from abc import ABC, abstractmethod
from typing import Final, Protocol

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.observation import ON_LOAD, How
from pratique.facts.scan.value import HOLE

NOTHING: Final[frozenset[str]] = frozenset()
READ: Final = listed(
    """read.browser read.wallet read.extension_id read.app_data read.agent_config read.secret_file read.secrets_store
    read.accounts read.ci_token"""
)
"""What the name of a file says is in it; told of where the file is read."""


_KNOWN_CHARACTERS_MIN: Final = 3


class Doing(Protocol):
    """Something a script does: where it stands, how plainly it is written, and as which line."""

    at: int
    how: How

    @property
    def line(self) -> str:
        """The command as a line."""


class Host(ABC):
    """Files, as scripts see them, and what is told of them."""

    def __init__(self, content: Content, reader: Reader) -> None:
        self.content = content
        self.reader = reader
        self.files: dict[str, frozenset[str]] = {}
        self.unit = 0
        self.foreign = content.inside or content.context in ON_LOAD
        """Whether it is no script that somebody starts by its name: code in a text, or what is run at installation."""

    @abstractmethod
    def line(self, at: int) -> int:
        """The line of a place."""

    def emit(
        self, label: str, at: int, *, how: How = How.LITERAL, inputs: frozenset[str] = NOTHING, text: str = ""
    ) -> None:
        """Tell of something at a place."""
        self.reader.emit(
            label, self.line(at), how=how, inputs=inputs, text=text[:400].replace(HOLE, "…"), unit=self.unit or None
        )

    def labels_of(self, text: str) -> frozenset[str]:
        """The labels of a text. A script that installs things brings runtimes; that says something of packages only."""
        found = self.reader.labels_of(text)
        if not found:
            return found
        if "read.host_info" in found:
            found -= {
                "read.host_info"
            }  # a folder of the user's has the name in it; who asks for the name is seen elsewhere
        if "proc.foreign_runtime" in found and not self.foreign:
            found -= {"proc.foreign_runtime"}
        if "net.paste" in found and windows.place_of_code(text):
            found -= {"net.paste"}
        return found

    def keep(self, path: str, labels: frozenset[str]) -> None:
        """Remember what flowed into a file."""
        key = path_key(path)
        if key:
            self.files[key] = self.files.get(key, NOTHING) | labels

    def kept(self, path: str) -> frozenset[str]:
        """What flowed into a file, by its name."""
        return self.files.get(path_key(path), NOTHING) if self.files else NOTHING

    def written(
        self, doing: Doing, path: str, content: frozenset[str], text: str = "", names: frozenset[str] = NOTHING
    ) -> None:
        """A file is written; `names` are labels of its path beside those that its text has."""
        names |= self.labels_of(path)
        inputs = names | content
        shown = text or doing.line
        self.emit("write.file", doing.at, how=doing.how, inputs=(inputs - READ) | (content & READ), text=shown)
        self.keep(path, content | (names & {"net.paste", "net.raw_ip"}))
        if "write.autostart" in names:
            self.emit("write.autostart", doing.at, how=doing.how, inputs=inputs, text=shown)


def path_key(path: str) -> str:
    """A path in one form, by which a file that was written is found again; empty for one of which too little is known."""
    key = path.strip("\"' ").replace("/", "\\").lower().removeprefix(".\\").removeprefix("file:\\\\\\")
    return key if HOLE not in key or len(key.replace(HOLE, "")) > _KNOWN_CHARACTERS_MIN else ""
