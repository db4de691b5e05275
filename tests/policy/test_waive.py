"""Which waivers may be granted, and which reasons one lifts."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pratique.model.artifact import Artifact
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.scope import Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.pattern import read_release
from pratique.policy.policy_tests import benign
from pratique.policy.waive import lifting, mistakes

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DESK, CI = ScopeName("workstation"), ScopeName("ci")
WAIVER = Waiver("W1", "cooldown", "pkg:pypi/example@1.*", (DESK,), "ann", "sue", "security", "urgent", NOW)
REASON = Reason("cooldown", Verdict.HOLD, "too young", Remedy(do="wait", ask="security"))
GROUPS = ("security", "platform")
WAIVABLE = {"cooldown": GROUPS, "malware": ()}


def case(at: datetime = NOW - timedelta(seconds=1), scope: ScopeName = DESK, artifact: Artifact | None = None) -> Case:
    return Case(artifact or read_release("pkg:pypi/example@1.2"), benign(NOW), Scope(scope), at)


def test_a_waiver_lifts_the_reason_it_was_granted_for() -> None:
    assert lifting([WAIVER], case(), REASON, GROUPS) is WAIVER


@pytest.mark.parametrize(
    "other",
    [
        {"condition": "malware"},
        {"approver_group": "friends"},
        {"scopes": (CI,)},
        {"scopes": ()},
        {"expires": NOW - timedelta(seconds=1)},
        {"package": "pkg:pypi/other@1.*"},
        {"package": "pkg:pypi/example@2.*"},
        {"package": "no purl"},
    ],
)
def test_a_waiver_for_anything_else_lifts_nothing(other: dict[str, object]) -> None:
    waiver = replace(WAIVER, **other)
    assert lifting([waiver], case(), REASON, GROUPS) is None
    assert lifting([waiver, WAIVER], case(), REASON, GROUPS) is WAIVER, "the next one is looked at"


def test_a_waiver_counts_until_the_moment_it_expires() -> None:
    assert lifting([WAIVER], case(NOW - timedelta(microseconds=1)), REASON, GROUPS) is WAIVER
    assert lifting([WAIVER], case(NOW), REASON, GROUPS) is None


def test_the_first_waiver_that_fits_is_the_one_that_counts() -> None:
    other = replace(WAIVER, id="W2")
    assert lifting([other, WAIVER], case(), REASON, GROUPS) is other


@pytest.mark.parametrize("remedy", [None, Remedy(do="wait")])
def test_a_reason_that_names_nobody_to_ask_is_lifted_by_none(remedy: Remedy | None) -> None:
    verdict = Verdict.ALLOW if remedy is None else Verdict.HOLD
    assert lifting([WAIVER], case(), replace(REASON, verdict=verdict, remedy=remedy), GROUPS) is None


def test_a_waiver_as_it_should_be_is_no_mistake() -> None:
    for groups in ({}, {"security": ("sue",)}, {"platform": ("bob",)}):
        assert mistakes(WAIVER, WAIVABLE, (DESK, CI), groups) == []
    assert mistakes(replace(WAIVER, approver_group="platform", uses_max=3), WAIVABLE, (DESK,), {}) == []


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (
            {"condition": "coldown"},
            "condition",
            'no condition is called "coldown"; this policy has: cooldown, malware',
        ),
        ({"condition": "malware"}, "condition", "malware cannot be waived"),
        (
            {"approver_group": "friends"},
            "approver_group",
            '"friends" may not waive cooldown; security or platform may',
        ),
        ({"approved_by": "eve"}, "approved_by", '"eve" is not in the group security'),
        ({"id": ""}, "id", "`id` says nothing"),
        ({"owner": " "}, "owner", "`owner` says nothing"),
        ({"reason": "\n"}, "reason", "`reason` says nothing"),
        ({"scopes": (DESK, ScopeName("lab"))}, "scopes", 'no scope is called "lab"'),
        ({"scopes": ()}, "scopes", "a waiver names the scopes it is for"),
        ({"uses_max": -1}, "uses_max", "`uses_max` is 0 (unlimited) or more"),
    ],
)
def test_each_mistake_is_told_with_its_field(change: dict[str, object], field: str, sentence: str) -> None:
    assert mistakes(replace(WAIVER, **change), WAIVABLE, (DESK, CI), {"security": ("sue",)}) == [(field, sentence)]


def test_a_pattern_that_cannot_be_read_is_a_mistake_of_the_package() -> None:
    ((field, sentence),) = mistakes(replace(WAIVER, package="no purl"), WAIVABLE, (DESK,), {})
    assert field == "package"
    assert "no purl" in sentence


def test_all_mistakes_are_told_at_once() -> None:
    wrong = replace(WAIVER, id="", owner="", approved_by="", reason="", scopes=(), uses_max=-1)
    found = [field for field, _ in mistakes(wrong, WAIVABLE, (DESK,), {"security": ("sue",)})]
    assert found == ["approved_by", "id", "owner", "approved_by", "reason", "scopes", "uses_max"]
