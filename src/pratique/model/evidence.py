"""What we know about an artifact, including what we could not find out.

Evidence answers questions, and each question is a file of `facts/questions/`; here is what they have in common. Answers come in
tiers: the index tier is metadata, known for every file of a page; the bytes tier is known once the file itself has been read.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import final

import msgspec

from pratique.model.artifact import Artifact, Digest


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


class Finding(msgspec.Struct, frozen=True, tag="finding"):
    """One place in the artifact that a rule points at. Detection only: what follows is for policy to say."""

    rule: str
    severity: Severity
    confidence: Confidence
    path: str
    line: int
    message: str


class Scan(msgspec.Struct, frozen=True, tag="scan"):
    """What the scanner saw, and how much it looked at: no findings in no files is not a clean scan."""

    findings: tuple[Finding, ...]
    files_seen: int
    files_skipped: int
    rules: Digest


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


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """Everything known about one artifact when it was judged: the answer to each question by the question's id.

    An answer is the struct that its question names, or `Unknown`. A question without an answer was never asked: it does not
    concern this kind of artifact, belongs to a tier that was not reached, or did not exist when this was recorded; no decision
    may follow from that. A question that this engine does not know keeps its answer as plain JSON, and is ignored.

    `facts/gather.py` makes evidence, `facts/document.py` reads what was recorded; a question reads its own answer:
    `UPLOAD.of(evidence)`. The canonical form is `{"answers": {ID: ANSWER}, "tier": TIER}`.
    """

    answers: Mapping[str, object]
    tier: Tier = Tier.INDEX


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One file of a project beside what is known of it: what a page is judged by, and an alternative chosen from."""

    artifact: Artifact
    evidence: Evidence
