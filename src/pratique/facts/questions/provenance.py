"""Who attested the release, beside who attested those before it."""

from datetime import datetime
from enum import StrEnum
from typing import Final, final

import msgspec

from pratique.errors import InvalidInput
from pratique.facts.question import Kind, Question, Word
from pratique.model.artifact import VersionText
from pratique.model.decision import Verdict
from pratique.model.evidence import Level, Unknown
from pratique.model.text import clean


class Continuity(StrEnum):
    """Whether a release is attested by the identity that attested earlier ones (PEP 740)."""

    CONTINUOUS = "continuous"
    NEVER_ATTESTED = "never-attested"
    BROKEN = "broken"


class Break(StrEnum):
    """What is other than with the releases before. The values are recorded, and stay."""

    UNATTESTED = "unattested"
    """The releases before it were attested, and this file is not."""
    PARTIAL = "partial"
    """Other files of its release are attested, and this one is not."""
    REJECTED = "rejected"
    """There is an attestation, and it is not valid, or is of another file."""
    PUBLISHER = "publisher"
    """Another kind of publisher, or another account."""
    OWNER = "owner"
    REPOSITORY = "repository"
    RENAMED = "renamed"
    """The repository has another name and the same number."""
    WORKFLOW = "workflow"
    REF = "ref"
    """Built from a branch where it always was a tag, or from a tag of another version."""
    TRIGGER = "trigger"
    RUNNER = "runner"
    UNREAD = "unread"
    """What there is could not be read, of this file or of those before it."""


@final
class Provenance(msgspec.Struct, frozen=True, gc=False, tag="provenance", omit_defaults=True):
    """The state of a release's attestations against those of the releases before it.

    What an index lists says which files are attested; only of a file that is asked for the attestation is read, and `verified`.
    `publisher` is who then signed, `compared` the release that it was held against (empty: none before it is attested).
    """

    continuity: Continuity
    breaks: tuple[Break, ...] = ()
    verified: bool = False
    publisher: str = ""
    compared: VersionText = VersionText("")
    why: str = ""


_TOLD: Final = {
    Continuity.CONTINUOUS: "whoever attested the releases before it",
    Continuity.NEVER_ATTESTED: "nobody, as with the releases before it",
    Continuity.BROKEN: "not who attested the releases before it",
}


def _told(provenance: Provenance) -> str:
    told = [_TOLD[provenance.continuity]]
    if provenance.breaks:
        told.append(f"other are: {', '.join(provenance.breaks)}")
    if provenance.publisher:
        told.append(f"signed by {clean(provenance.publisher)}")
    if provenance.compared:
        told.append(f"held against {clean(provenance.compared)}")
    return "; ".join(told)


def _with_breaks(provenance: Provenance, breaks: tuple[str, ...], now: datetime) -> Provenance:
    del now
    try:
        found = tuple(map(Break, breaks))
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    state = Continuity.BROKEN if found else provenance.continuity
    return msgspec.structs.replace(provenance, continuity=state, breaks=found)


PROVENANCE: Final = Question(
    id="provenance",
    answer=Provenance,
    asks="who attested it",
    source="attestations",
    unanswered=Unknown("provenance", "the index does not say which of its files are attested"),
    benign=lambda _: Provenance(Continuity.NEVER_ATTESTED),
    told=_told,
    words=(
        Word(
            "provenance.state",
            Kind.TEXT,
            "whether the release is attested as earlier ones were",
            lambda provenance, _: provenance.continuity.value,
            lambda _, state, __: Provenance(Continuity(state)),
            choices=tuple(Continuity),
        ),
        Word(
            "provenance.breaks",
            Kind.TEXTS,
            "what is other than with the releases before: " + ", ".join(Break),
            lambda provenance, _: tuple(each.value for each in provenance.breaks),
            _with_breaks,
        ),
        Word(
            "provenance.verified",
            Kind.YES_NO,
            "whether the attestation was read and is valid",
            lambda provenance, _: provenance.verified,
            lambda provenance, verified, _: msgspec.structs.replace(provenance, verified=verified),
        ),
        Word(
            "provenance.publisher",
            Kind.TEXT,
            "who signed the attestation, as a repository or an account",
            lambda provenance, _: provenance.publisher,
            lambda provenance, publisher, _: msgspec.structs.replace(provenance, publisher=publisher),
        ),
    ),
    level=Level.FILE,
    unknown=Verdict.ALLOW,
)
