"""How much a scan's findings worry: the one place where severity and confidence become a judgement."""

from enum import IntEnum

from pratique.model.evidence import Confidence, Finding, Scan, Severity


class Alarm(IntEnum):
    """What findings amount to; a larger value is worse."""

    NONE = 0
    SUSPICIOUS = 1
    MALICIOUS = 2


def alarm(finding: Finding) -> Alarm:
    """A critical finding of high confidence is malicious; high severity and medium confidence or more are suspicious."""
    if finding.severity >= Severity.CRITICAL and finding.confidence >= Confidence.HIGH:
        return Alarm.MALICIOUS
    if finding.severity >= Severity.HIGH and finding.confidence >= Confidence.MEDIUM:
        return Alarm.SUSPICIOUS
    return Alarm.NONE


def worst(scan: Scan) -> Alarm:
    """The worst alarm of a scan; NONE without findings, which says nothing of how much was looked at."""
    return max(map(alarm, scan.findings), default=Alarm.NONE)


def is_clean(scan: Scan) -> bool:
    """Whether files were read, all that should have been, and none of them worries."""
    read = scan.coverage.files_read > 0 and not scan.coverage.unread_count
    return read and worst(scan) is Alarm.NONE
