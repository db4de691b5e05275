"""The words in which an organisation's rules and a policy's tests speak of facts, declared once.

A word reads one fact out of a case. Where the fact is unknown it reads as `Unknown`; where it belongs to a tier that was not
reached yet, as None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from pratique.errors import InvalidInput
from pratique.model.durations import read_duration
from pratique.model.evidence import (
    SILENCE,
    Continuity,
    Hashes,
    Listing,
    ListingState,
    Origin,
    Provenance,
    Scan,
    SecurityFix,
    Tier,
    Unknown,
    Upload,
)
from pratique.model.text import quoted
from pratique.policy.condition import Case
from pratique.policy.severity import Alarm, worst

Value: TypeAlias = str | bool | timedelta | datetime | tuple[str, ...]
Reading: TypeAlias = Value | Unknown | None

FactT = TypeVar("FactT", Upload, Origin, Listing, Hashes, SecurityFix, Provenance, Scan)

UNKNOWN: Final = "unknown"
"""What a test writes for a fact that nobody could find out."""

_NOT_LOOKED_AT: Final = Unknown("scanner", "the file was not looked at")


class Kind(Enum):
    """The type of a word; the value says it to a person."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    YES_NO = "true or false"
    DURATION = 'a duration such as "2 hours"'
    MOMENT = "a moment"


@dataclass(frozen=True, slots=True)
class Word:
    """One fact by its name.

    `field` is the evidence it is read from, empty where it comes from the question itself; `choices` are all values a text
    can have, empty where any is possible.
    """

    name: str
    kind: Kind
    says: str
    read: Callable[[Case], Reading]
    field: str = ""
    choices: tuple[str, ...] = ()

    def convert(self, written: object) -> Value | Unknown:
        """The value a test means by what it gives. Raises `InvalidInput`."""
        if written == UNKNOWN and self.field:
            return Unknown("test", "the test says so")
        match self.kind, written:
            case Kind.DURATION, str():
                return read_duration(written)
            case Kind.YES_NO, bool():
                return written
            case Kind.TEXT, str():
                if self.choices and written not in self.choices:
                    raise InvalidInput(f"{quoted(written)} is not one of {', '.join(self.choices)}")
                return written
            case Kind.TEXTS, list() if all(isinstance(each, str) for each in written):
                return tuple(written)
            case _:
                raise InvalidInput(f"`{self.name}` is {self.kind.value}")


def _of(fact: Callable[[Case], FactT | Unknown], value: Callable[[FactT, Case], Value]) -> Callable[[Case], Reading]:
    def read(case: Case) -> Reading:
        answer = fact(case)
        return answer if isinstance(answer, Unknown) else value(answer, case)

    return read


def _of_scan(value: Callable[[Scan], Value]) -> Callable[[Case], Reading]:
    def read(case: Case) -> Reading:
        scan = case.evidence.scan
        if scan is None:
            return None if case.evidence.tier is Tier.INDEX else _NOT_LOOKED_AT
        return scan if isinstance(scan, Unknown) else value(scan)

    return read


def _upload(case: Case) -> Upload | Unknown:
    return case.evidence.upload


def _hashes(case: Case) -> Hashes | Unknown:
    return case.evidence.hashes


def _fix(case: Case) -> SecurityFix | Unknown:
    return case.evidence.security_fix


def _origin(case: Case) -> Origin | Unknown:
    return case.evidence.origin


def _listing(case: Case) -> Listing | Unknown:
    return case.evidence.listing


def _provenance(case: Case) -> Provenance | Unknown:
    return case.evidence.provenance


def _silence(upload: Upload, _: Case) -> timedelta:
    silence = upload.silence
    if silence is None or upload.at - silence.until >= SILENCE:
        return timedelta()
    return silence.until - silence.since


def _changed(hashes: Hashes, _: Case) -> bool:
    known = {each for each in (hashes.published, hashes.remembered, hashes.received) if each is not None}
    return len(known) > 1


_STATES: Final = tuple(state.name.lower() for state in ListingState)
_ALARMS: Final = tuple(level.name.lower() for level in Alarm)

_WORDS: Final = (
    Word("artifact.name", Kind.TEXT, "the project's name in normal form", lambda case: case.artifact.name),
    Word("artifact.version", Kind.TEXT, "the version in normal form", lambda case: case.artifact.version),
    Word("artifact.purl", Kind.TEXT, "the package URL of the release", lambda case: case.artifact.purl),
    Word("artifact.file", Kind.TEXT, "the name of the file", lambda case: case.artifact.file),
    Word("scope.name", Kind.TEXT, "the scope of whoever asks", lambda case: case.scope.name),
    Word("scope.projects", Kind.TEXTS, "the projects the request is made for", lambda case: case.scope.projects),
    Word("now", Kind.MOMENT, "the moment of the decision", lambda case: case.now),
    Word(
        "release.age",
        Kind.DURATION,
        "how long ago this file was uploaded",
        _of(_upload, lambda upload, case: case.now - upload.at),
        "upload",
    ),
    Word(
        "release.project_age",
        Kind.DURATION,
        "how long ago the project's first file was uploaded",
        _of(_upload, lambda upload, case: case.now - upload.project_since),
        "upload",
    ),
    Word(
        "release.silence",
        Kind.DURATION,
        f"how long the project had been silent, where it woke less than {SILENCE.days} days before this file; none otherwise",
        _of(_upload, _silence),
        "upload",
    ),
    Word("origin.index", Kind.TEXT, "the index it comes from", _of(_origin, lambda origin, _: origin.index), "origin"),
    Word(
        "listing.state",
        Kind.TEXT,
        "how the index lists the file now",
        _of(_listing, lambda listing, _: listing.state.name.lower()),
        "listing",
        _STATES,
    ),
    Word(
        "hashes.published",
        Kind.YES_NO,
        "whether the index states a SHA-256",
        _of(_hashes, lambda hashes, _: hashes.published is not None),
        "hashes",
    ),
    Word(
        "hashes.changed", Kind.YES_NO, "whether two known digests of the file differ", _of(_hashes, _changed), "hashes"
    ),
    Word(
        "security.fixes",
        Kind.YES_NO,
        "whether this version fixes a known advisory",
        _of(_fix, lambda fix, _: bool(fix.advisories)),
        "security_fix",
    ),
    Word(
        "security.advisories",
        Kind.TEXTS,
        "the advisories this version fixes",
        _of(_fix, lambda fix, _: fix.advisories),
        "security_fix",
    ),
    Word(
        "provenance.state",
        Kind.TEXT,
        "whether the release is attested as earlier ones were",
        _of(_provenance, lambda provenance, _: provenance.continuity.value),
        "provenance",
        tuple(Continuity),
    ),
    Word(
        "scan.findings",
        Kind.TEXTS,
        "the rules that found something in the file",
        _of_scan(lambda scan: tuple(finding.rule for finding in scan.findings)),
        "scan",
    ),
    Word(
        "scan.alarm",
        Kind.TEXT,
        "what the findings amount to",
        _of_scan(lambda scan: worst(scan).name.lower()),
        "scan",
        _ALARMS,
    ),
)

VOCABULARY: Final = MappingProxyType({word.name: word for word in _WORDS})
"""Every word by its name."""


def givable(name: str) -> bool:
    """Whether a test may give this word; the others follow from its `package`, `scope` and `on`."""
    return name in VOCABULARY and (bool(VOCABULARY[name].field) or name == "scope.projects")


def flattened(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """A nested table as one of dotted names, which is how `given = { release.age = "2 hours" }` arrives from TOML."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat.update(flattened(value, f"{name}.") if isinstance(value, dict) else {name: value})
    return flat
