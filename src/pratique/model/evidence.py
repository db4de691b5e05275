"""What we know about an artifact, including what we could not find out.

Evidence answers questions, and each question is a file of `facts/questions/`; here is what they have in common. Answers come in
tiers: the index tier is metadata, known for every file of a page; the bytes tier is known once the file itself has been read.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import final

import msgspec

from pratique.model.artifact import Digest


@final
class Unknown(msgspec.Struct, frozen=True, gc=False, tag="unknown"):
    """A source that did not answer. A fact like any other: policy says what it means.

    Final, so that `type(fact) is Unknown` tells it apart, which costs a quarter of `isinstance` on these classes.
    """

    source: str
    why: str


class Severity(IntEnum):
    """How bad a finding would be if true."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(IntEnum):
    """How sure a rule is of what it saw."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Finding(msgspec.Struct, frozen=True, tag="finding", omit_defaults=True):
    """One place in the artifact that a rule points at. Detection only: what follows is for policy to say.

    `context` says when the place runs (`facts/scan/observation.py`), `code` is its line, cut and made fit to be shown.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    path: str
    line: int
    message: str
    context: str = ""
    code: str = ""


class Unread(msgspec.Struct, frozen=True):
    """A file that a rule wants to look at and that could not be read, and why not."""

    path: str
    why: str


class Coverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much of an artifact was looked at.

    `read` counts files by what they were read as (`python`, `startup`); `other` counts those that no rule looks at, or that
    no Python could run. `unread` names the first of those that should have been read and were not; `unread_count` counts
    them all.
    """

    read: Mapping[str, int]
    other: int = 0
    unread: tuple[Unread, ...] = ()
    unread_count: int = 0

    @property
    def files_read(self) -> int:
        """How many files were read, as whatever it was."""
        return sum(self.read.values())


class Alarm(IntEnum):
    """What findings amount to; a larger value is worse."""

    NONE = 0
    SUSPICIOUS = 1
    MALICIOUS = 2


class Judgement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the model makes of all that was seen.

    `points` are from 0 to 10,000: a whole number, which has one canonical form. `carried` names what it rests on, the heaviest
    first: features of the model, in words.
    """

    alarm: Alarm
    points: int
    carried: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The points as a part of 1."""
        return self.points / 10_000


class Scan(msgspec.Struct, frozen=True, tag="scan", omit_defaults=True):
    """What the scanner saw, and of how much: no findings in no files is not a clean scan.

    Where there were more findings than are kept, `findings` holds the worst, and `findings_dropped` counts the others.
    `confinement` names what kept the file from doing harm while it was looked into. `cpu_ms` is the processor time it took.
    `profile` is what the artifact can do, in words by which releases are compared (`facts/scan/profile.py`).
    """

    findings: tuple[Finding, ...]
    coverage: Coverage
    rules: Digest
    findings_dropped: int = 0
    confinement: tuple[str, ...] = ()
    judgement: Judgement | None = None
    cpu_ms: int = 0
    profile: tuple[str, ...] = ()


class Tier(IntEnum):
    """How far the gathering of answers has come; a larger one knows more."""

    INDEX = 0
    """What an index says of the file: known for every file of a page."""
    BYTES = 1
    """What the file itself shows, once it has been read."""


class Level(StrEnum):
    """What has one answer in common: a question of a project is answered once for all of its files."""

    PROJECT = "project"
    RELEASE = "release"
    FILE = "file"
    SCRIPT = "script"
    WORKFLOW = "workflow"


class Answered(msgspec.Struct, frozen=True, gc=False):
    """What evidence has beside the answers, each of which is a field of `facts/evidence.py`.

    `newer` are answers to questions that this engine does not know, by their ids and as the JSON they were recorded in: nothing
    reads them.
    """

    tier: Tier = Tier.INDEX
    newer: tuple[tuple[str, bytes], ...] = ()
