"""What the scanner sees in the file."""

from datetime import datetime
from typing import Final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.facts.severity import worst
from pratique.model.artifact import Digest
from pratique.model.evidence import Alarm, Confidence, Coverage, Finding, Scan, Severity, Tier, Unknown, Unread
from pratique.model.text import clean

_RULES: Final = Digest("sha256:" + "2" * 64)
_SAMPLES: Final = {
    Alarm.SUSPICIOUS.name.lower(): (Severity.HIGH, Confidence.MEDIUM),
    Alarm.MALICIOUS.name.lower(): (Severity.CRITICAL, Confidence.HIGH),
}


def _told(scan: Scan) -> str:
    coverage = scan.coverage
    places = "; ".join(clean(f"{each.rule} at {each.path}:{each.line}") for each in scan.findings)
    more = f"; {scan.findings_dropped} more places" if scan.findings_dropped else ""
    unread = "; ".join(clean(f"not read: {each.path} ({each.why})") for each in coverage.unread)
    counted = f"{coverage.files_read} files read, {coverage.unread_count} not, {coverage.other} that no rule looks at"
    return "; ".join(part for part in (f"{places or 'nothing that a rule points at'}{more}", counted, unread) if part)


def _found(rule: str, severity: Severity, confidence: Confidence) -> Finding:
    return Finding(rule, severity, confidence, "example.py", 1, "an example")


def _alarmed(scan: Scan, level: str, now: datetime) -> Scan:
    del now
    found = (_found("example-rule", *_SAMPLES[level]),) if level in _SAMPLES else ()
    return msgspec.structs.replace(scan, findings=found)


def _with_findings(scan: Scan, rules: tuple[str, ...], now: datetime) -> Scan:
    del now
    found = tuple(_found(rule, Severity.INFO, Confidence.HIGH) for rule in rules)
    return msgspec.structs.replace(scan, findings=found)


def _with_unread(scan: Scan, paths: tuple[str, ...], now: datetime) -> Scan:
    del now
    unread = tuple(Unread(path, "an example") for path in paths)
    coverage = msgspec.structs.replace(scan.coverage, unread=unread, unread_count=len(unread))
    return msgspec.structs.replace(scan, coverage=coverage)


SCAN: Final = Question(
    id="scan",
    answer=Scan,
    asks="what the scanner sees in it",
    source="the scanner",
    unanswered=Unknown("scanner", "the file was not looked at"),
    benign=lambda _: Scan((), Coverage({"python": 10}), _RULES),
    told=_told,
    words=(
        Word(
            "scan.alarm",
            Kind.TEXT,
            "what the findings amount to",
            lambda scan, _: worst(scan).name.lower(),
            _alarmed,
            choices=tuple(level.name.lower() for level in Alarm),
        ),
        Word(
            "scan.findings",
            Kind.TEXTS,
            "the rules that found something in the file",
            lambda scan, _: tuple(finding.rule for finding in scan.findings),
            _with_findings,
        ),
        Word(
            "scan.unread",
            Kind.TEXTS,
            "the files that should have been looked into and could not be; the first of them, where there are very many",
            lambda scan, _: tuple(unread.path for unread in scan.coverage.unread),
            _with_unread,
        ),
    ),
    tier=Tier.BYTES,
)
