"""The policy that ships."""

from datetime import UTC, datetime

import pytest

from pratique.policy.load import default_policy
from pratique.policy.policy_tests import Outcome, run_tests

OUTCOMES = run_tests(default_policy(), datetime(2026, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.test.name)
def test_the_default_policy_keeps_its_own_word(outcome: Outcome) -> None:
    assert outcome.passed, outcome.decision.strictest


def test_it_has_tests() -> None:
    assert len(OUTCOMES) >= 15
