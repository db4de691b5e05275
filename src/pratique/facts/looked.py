"""An artifact that was looked into: what it amounts to, and what was found in it, by names that last."""

import hashlib
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final

import msgspec

from pratique.facts.severity import alarm
from pratique.model.artifact import Digest
from pratique.model.evidence import Alarm, Confidence, Coverage, Finding, Scan, Severity, Unknown
from pratique.model.identifier import identifier

JUDGEMENT: Final = "judgement"
"""What stands in place of a rule's id for what the model makes of an artifact as a whole."""
_SCORES: Final = {Alarm.NONE: 0.1, Alarm.SUSPICIOUS: 0.6, Alarm.MALICIOUS: 0.95}
"""What an artifact scores by its worst finding; with NONE, by findings that do not worry."""


class Outcome(IntEnum):
    """What follows from looking into an artifact; a larger value is worse."""

    CLEAN = 0
    UNKNOWN = 1
    """It could not be looked into, or not into all of it."""
    SUSPICIOUS = 2
    MALICIOUS = 3

    @property
    def word(self) -> str:
        """As people and programs read it."""
        return self.name.lower()


class Noticed(msgspec.Struct, frozen=True):
    """A finding by its name: `id` is the same wherever the same rule points at the same line of the same bytes.

    `digest` is that of the artifact, or of the one file of a folder. `accepted` says who accepts it and until when; empty
    where nobody does.
    """

    id: str
    finding: Finding
    digest: Digest
    accepted: str = ""

    @property
    def alarm(self) -> Alarm:
        """How much it worries, whether or not it is accepted."""
        return alarm(self.finding)


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """An artifact and what was seen in it.

    `path` is where it is, as it is told to people, `filename` the name under which it was looked into. The paths of findings and
    of unread files are within it; where `folder` is not empty they are files below that folder of the disk, each with its own
    digest in `digests`. `accepted` are the findings that a waiver names, by id, each with a sentence about it; what is malicious
    is accepted by nobody.
    """

    path: str
    digest: Digest
    scan: Scan | Unknown
    filename: str = ""
    folder: str = ""
    digests: Mapping[str, Digest] = {}
    accepted: Mapping[str, str] = {}

    @property
    def noticed(self) -> tuple[Noticed, ...]:
        """What was found, the worst first; what one rule says twice of one line is one."""
        if isinstance(self.scan, Unknown):
            return ()
        found: dict[str, Noticed] = {}
        for finding in sorted(_findings(self.scan), key=_weight):
            digest = self.digests.get(finding.path, self.digest)
            name = finding_id(digest, finding)
            accepted = self.accepted.get(name, "") if alarm(finding) is not Alarm.MALICIOUS else ""
            found.setdefault(name, Noticed(name, finding, digest, accepted))
        return tuple(found.values())

    @property
    def outcome(self) -> Outcome:
        """What it amounts to, without what is accepted."""
        if isinstance(self.scan, Unknown):
            return Outcome.UNKNOWN
        worries = max((each.alarm for each in self.noticed if not each.accepted), default=Alarm.NONE)
        if worries is not Alarm.NONE:
            return Outcome.MALICIOUS if worries is Alarm.MALICIOUS else Outcome.SUSPICIOUS
        coverage = self.scan.coverage
        whole = not coverage.unread_count and (coverage.files_read or coverage.other)
        return Outcome.CLEAN if whole else Outcome.UNKNOWN

    @property
    def score(self) -> float:
        """How much it worries, from 0 to 1: as the model judges, and not less than its worst finding is worth."""
        if isinstance(self.scan, Unknown):
            return 0.0
        found = max(map(alarm, self.scan.findings), default=Alarm.NONE)
        if self.scan.judgement is not None:
            return max(self.scan.judgement.score, _SCORES[found] if found else 0.0)
        return _SCORES[found] if self.scan.findings else 0.0


def finding_id(digest: Digest, finding: Finding) -> str:
    """The name of a finding: of what its rule says of one line of these bytes."""
    told = f"{digest}\n{finding.rule}\n{finding.path}\n{finding.line}"
    return identifier(hashlib.sha256(told.encode(errors="surrogatepass")).digest())


def at_stake(digest: Digest, scan: Scan) -> frozenset[str] | None:
    """The names of all that worries in a file with this digest; None where they are not all known."""
    if scan.findings_dropped:
        return None
    return frozenset(finding_id(digest, each) for each in _findings(scan) if alarm(each) is not Alarm.NONE)


def _findings(scan: Scan) -> Iterator[Finding]:
    """The findings, and what the model makes of them as one more, about no file and no line."""
    yield from scan.findings
    judgement = scan.judgement
    if judgement is None or judgement.alarm is Alarm.NONE:
        return
    bad = judgement.alarm is Alarm.MALICIOUS
    severity, confidence = (Severity.CRITICAL, Confidence.HIGH) if bad else (Severity.HIGH, Confidence.MEDIUM)
    carried = f": {', '.join(judgement.carried)}" if judgement.carried else ""
    yield Finding(JUDGEMENT, severity, confidence, "", 0, f"all of it together scores {judgement.score:.2f}{carried}")


def _weight(finding: Finding) -> tuple[int, bool, int, int, str, int]:
    """What comes first: the worst, and of the same alarm what has a place."""
    place = finding.path, finding.line
    return -alarm(finding), not finding.path, -finding.severity, -finding.confidence, *place


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding as it is remembered, so that it can be asked about later.

    `place` is where the artifact was, as a full path, or the purl of its release; `what` says which of these: `file`, `folder`,
    `release` or `installed`. `artifact` is the digest of it, `filename` the name under which it was looked into, `path` and
    `folder` as in `Looked`. `rules` are those that looked, `engine` is the version of Pratique.
    """

    id: str
    finding: Finding
    digest: Digest
    what: str
    place: str
    path: str
    filename: str
    artifact: Digest
    coverage: Coverage
    rules: Digest
    engine: str
    folder: str = ""
