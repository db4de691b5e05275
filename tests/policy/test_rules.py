"""An organisation's own rules, in one line of CEL each."""

from datetime import UTC, datetime

import pytest

from pratique.errors import InvalidInput
from pratique.model.decision import Verdict
from pratique.policy.load import load, read
from pratique.policy.policy_tests import run_tests
from pratique.policy.rules import compile_expression, words_in

NOW = datetime(2026, 6, 1, tzinfo=UTC)

POLICY = """
[malware]
[fixed-bytes]

[[rule]]
id = "no-young-code-in-billing"
when = 'release.age < duration("720h") && "billing" in scope.projects'
then = "hold"
why = "Billing takes releases that are a month old."
use = "the version in the lock file"
waivable_by = ["security"]

[[test]]
name = "elsewhere the rule does not apply"
given = { release.age = "2 days" }
expect = { verdict = "allow" }

[[test]]
name = "in billing it does"
given = { release.age = "2 days", scope.projects = ["billing"] }
expect = { verdict = "hold", reason = "no-young-code-in-billing" }

[[test]]
name = "not knowing holds"
given = { release.age = "unknown", scope.projects = ["billing"] }
expect = { verdict = "hold", reason = "no-young-code-in-billing" }
"""


def test_a_rule_applies_where_it_says() -> None:
    outcomes = run_tests(load(POLICY), NOW)
    assert [outcome.passed for outcome in outcomes] == [True, True, True]


def test_a_rule_says_its_own_words_and_its_way_out() -> None:
    decision = run_tests(load(POLICY), NOW)[1].decision
    assert decision.verdict is Verdict.HOLD
    assert decision.strictest.why == "Billing takes releases that are a month old."
    assert decision.strictest.remedy is not None
    assert decision.strictest.remedy.use == "the version in the lock file"
    assert decision.strictest.remedy.ask == "security"


def test_loops_within_loops_meet_their_budget_and_hold() -> None:
    ones = f"[{','.join(['1'] * 200)}]"
    bomb = f"{ones}.all(a, {ones}.all(b, {ones}.all(c, a + b + c > 0)))"
    policy = read(
        f"[withdrawn]\n[[rule]]\nid='r'\nwhen='{bomb}'\nthen='deny'\nwhy='w'\ndo='d'\n[[test]]\nname='t'\nexpect={{verdict='hold'}}"
    )
    outcome = run_tests(policy, NOW)[0]
    assert outcome.passed
    assert outcome.decision.strictest.why == "the rule could not be evaluated"


def test_an_expression_is_bounded() -> None:
    with pytest.raises(InvalidInput, match="at most"):
        compile_expression("true || " * 500 + "true")


def test_a_word_that_begins_like_another_is_not_asked_for() -> None:
    assert words_in('release.age < duration("1h") && artifact.name != "knowable"') == ("artifact.name", "release.age")
