"""What follows from not knowing."""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Evidence, Tier, Unknown
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "unknowns"
_ALLOW: Final = Verdict.ALLOW
_BYTES: Final = Tier.BYTES
_ALL_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "nothing this policy needs to know is missing")
_NOT_LOOKED_AT: Final = Unknown("scanner", "the file was not looked at")
_NAMES: Final = {
    "upload": "when it was uploaded",
    "origin": "which index it comes from",
    "listing": "how its index lists it",
    "hashes": "its digests",
    "security_fix": "which advisories it fixes",
    "provenance": "who attested it",
    "scan": "what the scanner sees in it",
}


@dataclass(frozen=True, slots=True)
class Unknowns:
    """Says for each question what follows when nobody answered it. Part of every policy, written or not."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "What follows from not knowing."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    upload: Verdict = Verdict.HOLD
    origin: Verdict = Verdict.HOLD
    listing: Verdict = Verdict.HOLD
    hashes: Verdict = Verdict.HOLD
    security_fix: Verdict = Verdict.ALLOW
    provenance: Verdict = Verdict.ALLOW
    scan: Verdict = Verdict.HOLD

    def judge(self, case: Case) -> Reason:
        """The strictest of what follows from each unanswered question. A file that was read but not scanned counts."""
        evidence = case.evidence
        # Spelled out because it runs for every file of a page, where nearly always nothing that matters is missing.
        if (
            (type(evidence.upload) is Unknown and self.upload is not _ALLOW)
            or (type(evidence.origin) is Unknown and self.origin is not _ALLOW)
            or (type(evidence.listing) is Unknown and self.listing is not _ALLOW)
            or (type(evidence.hashes) is Unknown and self.hashes is not _ALLOW)
            or (type(evidence.security_fix) is Unknown and self.security_fix is not _ALLOW)
            or (type(evidence.provenance) is Unknown and self.provenance is not _ALLOW)
            or (evidence.scan is None and evidence.tier is _BYTES)
            or type(evidence.scan) is Unknown
        ):
            return self._silence(evidence)
        return _ALL_KNOWN

    def _silence(self, evidence: Evidence) -> Reason:
        silent = {name: unknown for name in _NAMES if (unknown := _unknown(evidence, name)) is not None}
        follows: dict[str, Verdict] = {name: getattr(self, name) for name in silent}
        verdict = max(follows.values())
        if verdict is Verdict.ALLOW:
            return _ALL_KNOWN
        missing = [name for name, outcome in follows.items() if outcome is verdict]
        why = "; ".join(f"not known: {_NAMES[name]} ({_said(silent[name])})" for name in missing)
        sources = " and ".join(sorted({silent[name].source for name in missing}))
        remedy = Remedy(do=f"try again once {clean(sources)} answers; pratique explain unknowns", ask=SECURITY)
        return Reason(_ID, verdict, why, remedy)


def _unknown(evidence: Evidence, name: str) -> Unknown | None:
    answer = getattr(evidence, name)
    if name == "scan" and answer is None and evidence.tier is Tier.BYTES:
        return _NOT_LOOKED_AT
    return answer if isinstance(answer, Unknown) else None


def _said(unknown: Unknown) -> str:
    return clean(f"{unknown.source}: {unknown.why}")
