"""A release is attested as those before it were, and by the same publisher."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from pratique.facts.questions.provenance import Break, Continuity
from pratique.facts.questions.provenance import Provenance as Facts
from pratique.facts.questions.upload import Upload
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.durations import after
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "provenance"
_AS_BEFORE: Final = Reason(_ID, Verdict.ALLOW, "attested as the releases before it")
_NEVER: Final = Reason(_ID, Verdict.ALLOW, "not attested, as the releases before it")
_NOT_KNOWN: Final = Reason(
    _ID, Verdict.ALLOW, "nobody says whether it is attested; the condition unknowns says what follows"
)
_STOOD: Final = Reason(_ID, Verdict.ALLOW, "not attested as the releases before it, and long ago")

_WORDS: Final = {
    Break.UNATTESTED: "the releases before it were attested, and this one is not: whoever uploaded it may be somebody else",
    Break.PARTIAL: "other files of this release are attested, and this one is not",
    Break.REJECTED: "its attestation is not valid",
    Break.PUBLISHER: "it was published by another kind of account than the releases before it",
    Break.OWNER: "the repository it was built in has another owner than that of the releases before it",
    Break.REPOSITORY: "it was built in another repository than the releases before it",
    Break.RENAMED: "the repository it was built in has been renamed",
    Break.WORKFLOW: "it was built by another workflow than the releases before it",
    Break.REF: "it was not built from a tag of its version, as the releases before it were",
    Break.TRIGGER: "its build was started in another way than those of the releases before it",
    Break.RUNNER: "it was built on another kind of machine than the releases before it",
    Break.UNREAD: "its attestation, or that of the release before it, could not be read",
}
_ASK: Final = "ask the project whether this release is theirs; pratique explain provenance"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Judges what is other than with the releases before. That a release is attested lets nothing in by itself."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "A release is attested as those before it were, and by the same publisher."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    unattested: Verdict = Verdict.DENY
    rejected: Verdict = Verdict.DENY
    publisher: Verdict = Verdict.DENY
    owner: Verdict = Verdict.DENY
    repository: Verdict = Verdict.DENY
    partial: Verdict = Verdict.HOLD
    workflow: Verdict = Verdict.HOLD
    ref: Verdict = Verdict.HOLD
    trigger: Verdict = Verdict.HOLD
    runner: Verdict = Verdict.HOLD
    unread: Verdict = Verdict.HOLD
    renamed: Verdict = Verdict.ALLOW
    stood_for: timedelta = timedelta(days=180)

    def judge(self, case: Case) -> Reason:
        """The strictest of what follows. A file without an attestation that has stood for `stood_for` is let in."""
        facts = case.evidence.provenance
        if type(facts) is not Facts:
            return _NOT_KNOWN
        if not facts.breaks:
            return _NEVER if facts.continuity is Continuity.NEVER_ATTESTED else _AS_BEFORE
        minded = [each for each in facts.breaks if each not in _MISSING or not self._stands(case)]
        if not minded:
            return _STOOD
        worst = max(minded, key=self._verdict)
        verdict = self._verdict(worst)
        told = f" ({clean(facts.why)})" if facts.why else ""
        why = f"{_WORDS[worst]}{told}"
        if verdict is Verdict.ALLOW:
            return Reason(_ID, verdict, why)
        return Reason(
            _ID, verdict, why, Remedy(do=_ASK, ask="" if worst is Break.REJECTED else SECURITY), rule=worst.value
        )

    def changes_at(self, case: Case) -> datetime | None:
        """As `Timed.changes_at`: when a file without an attestation has stood long enough."""
        facts, upload = case.evidence.provenance, case.evidence.upload
        if type(facts) is not Facts or not facts.breaks or type(upload) is not Upload:
            return None
        until = after(upload.at, self.stood_for)
        return until if case.now < until else None

    def _verdict(self, what: Break) -> Verdict:
        verdict: Verdict = getattr(self, what.value)
        return verdict

    def _stands(self, case: Case) -> bool:
        upload = case.evidence.upload
        return type(upload) is Upload and case.now >= after(upload.at, self.stood_for)


_MISSING: Final = (Break.UNATTESTED, Break.PARTIAL)
