"""What the scanner sees in the file."""

from datetime import datetime
from typing import Final

from pratique.facts.question import Kind, Question, Word
from pratique.facts.severity import Alarm, worst
from pratique.model.artifact import Digest
from pratique.model.evidence import Confidence, Finding, Scan, Severity, Tier, Unknown
from pratique.model.text import clean

_RULES: Final = Digest("sha256:" + "2" * 64)
_SAMPLES: Final = {
    Alarm.SUSPICIOUS.name.lower(): (Severity.HIGH, Confidence.MEDIUM),
    Alarm.MALICIOUS.name.lower(): (Severity.CRITICAL, Confidence.HIGH),
}


def _told(scan: Scan) -> str:
    places = "; ".join(clean(f"{each.rule} at {each.path}:{each.line}") for each in scan.findings)
    return f"{places or 'nothing that a rule points at'}; {scan.files_seen} files read, {scan.files_skipped} not"


def _scan(*findings: Finding) -> Scan:
    return Scan(findings, 10, 0, _RULES)


def _found(rule: str, severity: Severity, confidence: Confidence) -> Finding:
    return Finding(rule, severity, confidence, "example.py", 1, "an example")


def _alarmed(scan: Scan, level: str, now: datetime) -> Scan:
    del scan, now
    return _scan(_found("example-rule", *_SAMPLES[level])) if level in _SAMPLES else _scan()


def _with_findings(scan: Scan, rules: tuple[str, ...], now: datetime) -> Scan:
    del scan, now
    return _scan(*(_found(rule, Severity.INFO, Confidence.HIGH) for rule in rules))


SCAN: Final = Question(
    id="scan",
    answer=Scan,
    asks="what the scanner sees in it",
    source="the scanner",
    unanswered=Unknown("scanner", "the file was not looked at"),
    benign=lambda _: _scan(),
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
    ),
    tier=Tier.BYTES,
)
