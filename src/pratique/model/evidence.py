"""What we know about an artifact, including what we could not find out.

Each field of `Evidence` is the answer to one question: a fact, or `Unknown` with the source that kept silent. Facts come in
tiers: the index tier is metadata, known for every file of a page; the bytes tier is known once the file itself has been
read. `None` in a bytes-tier field says that tier was not reached, which at the bytes tier itself counts as unknown.
"""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, final

import msgspec

from pratique.model.artifact import Artifact, Digest


@final
class Unknown(msgspec.Struct, frozen=True, gc=False, tag="unknown"):
    """A source that did not answer. A fact like any other: policy says what it means.

    Final, so that `type(fact) is Unknown` tells it apart, which costs a quarter of `isinstance` on these classes.
    """

    source: str
    why: str


SILENCE: Final = timedelta(days=90)
"""Without an upload for so long, a project is silent; shorter pauses are not noticed."""


class Silence(msgspec.Struct, frozen=True, gc=False):
    """A time without uploads to a project, of at least `SILENCE`, from one upload to the next (aware, UTC)."""

    since: datetime
    until: datetime


class Upload(msgspec.Struct, frozen=True, gc=False, tag="upload"):
    """When this file reached the index, beside the history of its project (all aware, UTC).

    `project_since` is the first upload of the project; `silence` the last one that ended with this upload or before it.
    """

    at: datetime
    project_since: datetime
    silence: Silence | None = None


class Origin(msgspec.Struct, frozen=True, gc=False, tag="origin"):
    """Which of the configured indexes the file comes from (`public`, `internal`, ...)."""

    index: str


class ListingState(IntEnum):
    """How the index lists the file now; a larger value is worse."""

    LISTED = 0
    YANKED = 1
    QUARANTINED = 2
    VANISHED = 3


class Listing(msgspec.Struct, frozen=True, gc=False, tag="listing"):
    """The file's standing at its index: PEP 592 yanks, PEP 792 quarantine, or known to us and gone."""

    state: ListingState
    reason: str = ""


class Hashes(msgspec.Struct, frozen=True, gc=False, tag="hashes"):
    """The file's SHA-256: as the index states it, as we recorded it when we first saw that file name, as received."""

    published: Digest | None
    remembered: Digest | None = None
    received: Digest | None = None


class SecurityFix(msgspec.Struct, frozen=True, gc=False, tag="security-fix"):
    """Advisories (OSV identifiers) this version is the fix for; empty when it fixes none that we know."""

    advisories: tuple[str, ...] = ()


class Continuity(StrEnum):
    """Whether a release is attested by the identity that attested earlier ones (PEP 740)."""

    CONTINUOUS = "continuous"
    NEVER_ATTESTED = "never-attested"
    BROKEN = "broken"


class Provenance(msgspec.Struct, frozen=True, gc=False, tag="provenance"):
    """The state of a release's attestations against those of the releases before it."""

    continuity: Continuity


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
    """How far the gathering of facts has come."""

    INDEX = 0
    BYTES = 1


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """Everything known about one artifact when it was judged."""

    upload: Upload | Unknown
    origin: Origin | Unknown
    listing: Listing | Unknown
    hashes: Hashes | Unknown
    security_fix: SecurityFix | Unknown
    provenance: Provenance | Unknown
    scan: Scan | Unknown | None = None
    tier: Tier = Tier.INDEX

    def unknowns(self) -> tuple[Unknown, ...]:
        """Every question that got no answer, in the order of the fields."""
        answers = (getattr(self, field) for field in self.__struct_fields__)
        return tuple(answer for answer in answers if isinstance(answer, Unknown))


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One file of a project beside what is known of it: what a page is judged by, and an alternative chosen from."""

    artifact: Artifact
    evidence: Evidence
