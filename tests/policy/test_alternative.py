"""The version to use instead: the newest that the same policy allows, and how a refusal names it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pratique.ecosystems.pypi.versions import version
from pratique.facts.questions.upload import Upload
from pratique.facts.release import Candidate
from pratique.model.artifact import VersionText
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.scope import Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.alternative import NONE_YET, newest_allowed, with_alternative
from pratique.policy.decide import decide
from pratique.policy.load import default_policy
from pratique.policy.pattern import read_release
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
POLICY = default_policy()
DESK = Scope(ScopeName("workstation"))
OLD, FRESH = NOW - timedelta(days=900), NOW - timedelta(hours=1)


def candidate(text: str, uploaded: datetime = OLD) -> Candidate:
    evidence = replace(benign(NOW), upload=Upload(uploaded, NOW - timedelta(days=1000)))
    return Candidate(read_release(f"pkg:pypi/example@{text}"), evidence)


def newest(
    *candidates: Candidate, previews: bool = False, most: int = 2, waivers: tuple[Waiver, ...] = ()
) -> list[str]:
    found = newest_allowed(POLICY, candidates, DESK, NOW, read=version, previews=previews, waivers=waivers, most=most)
    return list(found)


def test_the_newest_that_are_allowed_are_found_in_whichever_order_they_come() -> None:
    releases = [candidate(text) for text in ("1.0", "1.2", "1.10", "0.9")]
    assert newest(*releases) == newest(*reversed(releases)) == ["1.10", "1.2"]
    assert newest(*releases, most=1) == ["1.10"]
    assert newest(*releases, most=9) == ["1.10", "1.2", "1.0", "0.9"]
    assert newest() == []
    assert newest(*(candidate(text) for text in ("2.0", "1.9", "1.0", "3.0"))) == ["3.0", "2.0"]


def test_two_are_enough_when_nothing_else_is_said() -> None:
    releases = [candidate(text) for text in ("1.0", "1.1", "1.2")]
    assert newest_allowed(POLICY, releases, DESK, NOW, read=version, previews=False) == ("1.2", "1.1")


def test_what_is_held_is_no_alternative() -> None:
    assert newest(candidate("2.0", FRESH), candidate("1.0")) == ["1.0"]
    assert newest(candidate("2.0", FRESH)) == []


def test_a_version_counts_as_soon_as_one_of_its_files_is_allowed() -> None:
    assert newest(candidate("2.0", FRESH), candidate("2.0"), candidate("2.0"), candidate("1.0")) == ["2.0", "1.0"]


def test_a_preview_is_offered_only_where_previews_are_asked_for() -> None:
    releases = [candidate("2.0rc1"), candidate("1.0")]
    assert newest(*releases) == ["1.0"]
    assert newest(*releases, previews=True) == ["2.0rc1", "1.0"]
    assert newest(candidate("2.0rc1")) == []


def test_what_is_no_version_is_passed_over() -> None:
    odd = candidate("1.0")
    odd = Candidate(replace(odd.artifact, version=VersionText("of today")), odd.evidence)
    assert newest(odd, candidate("0.9"), odd) == ["0.9"]


def test_a_waiver_makes_an_alternative_of_what_it_lifts() -> None:
    waiver = Waiver(
        "W", "cooldown", "pkg:pypi/example@2.0", (DESK.name,), "a", "b", "security", "c", NOW + timedelta(1)
    )
    assert newest(candidate("2.0", FRESH), candidate("1.0"), waivers=(waiver,)) == ["2.0", "1.0"]


def test_a_refusal_names_the_alternative_in_every_reason_that_is_not_content() -> None:
    held = candidate("2.0", FRESH)
    decision = decide(POLICY, held.artifact, held.evidence, DESK, NOW)
    told = with_alternative(decision, VersionText("1.0"))
    for before, after in zip(decision.reasons, told.reasons, strict=True):
        if before.verdict is Verdict.ALLOW:
            assert after == before
        else:
            assert before.remedy is not None
            assert after == replace(before, remedy=replace(before.remedy, use="example 1.0", use_version="1.0"))
    assert told == replace(decision, reasons=told.reasons)
    assert any(reason.verdict is not Verdict.ALLOW for reason in told.reasons)


def test_a_refusal_says_that_there_is_no_alternative() -> None:
    held = candidate("2.0", FRESH)
    told = with_alternative(decide(POLICY, held.artifact, held.evidence, DESK, NOW), None)
    (remedy,) = [reason.remedy for reason in told.reasons if reason.verdict is not Verdict.ALLOW]
    assert remedy is not None
    assert (remedy.use, remedy.use_version) == (NONE_YET, None)


@pytest.mark.parametrize(
    "reason",
    [
        Reason("lists", Verdict.DENY, "another name is meant", Remedy(use="requests")),
        Reason("lists", Verdict.ALLOW, "it is on the list", Remedy(ask="security")),
        Reason("lists", Verdict.ALLOW, "it is on the list"),
    ],
)
def test_what_says_by_itself_what_to_use_or_needs_nothing_stays_as_it_is(reason: Reason) -> None:
    held = candidate("2.0", FRESH)
    decision = replace(decide(POLICY, held.artifact, held.evidence, DESK, NOW), reasons=(reason,))
    assert with_alternative(decision, VersionText("1.0")) == decision
