"""The page of each condition is its test: every fenced part of a policy on it, with the tests inside."""

import re
from datetime import UTC, datetime

import pytest

from pratique.model.decision import Verdict
from pratique.policy.docs import condition_ids, page
from pratique.policy.load import read
from pratique.policy.policy_tests import run_tests

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FENCE = re.compile(r"```toml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("condition", condition_ids())
def test_every_example_on_the_page_holds(condition: str) -> None:
    outcomes = [outcome for text in FENCE.findall(page(condition)) for outcome in run_tests(read(text, condition), NOW)]
    for outcome in outcomes:
        assert outcome.passed, (outcome.test.name, outcome.decision.strictest)
    verdicts = {outcome.test.verdict for outcome in outcomes}
    assert Verdict.ALLOW in verdicts
    assert len(verdicts) > 1
    assert condition in {outcome.test.reason for outcome in outcomes}


@pytest.mark.parametrize("condition", condition_ids())
def test_the_page_says_what_a_reader_asks(condition: str) -> None:
    text = page(condition)
    assert text.startswith(f"# {condition}\n")
    for heading in ("**Why it matters.**", "**Options.**", "**Examples.**", "**When it is fine.**", "**What to do.**"):
        assert heading in text
