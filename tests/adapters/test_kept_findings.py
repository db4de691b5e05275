"""Findings that are kept: found by the beginning of their ids, bounded, and never in the way."""

from pathlib import Path

import pytest

from pratique.adapters.kept_findings import KeptFindings
from pratique.errors import InvalidInput, NotFound
from pratique.facts.looked import Kept
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Confidence, Coverage, Finding, Severity
from pratique.model.identifier import identifier

DIGEST = Digest("sha256:" + "1" * 64)


def kept(number: int, message: str = "does it") -> Kept:
    finding = Finding("some-rule", Severity.HIGH, Confidence.HIGH, "a.py", number, message)
    coverage = Coverage({"python": 1})
    name = identifier(bytes([number % 256, number // 256]) + bytes(8))
    return Kept(name, finding, DIGEST, "file", "/x/a.py", "a.py", "a.py", DIGEST, coverage, DIGEST, "pratique/1")


def test_what_was_kept_is_found_by_its_beginning_however_it_is_typed(tmp_path: Path) -> None:
    findings = KeptFindings(tmp_path)
    findings.add([kept(1), kept(200)])
    assert findings.find(kept(1).id[:6].lower()) == kept(1)
    findings.add([kept(1, "says more")])
    assert findings.find(kept(1).id).finding.message == "says more"
    assert len(findings.all()) == 2


def test_what_is_unknown_or_means_several_is_refused(tmp_path: Path) -> None:
    findings = KeptFindings(tmp_path)
    with pytest.raises(NotFound, match="no finding 7F3K is known"):
        findings.find("7F3K")
    with pytest.raises(InvalidInput, match="is no id"):
        findings.find("x")
    one = kept(7)
    findings.add(
        [one, Kept(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "id": one.id[:8] + "0" * 7 + "1"})]
    )
    with pytest.raises(InvalidInput, match="2 findings begin with"):
        findings.find(one.id[:8])


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FINDINGS_KEPT_MAX", 3)
    findings = KeptFindings(tmp_path)
    for number in range(5):
        findings.add([kept(number)])
    assert [each.finding.line for each in findings.all()] == [2, 3, 4]


def test_lines_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    findings = KeptFindings(tmp_path)
    findings.add([kept(1)])
    (place,) = tmp_path.iterdir()
    place.write_bytes(b'\xff\n{"id": 1}\n' + place.read_bytes())
    assert findings.all() == [kept(1)]
    assert place.stat().st_mode & 0o777 == 0o600
