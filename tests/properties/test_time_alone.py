"""What the clock alone may change: nothing that `changes_at` does not foresee, in no condition and in no word of a rule."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.evidence import Evidence
from pratique.facts.questions.provenance import Continuity, Provenance
from pratique.facts.questions.scan import SCAN
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.upload import Upload
from pratique.model.artifact import Artifact
from pratique.model.durations import roughly, roughly_until
from pratique.model.evidence import Tier
from pratique.model.scope import Scope
from pratique.policy import conditions
from pratique.policy.condition import Case, Timed
from pratique.policy.decide import changes_at, decide
from pratique.policy.load import default_policy, load
from pratique.policy.vocabulary import VOCABULARY
from tests.properties.test_decide import BENIGN, NOW, OWN, PUBLIC, artifacts, evidences, scopes

_STEPS = st.sampled_from(
    [timedelta(seconds=1), timedelta(seconds=59), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)]
)
laters = st.builds(lambda step, count: step * count, _STEPS, st.integers(0, 90))
FAST = load(default_policy().text.partition("[[test]]")[0].replace('wait = "0 days"', 'wait = "1 days"'))


@given(evidences(), artifacts, scopes, laters)
def test_until_then_every_condition_says_the_same(
    evidence: Evidence, artifact: Artifact, scope: Scope, later: timedelta
) -> None:
    now = Case(artifact, evidence, scope, NOW)
    then = Case(artifact, evidence, scope, NOW + later)
    for policy in (OWN, FAST):
        for condition in policy.conditions:
            until = condition.changes_at(now) if isinstance(condition, Timed) else None
            if until is None or then.now < until:
                assert condition.judge(now) == condition.judge(then)


@pytest.mark.parametrize("path", sorted(Path(conditions.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_a_condition_that_reads_the_clock_says_until_when(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "def changes_at" in text or ".now" not in text, "policy.condition.Timed says what is missing"


@given(evidences(), artifacts, scopes, laters)
def test_until_then_the_whole_decision_is_the_same_but_for_its_moment(
    evidence: Evidence, artifact: Artifact, scope: Scope, later: timedelta
) -> None:
    until = changes_at(OWN, [Case(artifact, evidence, scope, NOW)])
    if until is None or NOW + later < until:
        first, second = (decide(OWN, artifact, evidence, scope, at) for at in (NOW, NOW + later))
        assert (first.verdict, first.reasons) == (second.verdict, second.reasons)


@pytest.mark.parametrize(
    "age", [timedelta(minutes=5, seconds=7), timedelta(hours=5, seconds=7), timedelta(hours=71, minutes=59)]
)
def test_a_hold_is_good_for_as_long_as_it_is_told_in_the_same_words(age: timedelta) -> None:
    case = Case(
        PUBLIC,
        Evidence(tier=BENIGN.tier, upload=Upload(NOW - age, NOW - timedelta(days=900))),
        Scope(OWN.default_scope),
        NOW,
    )
    until = changes_at(OWN, [case])
    assert until is not None
    assert until > NOW, "otherwise nothing would ever be kept"
    assert until <= NOW - age + timedelta(days=3)
    judge = next(each for each in OWN.conditions if each.id == "cooldown").judge
    assert judge(case) != judge(Case(case.artifact, case.evidence, case.scope, until))


def test_a_security_fix_is_held_until_its_fast_lane_opens() -> None:
    evidence = Evidence(
        tier=Tier.BYTES,
        scan=SCAN.benign(NOW),
        upload=Upload(NOW - timedelta(hours=20), NOW - timedelta(days=900)),
        security_fix=SecurityFix(("EXAMPLE-1",)),
        provenance=Provenance(Continuity.CONTINUOUS),
    )
    judge = next(each for each in FAST.conditions if each.id == "cooldown").judge
    at, moments = NOW, []
    while (until := changes_at(FAST, [Case(PUBLIC, evidence, Scope(FAST.default_scope), at)])) is not None:
        before = Case(PUBLIC, evidence, Scope(FAST.default_scope), at)
        assert judge(before) != judge(Case(PUBLIC, evidence, Scope(FAST.default_scope), until))
        moments.append(until - NOW)
        at = until
    assert moments[:4] == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=3), timedelta(hours=4)]
    assert moments[4:] == [timedelta(hours=52)], (
        "what is let in is let in for another reason once the usual time is over"
    )


@given(st.integers(0, 3 * 365 * 24 * 60 * 60).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_rough_duration_is_said_the_same_until_it_is_said_otherwise(duration: timedelta) -> None:
    until = roughly_until(duration)
    assert until > duration
    assert roughly(until - timedelta(microseconds=1)) == roughly(duration) != roughly(until)


@given(evidences(), artifacts, scopes, laters)
def test_no_word_reads_the_clock_but_those_of_moments_and_durations(
    evidence: Evidence, artifact: Artifact, scope: Scope, later: timedelta
) -> None:
    for word in VOCABULARY.values():
        if word.kind.name not in ("DURATION", "MOMENT"):
            now, then = (word.read(Case(artifact, evidence, scope, at)) for at in (NOW, NOW + later))
            assert now == then, word.name


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        ("release.age < duration('100h')", False),
        ("now > timestamp('2026-01-01T00:00:00Z')", False),
        ("artifact.name == 'x'", True),
    ],
)
def test_a_rule_that_reads_the_clock_is_asked_every_time(when: str, *, kept: bool) -> None:
    policy = load(
        default_policy().text.partition("[[test]]")[0]
        + f'\n[[rule]]\nid = "own"\nwhen = """{when}"""\nthen = "hold"\nwhy = "So it is."\nuse = "another"\n'
    )
    until = changes_at(policy, [Case(PUBLIC, BENIGN, Scope(policy.default_scope), NOW)])
    assert (until is None) is kept
    assert kept or until == NOW
