"""A detection rule: a value, not a class. It yields places; what they mean is for policy to say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pratique.facts.scan.views.archive import ArchiveView
from pratique.facts.scan.views.python import PythonView, Words
from pratique.model.evidence import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, and what, in a few words. Lines count from 1; `path` is for rules that look at an archive."""

    line: int
    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Python:
    """Looks at each Python file, by itself, that may mention one name out of each group of `words`."""

    words: Words
    detect: Callable[[PythonView], Iterator[Place]]


@dataclass(frozen=True, slots=True)
class Archive:
    """Looks at an archive as a whole: the paths of all its files, and the content of those that it `wants`."""

    wants: Callable[[str], bool]
    detect: Callable[[ArchiveView], Iterator[Place]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is called, how bad and how sure a finding is, and what it looks at."""

    id: str
    severity: Severity
    confidence: Confidence
    looks_at: Python | Archive
