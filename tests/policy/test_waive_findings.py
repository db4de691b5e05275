"""Waivers that name findings: together they lift what is said of a file, or not at all."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pratique.errors import InvalidPolicy
from pratique.facts.evidence import Evidence
from pratique.facts.looked import finding_id
from pratique.facts.questions.hashes import Hashes
from pratique.model.artifact import Artifact, Digest, Ecosystem, ProjectName, VersionText
from pratique.model.decision import Reason, Verdict
from pratique.model.evidence import Confidence, Coverage, Finding, Scan, Severity, Unknown, Unread
from pratique.model.scope import Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.conditions import CONDITIONS
from pratique.policy.load import read
from pratique.policy.waive import FINDINGS, lifting

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
DIGEST, OTHER = Digest("sha256:" + "1" * 64), Digest("sha256:" + "2" * 64)
ODD = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "a.py", 1, "is odd")
MORE = Finding("odd-rule", Severity.HIGH, Confidence.MEDIUM, "a.py", 2, "is odd")
BAD = Finding("bad-rule", Severity.CRITICAL, Confidence.HIGH, "a.py", 3, "steals")
REMARK = Finding("small-rule", Severity.LOW, Confidence.LOW, "b.py", 1, "is small")
(CONDITION,) = (each() for each in CONDITIONS if each.id == FINDINGS)


def case(scan: Scan | Unknown, received: Digest | None = DIGEST) -> Case:
    artifact = Artifact(Ecosystem.PYPI, ProjectName("x"), VersionText("1.0"), "x-1.0.tar.gz")
    evidence = Evidence(scan=scan, hashes=Hashes(None, None, received))
    return Case(artifact, evidence, Scope(ScopeName("ci")), NOW)


def scan(*findings: Finding, coverage: Coverage | None = None, dropped: int = 0) -> Scan:
    return Scan(findings, coverage or Coverage({"python": 1}), DIGEST, dropped)


def waiver(which: Finding, digest: Digest = DIGEST, **more: object) -> Waiver:
    told = Waiver(
        id=f"W{which.line}",
        condition=FINDINGS,
        package=f"pkg:generic/x-1.0.tar.gz?checksum={digest}",
        scopes=(ScopeName("ci"),),
        owner="ann",
        approved_by="bob",
        approver_group="security",
        reason="We have read it.",
        expires=NOW + timedelta(days=1),
        finding=finding_id(digest, which),
    )
    changed: Waiver = msgspec.structs.replace(told, **more)
    return changed


def lifts(of: Case, *waivers: Waiver) -> Waiver | None:
    reason: Reason = CONDITION.judge(of)
    assert reason.verdict is not Verdict.ALLOW
    return lifting(waivers, of, reason, CONDITION.waivable_by)


def test_all_that_worries_has_to_be_named() -> None:
    assert lifts(case(scan(ODD, REMARK)), waiver(ODD)) == waiver(ODD)
    assert lifts(case(scan(ODD, MORE)), waiver(ODD)) is None
    assert lifts(case(scan(ODD, MORE)), waiver(ODD), waiver(MORE)) == waiver(ODD)


@pytest.mark.parametrize(
    ("of", "given"),
    [
        (case(scan(ODD, BAD)), [waiver(ODD), waiver(BAD)]),
        (case(scan(ODD, dropped=1)), [waiver(ODD)]),
        (case(scan(ODD, coverage=Coverage({"python": 1}, 0, (Unread("b.py", "broken"),), 1))), [waiver(ODD)]),
        (case(scan(coverage=Coverage({"python": 1}, 0, (Unread("b.py", "broken"),), 1))), [waiver(ODD)]),
        (case(scan(coverage=Coverage({}))), [waiver(ODD)]),
        (case(scan(ODD)), [waiver(ODD, OTHER)]),
        (case(scan(ODD), received=OTHER), [waiver(ODD)]),
        (case(scan(ODD), received=None), [waiver(ODD)]),
        (case(scan(ODD)), [waiver(ODD, scopes=(ScopeName("workstation"),))]),
        (case(scan(ODD)), [waiver(ODD, expires=NOW)]),
        (case(scan(ODD)), [waiver(ODD, approver_group="friends")]),
        (case(scan(ODD)), [waiver(ODD, condition="cooldown")]),
        (case(scan(ODD)), [waiver(MORE)]),
    ],
)
def test_nothing_else_is_lifted(of: Case, given: list[Waiver]) -> None:
    assert lifts(of, *given) is None


def test_a_waiver_for_the_whole_file_counts_as_before() -> None:
    whole = waiver(ODD, finding="", package="pkg:pypi/x@1.0")
    assert lifts(case(scan(ODD, MORE)), whole) == whole


def test_a_policy_may_hold_them() -> None:
    name = finding_id(DIGEST, ODD)
    text = f"""
[{FINDINGS}]
[fixed-bytes]
[[waiver]]
id = "W1"
condition = "{FINDINGS}"
finding = "{name}"
package = "pkg:generic/x-1.0.tar.gz?checksum={DIGEST}"
owner = "ann"
approved_by = "bob"
reason = "We have read it."
expires = 2027-03-31
"""
    assert [each.finding for each in read(text, "policy.toml").waivers] == [name]
    with pytest.raises(InvalidPolicy, match="a waiver for a finding names its bytes"):
        read(text.replace("checksum", "file_name"), "policy.toml")
