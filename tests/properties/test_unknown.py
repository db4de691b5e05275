"""What is not known never softens a decision, whichever answers are missing together; what was never asked changes none."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.evidence import Evidence
from pratique.facts.question import Question, QuestionId
from pratique.facts.questions import QUESTIONS
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.decision import Verdict
from pratique.model.evidence import Tier, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.conditions.unknowns import Unknowns
from pratique.policy.decide import verdict
from pratique.policy.load import default_policy
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXAMPLE = Artifact(Ecosystem.PYPI, ProjectName("example"), VersionText("1.0"), "example-1.0.tar.gz")
HERE = Scope(ScopeName("workstation"))
SILENT = Unknown("source", "it kept silent")
KNOWN, UNKNOWN, NEVER_ASKED = "known", "unknown", "never asked"
ANSWERED = (KNOWN, UNKNOWN, NEVER_ASKED)

ways = st.lists(st.sampled_from(ANSWERED), min_size=len(QUESTIONS), max_size=len(QUESTIONS))


def case(ways: Sequence[str]) -> Case:
    """A harmless file, of which each question is answered in one of three ways."""
    answers: dict[str, Any] = {}
    for question, way in zip(QUESTIONS, ways, strict=True):
        if way is not NEVER_ASKED:
            answers[question.id] = SILENT if way is UNKNOWN else question.benign(NOW)
    return Case(EXAMPLE, Evidence(tier=Tier.BYTES, **answers), HERE, NOW)


def follows(way: str, question: Question[Any]) -> Verdict:
    return question.unknown if way is UNKNOWN else Verdict.ALLOW


def test_the_harmless_file_comes_in_when_all_is_known() -> None:
    assert verdict(default_policy(), Case(EXAMPLE, benign(NOW), HERE, NOW)) is Verdict.ALLOW


def test_under_every_combination_the_strictest_unknown_decides_about_a_harmless_file() -> None:
    for combination in itertools.product(ANSWERED, repeat=len(QUESTIONS)):
        expected = max(follows(way, question) for way, question in zip(combination, QUESTIONS, strict=True))
        assert verdict(default_policy(), case(combination)) is expected, combination


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
@given(ways, st.dictionaries(st.sampled_from([each.id for each in QUESTIONS]), st.sampled_from(Verdict)))
def test_an_organisation_decides_for_each_question_what_follows(
    question: Question[Any], ways: list[str], written: dict[str, Verdict]
) -> None:
    condition = Unknowns({QuestionId(name): outcome for name, outcome in written.items()})
    place = QUESTIONS.index(question)
    known, unknown, never = (
        condition.judge(case([*ways[:place], way, *ways[place + 1 :]])).verdict for way in ANSWERED
    )
    assert known is never
    assert unknown is max(known, written.get(question.id, question.unknown))
