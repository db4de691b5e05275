"""What a condition says and offers, word by word where a person acts on it, and what a decision carries."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pratique.errors import InvalidInput
from pratique.facts.document import document
from pratique.facts.evidence import Evidence
from pratique.facts.questions.listing import Listing, ListingState
from pratique.facts.questions.provenance import Continuity, Provenance
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.upload import Upload
from pratique.model.artifact import Artifact
from pratique.model.canonical import digest_of
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.conditions.withdrawn import Withdrawn
from pratique.policy.decide import decide
from pratique.policy.load import load
from pratique.policy.pattern import read_pattern, read_release
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RELEASE = read_release("pkg:pypi/example@1.0")
CI = Scope(ScopeName("ci"))
COOLDOWN = """[scopes]
ci = { mode = "warn" }
[cooldown]
ci = "3 days"
security_fix = { wait = "1 day", needs = ["provenance-continuity", "clean-scan"] }
"""


def fixing(age: timedelta, advisories: tuple[str, ...] = ("EXAMPLE-2026-1",), *, shown: bool = True) -> Evidence:
    """A release that fixes something, so old; `shown` where it has all that the fast lane needs."""
    return replace(
        benign(NOW),
        upload=Upload(NOW - age, NOW - timedelta(days=1000)),
        security_fix=SecurityFix(advisories),
        provenance=Provenance(Continuity.CONTINUOUS if shown else Continuity.BROKEN),
    )


def cooldown(evidence: Evidence) -> Reason:
    (found,) = [each for each in load(COOLDOWN).conditions if each.id == "cooldown"]
    return found.judge(Case(RELEASE, evidence, CI, NOW))


def test_a_security_fix_comes_in_at_the_very_end_of_its_own_wait() -> None:
    why = "it fixes EXAMPLE-2026-1, and a security fix waits 1 day here"
    assert cooldown(fixing(timedelta(days=1))) == Reason("cooldown", Verdict.ALLOW, why)
    ask = "ask security for the fast lane, naming EXAMPLE-2026-1"
    early = cooldown(fixing(timedelta(hours=23)))
    remedy = Remedy(do=ask, until=NOW + timedelta(hours=1), ask="security")
    assert early == Reason("cooldown", Verdict.HOLD, f"published 23 hours ago; {why}", remedy, rule="security_fix")


def test_a_security_fix_that_lacks_something_waits_as_all_others() -> None:
    held = cooldown(fixing(timedelta(days=2), shown=False))
    assert held == Reason(
        "cooldown",
        Verdict.HOLD,
        "published 2 days ago; it fixes EXAMPLE-2026-1, but its fast lane still needs provenance-continuity",
        Remedy(
            do="ask security for the fast lane, naming EXAMPLE-2026-1", until=NOW + timedelta(days=1), ask="security"
        ),
        rule="security_fix",
    )


@pytest.mark.parametrize(
    ("state", "why", "remedy"),
    [
        (
            ListingState.YANKED,
            "yanked by its maintainers",
            Remedy(do="pin a version that is not yanked", ask="security"),
        ),
        (
            ListingState.QUARANTINED,
            "quarantined by its index, which suspects harm",
            Remedy(do="leave it alone until the index has looked; pratique explain withdrawn"),
        ),
        (
            ListingState.VANISHED,
            "no longer listed by its index, which listed it before",
            Remedy(do="pin a version that is still listed", ask="security"),
        ),
    ],
)
def test_what_is_withdrawn_stays_out_with_the_index_s_own_reason(state: ListingState, why: str, remedy: Remedy) -> None:
    for reason, said in (("", ""), ("bad", " (bad)")):
        evidence = replace(benign(NOW), listing=Listing(state, reason))
        found = Withdrawn().judge(Case(RELEASE, evidence, CI, NOW))
        assert found == Reason("withdrawn", Verdict.DENY, f"{why}{said}", remedy)


def test_a_decision_carries_what_it_was_made_from() -> None:
    policy = load(COOLDOWN)
    for age, verdict in ((2, Verdict.HOLD), (4, Verdict.ALLOW)):
        evidence = replace(benign(NOW), upload=Upload(NOW - timedelta(days=age), NOW - timedelta(days=1000)))
        decision = decide(policy, RELEASE, evidence, CI, NOW)
        assert (decision.artifact, decision.scope, decision.mode) == (RELEASE, CI, Mode.WARN)
        assert (decision.policy, decision.at, decision.verdict) == (policy.digest, NOW, verdict)
        assert decision.evidence == digest_of(document(evidence))
        assert [reason.condition for reason in decision.reasons] == ["cooldown", "unknowns"]
        written = decide(policy, RELEASE, evidence, CI, NOW, written=b"as it was written")
        assert written.evidence == digest_of(b"as it was written")


def test_a_scope_that_a_policy_does_not_know_is_refused_with_those_it_knows() -> None:
    policy = load(COOLDOWN + "[withdrawn]\n")
    with pytest.raises(InvalidInput) as caught:
        policy.mode(ScopeName("lab"))
    assert (str(caught.value), caught.value.advice) == ("no scope is called lab", "this policy knows: ci")


def test_a_pattern_is_for_its_own_namespace() -> None:
    pattern = read_pattern("pkg:pypi/example@1.0")
    assert pattern.matches(RELEASE)
    spaced = Artifact(RELEASE.kind, RELEASE.name, RELEASE.version, namespace="somebody")
    assert not pattern.matches(spaced)
