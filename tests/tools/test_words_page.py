"""The page of the words of rules: what it shows is understood, and it leaves nothing out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pratique.facts.question import Kind
from pratique.policy.load import load
from pratique.policy.policy_tests import run_tests
from pratique.policy.rules import compile_expression, words_in
from pratique.policy.vocabulary import VOCABULARY
from tools.words import EXAMPLES, RULE, page

SHOWN = [(kind, expression) for kind, examples in EXAMPLES.items() for expression, _ in examples]


@pytest.mark.parametrize(("kind", "expression"), SHOWN)
def test_each_expression_that_is_shown_is_a_question_about_a_value_of_its_kind(kind: Kind, expression: str) -> None:
    compile_expression(expression)
    assert VOCABULARY[words_in(expression)[0]].kind is kind or kind in [
        VOCABULARY[w].kind for w in words_in(expression)
    ]


def test_every_word_and_every_kind_has_its_place() -> None:
    text = page(Path())
    assert [name for name in VOCABULARY if f"| `{name}` |" not in text] == []
    assert set(EXAMPLES) == set(Kind)


def test_the_policy_that_is_shown_loads_and_its_test_passes() -> None:
    (outcome,) = run_tests(load(RULE), datetime(2026, 6, 1, tzinfo=UTC))
    assert outcome.passed
