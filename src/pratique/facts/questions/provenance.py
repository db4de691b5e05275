"""Who attested the release, beside who attested those before it."""

from enum import StrEnum
from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.decision import Verdict
from pratique.model.evidence import Level, Unknown


class Continuity(StrEnum):
    """Whether a release is attested by the identity that attested earlier ones (PEP 740)."""

    CONTINUOUS = "continuous"
    NEVER_ATTESTED = "never-attested"
    BROKEN = "broken"


@final
class Provenance(msgspec.Struct, frozen=True, gc=False, tag="provenance"):
    """The state of a release's attestations against those of the releases before it."""

    continuity: Continuity


_TOLD: Final = {
    Continuity.CONTINUOUS: "whoever attested the releases before it",
    Continuity.NEVER_ATTESTED: "nobody, as with the releases before it",
    Continuity.BROKEN: "not who attested the releases before it",
}

PROVENANCE: Final = Question(
    id="provenance",
    answer=Provenance,
    asks="who attested it",
    source="attestations",
    unanswered=Unknown("provenance", "attestations are not read yet"),
    benign=lambda _: Provenance(Continuity.NEVER_ATTESTED),
    told=lambda provenance: _TOLD[provenance.continuity],
    words=(
        Word(
            "provenance.state",
            Kind.TEXT,
            "whether the release is attested as earlier ones were",
            lambda provenance, _: provenance.continuity.value,
            lambda _, state, __: Provenance(Continuity(state)),
            choices=tuple(Continuity),
        ),
    ),
    level=Level.RELEASE,
    unknown=Verdict.ALLOW,
)
