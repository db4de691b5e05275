"""Files through rules, within limits. What could not be looked at is counted, so that silence never reads as clean."""

from collections.abc import Iterable, Iterator

from pratique.errors import InvalidInput
from pratique.facts.scan.python_view import PythonView
from pratique.facts.scan.rule import File, Rule
from pratique.facts.scan.rules import RULES
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import canonical, digest_of
from pratique.model.evidence import Finding, Scan

_PYTHON = (".py", ".pyw")


def looks_at(path: str) -> bool:
    """Whether any rule looks at files of this kind; the others need not be unpacked."""
    return any(path.endswith(rule.suffixes) for rule in RULES)


def rules_digest() -> Digest:
    """The digest of the rules in force: their ids and versions."""
    return digest_of(canonical([[rule.id, rule.version] for rule in RULES]))


def scan(files: Iterable[tuple[str, bytes | None]]) -> Scan:
    """Look at files, given by path and content; None stands for one that could not be read.

    Raises what `files` raises: an archive that breaks off half-way is no clean archive.
    """
    findings: list[Finding] = []
    seen = skipped = 0
    for path, data in files:
        if data is None:
            skipped += 1
            continue
        seen += 1
        rules = [rule for rule in RULES if rule.concerns(path, data)]
        view, readable = _view(path, data) if rules else (None, True)
        skipped += not readable
        for finding in _findings(rules, File(path, data, view)):
            if len(findings) < limits.SCAN_FINDINGS_MAX:
                findings.append(finding)
    return Scan(tuple(findings), seen, skipped, rules_digest())


def _view(path: str, data: bytes) -> tuple[PythonView | None, bool]:
    if not path.endswith(_PYTHON):
        return None, True
    try:
        return PythonView.of(data), True
    except InvalidInput:
        return None, False


def _findings(rules: Iterable[Rule], file: File) -> Iterator[Finding]:
    for rule in rules:
        for place in rule.detect(file):
            yield Finding(rule.id, rule.severity, rule.confidence, file.path, place.line, place.message)
