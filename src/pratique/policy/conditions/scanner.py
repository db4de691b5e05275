"""What the scanner saw in the file does not worry."""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.severity import Alarm, alarm, worst
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Finding, Scan, Unknown
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "scanner"
_CLEAN: Final = Reason(_ID, Verdict.ALLOW, "nothing in it worries")
_LATER: Final = Reason(_ID, Verdict.ALLOW, "looked at when the file is asked for")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "the scanner did not answer; the condition unknowns says what follows")
_NOTHING_SEEN: Final = Reason(
    _ID,
    Verdict.HOLD,
    "the scanner could look at none of its files",
    Remedy(do="pick another file of the same version; pratique explain scanner", ask=SECURITY),
)


@dataclass(frozen=True, slots=True)
class Scanner:
    """Turns findings into a verdict; what is malicious cannot be waived, what is suspicious waits for a person."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "What the scanner saw in the file does not worry."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    malicious: Verdict = Verdict.DENY
    suspicious: Verdict = Verdict.HOLD

    def __post_init__(self) -> None:
        if self.malicious is Verdict.ALLOW:
            raise InvalidInput("`malicious` is hold or deny")
        if self.suspicious > self.malicious:
            raise InvalidInput("`suspicious` is not stricter than `malicious`")

    def judge(self, case: Case) -> Reason:
        """Judge the worst finding. A scan that saw no file at all is not a clean one."""
        scan = case.evidence.scan
        if scan is None:
            return _LATER
        if type(scan) is Unknown:
            return _NOT_KNOWN
        level = worst(scan)
        if level is Alarm.NONE:
            return _CLEAN if scan.files_seen else _NOTHING_SEEN
        return self._alarmed(scan, level)

    def _alarmed(self, scan: Scan, level: Alarm) -> Reason:
        verdict = self.malicious if level is Alarm.MALICIOUS else self.suspicious
        worrying = [finding for finding in scan.findings if alarm(finding) is level]
        more = f" and {len(worrying) - 1} more" if len(worrying) > 1 else ""
        why = f"{level.name.lower()} code: {_place(worrying[0])}{more}"
        if verdict is Verdict.ALLOW:
            return Reason(_ID, verdict, f"{why}; this policy accepts that")
        ask = "" if level is Alarm.MALICIOUS else SECURITY
        return Reason(_ID, verdict, why, Remedy(do=f"pratique explain {clean(worrying[0].rule)}", ask=ask))


def _place(finding: Finding) -> str:
    return clean(f"{finding.rule} at {finding.path}:{finding.line}")
