"""The page of each question is its test: every fenced part of a policy on it, with the tests inside."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from pratique.errors import InvalidInput
from pratique.facts.docs import page, question_ids
from pratique.facts.question import Question
from pratique.facts.questions import QUESTIONS
from pratique.model.decision import Verdict
from pratique.policy.load import read
from pratique.policy.policy_tests import run_tests

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FENCE = re.compile(r"```toml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("question", question_ids())
def test_every_example_on_the_page_holds(question: str) -> None:
    outcomes = [outcome for text in FENCE.findall(page(question)) for outcome in run_tests(read(text, question), NOW)]
    for outcome in outcomes:
        assert outcome.passed, (outcome.test.name, outcome.decision.strictest)
    verdicts = {outcome.test.verdict for outcome in outcomes}
    assert Verdict.ALLOW in verdicts
    assert len(verdicts) > 1


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_page_says_what_a_reader_asks(question: Question[Any]) -> None:
    text = page(question.id)
    assert text.startswith(f"# {question.id}\n")
    for heading in ("**Why it matters.**", "**The answer.**", "**When it is unknown.**", "**Examples.**"):
        assert heading in text
    for word in question.words:
        assert f"| `{word.name}` |" in text


def test_a_question_nobody_asks_has_no_page() -> None:
    with pytest.raises(InvalidInput, match="no question is called weather"):
        page("weather")
