"""What the scanner saw in the file does not worry."""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.severity import Alarm, alarm, worst
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Coverage, Finding, Scan, Unknown
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "scanner"
_CLEAN: Final = Reason(_ID, Verdict.ALLOW, "nothing in it worries")
_LATER: Final = Reason(_ID, Verdict.ALLOW, "looked at when the file is asked for")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "the scanner did not answer; the condition unknowns says what follows")
_EMPTY: Final = Reason(
    _ID,
    Verdict.HOLD,
    "there is no file in it",
    Remedy(do="pick another file of the same version; pratique explain scanner", ask=SECURITY),
)


@dataclass(frozen=True, slots=True)
class Scanner:
    """Turns findings into a verdict; what is malicious cannot be waived, what is suspicious or unread waits for a person."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "What the scanner saw in the file does not worry."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    malicious: Verdict = Verdict.DENY
    suspicious: Verdict = Verdict.HOLD
    unread: Verdict = Verdict.HOLD

    def __post_init__(self) -> None:
        if self.malicious is Verdict.ALLOW:
            raise InvalidInput("`malicious` is hold or deny")
        if self.suspicious > self.malicious:
            raise InvalidInput("`suspicious` is not stricter than `malicious`")

    def judge(self, case: Case) -> Reason:
        """Judge the worst finding and what could not be read, whichever is stricter. An empty file is not a clean one."""
        scan = case.evidence.scan
        if scan is None:
            return _LATER
        if type(scan) is Unknown:
            return _NOT_KNOWN
        level = worst(scan)
        unread = self._unread(scan)
        if level is Alarm.NONE:
            return _seen(scan.coverage) if unread is None else unread
        alarmed = self._alarmed(scan, level)
        return alarmed if unread is None or alarmed.verdict >= unread.verdict else unread

    def _alarmed(self, scan: Scan, level: Alarm) -> Reason:
        verdict = self.malicious if level is Alarm.MALICIOUS else self.suspicious
        worrying = [finding for finding in scan.findings if alarm(finding) is level]
        more = f" and {len(worrying) - 1} more" if len(worrying) > 1 else ""
        why = f"{level.name.lower()} code: {_place(worrying[0])}{more}"
        if verdict is Verdict.ALLOW:
            return Reason(_ID, verdict, f"{why}; this policy accepts that")
        ask = "" if level is Alarm.MALICIOUS else SECURITY
        return Reason(_ID, verdict, why, Remedy(do=f"pratique explain {clean(worrying[0].rule)}", ask=ask))

    def _unread(self, scan: Scan) -> Reason | None:
        """What follows from files that should have been read, None where all were."""
        count = scan.coverage.unread_count
        if not count:
            return None
        more = f" and {count - 1} more" if count > 1 else ""
        first = next((f"{unread.path} ({unread.why})" for unread in scan.coverage.unread), "a file")
        why = f"could not be looked into: {clean(first)}{more}"
        if self.unread is Verdict.ALLOW:
            return Reason(_ID, Verdict.ALLOW, f"{why}; this policy accepts that")
        remedy = Remedy(
            do="pick another file or version, or have somebody read it; pratique explain scanner", ask=SECURITY
        )
        return Reason(_ID, self.unread, why, remedy)


def _seen(coverage: Coverage) -> Reason:
    """What to say where nothing worries and nothing was left unread."""
    if coverage.files_read:
        return _CLEAN
    if not coverage.other:
        return _EMPTY
    return Reason(_ID, Verdict.ALLOW, f"none of its {coverage.other} files is of a kind that is looked into")


def _place(finding: Finding) -> str:
    return clean(f"{finding.rule} at {finding.path}:{finding.line}")
