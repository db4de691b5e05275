"""How much a scan's findings worry: the one place where severity and confidence become a judgement."""

from pratique.model.evidence import Alarm, Confidence, Finding, Scan, Severity


def alarm(finding: Finding) -> Alarm:
    """A critical finding of high confidence is malicious; high severity and medium confidence or more are suspicious."""
    if finding.severity >= Severity.CRITICAL and finding.confidence >= Confidence.HIGH:
        return Alarm.MALICIOUS
    if finding.severity >= Severity.HIGH and finding.confidence >= Confidence.MEDIUM:
        return Alarm.SUSPICIOUS
    return Alarm.NONE


def worst(scan: Scan) -> Alarm:
    """The worst alarm of a scan, by its findings or by the model; NONE says nothing of how much was looked at."""
    found = max(map(alarm, scan.findings), default=Alarm.NONE)
    return found if scan.judgement is None else max(found, scan.judgement.alarm)


def is_clean(scan: Scan) -> bool:
    """Whether files were read, all that should have been, and none of them worries."""
    read = scan.coverage.files_read > 0 and not scan.coverage.unread_count
    return read and worst(scan) is Alarm.NONE
