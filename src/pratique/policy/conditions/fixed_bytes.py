"""A file keeps the bytes it was first seen with."""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.facts.questions.hashes import Hashes
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.policy.condition import Case

_ID: Final = "fixed-bytes"
_SAME: Final = Reason(_ID, Verdict.ALLOW, "no digest of it contradicts another")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "its digests are not known; the condition unknowns says what follows")
_REMEDY: Final = Remedy(do="keep the version that is locked, and tell the project; pratique explain fixed-bytes")


@dataclass(frozen=True, slots=True)
class FixedBytes:
    """Refuses a file whose SHA-256 differs between what the index states, what we remember and what arrived."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "A file keeps the bytes it was first seen with."
    waivable_by: ClassVar[tuple[str, ...]] = ()

    def judge(self, case: Case) -> Reason:
        """DENY as soon as two of the known digests differ."""
        hashes = case.evidence.hashes
        if type(hashes) is not Hashes:
            return _NOT_KNOWN
        if hashes.remembered is None and hashes.received is None:
            return _SAME
        why = _difference(hashes)
        return Reason(_ID, Verdict.DENY, why, _REMEDY) if why else _SAME


def _difference(hashes: Hashes) -> str:
    published, remembered, received = hashes.published, hashes.remembered, hashes.received
    if remembered is not None and published is not None and published != remembered:
        return "the index now states another SHA-256 than when this file was first seen"
    if received is None:
        return ""
    if remembered is not None and received != remembered:
        return "the bytes that arrived differ from those first seen under this file name"
    if published is not None and received != published:
        return "the bytes that arrived do not have the SHA-256 that the index states"
    return ""
