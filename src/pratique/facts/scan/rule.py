"""A detection rule: a value, not a class. It yields places; what they mean is for policy to say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pratique.facts.scan.python_view import PythonView
from pratique.model.evidence import Confidence, Severity


@dataclass(frozen=True, slots=True)
class File:
    """A file of an artifact. `python` is its view as source code, None when it is none or cannot be parsed."""

    path: str
    data: bytes
    python: PythonView | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, and what, in a few words. Lines count from 1."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `version` changes whenever its answers may, so that what it saw earlier is looked at anew.

    `suffixes` are the files it looks at; `words` a cheap first question: without one of them in its bytes, a file is not even
    parsed (none: every file is).
    """

    id: str
    version: int
    severity: Severity
    confidence: Confidence
    suffixes: tuple[str, ...]
    words: tuple[bytes, ...]
    detect: Callable[[File], Iterator[Place]]

    def concerns(self, path: str, data: bytes) -> bool:
        """Whether the rule has to look at this file."""
        return path.endswith(self.suffixes) and (not self.words or any(word in data for word in self.words))
