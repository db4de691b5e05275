"""Evidence: complete when it is gathered, and readable by engines that know other questions."""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pratique.errors import InvalidInput
from pratique.facts.document import document, read_evidence
from pratique.facts.evidence import Evidence
from pratique.facts.gather import further, gather, silent
from pratique.facts.question import PACKAGES, Question
from pratique.facts.questions import QUESTIONS
from pratique.facts.questions.hashes import HASHES, Hashes
from pratique.facts.questions.origin import ORIGIN, Origin
from pratique.facts.questions.scan import SCAN
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.canonical import canonical
from pratique.model.evidence import Tier, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.policy.decide import decide
from pratique.policy.load import default_policy
from pratique.policy.policy_tests import benign

PACKAGE = Path(__file__).resolve().parents[2] / "src/pratique"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXAMPLE = Artifact(Ecosystem.PYPI, ProjectName("example"), VersionText("1.0"), "example-1.0.tar.gz")
HERE = Scope(ScopeName("workstation"))
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


@each_question
@pytest.mark.parametrize("tier", Tier)
def test_what_nobody_answers_is_unknown_and_not_silence(question: Question[Any], tier: Tier) -> None:
    for kind in question.kinds:
        asked = question.of(gather(kind, tier, {}))
        assert asked == (question.unanswered if question.tier <= tier else None)


def test_what_was_answered_stands_beside_what_was_not() -> None:
    index = gather(Ecosystem.PYPI, Tier.INDEX, {ORIGIN.id: Origin("internal")})
    evidence = further(Ecosystem.PYPI, Tier.BYTES, index, {HASHES.id: Hashes(None)})
    assert (evidence.origin, evidence.hashes) == (Origin("internal"), Hashes(None))
    assert (index.scan, evidence.scan) == (None, SCAN.unanswered)


def test_an_artifact_is_asked_only_what_concerns_its_kind() -> None:
    assert gather("no-such-kind", Tier.BYTES, {}) == Evidence(Tier.BYTES)


def test_a_source_that_was_all_there_was_leaves_everything_unknown() -> None:
    nothing = Unknown("index public", "it did not answer")
    evidence = silent(Ecosystem.PYPI, Tier.INDEX, nothing)
    assert {each.of(evidence) for each in QUESTIONS} == {nothing, None}
    assert evidence.scan is None


@each_question
def test_an_answer_is_read_back_as_it_was_recorded(question: Question[Any]) -> None:
    for answer in (question.benign(NOW), question.unanswered):
        recorded = document(question.put(benign(NOW), answer))
        read = read_evidence(recorded)
        assert question.of(read) == answer
        assert type(question.of(read)) is type(answer)
        assert document(read) == recorded


def test_the_canonical_form_is_answers_by_question_and_the_tier() -> None:
    evidence = Evidence(origin=Origin("public"))
    assert document(evidence) == b'{"answers":{"origin":{"index":"public","type":"origin"}},"tier":0}'


def test_an_answer_to_a_question_of_a_newer_engine_is_kept_and_ignored() -> None:
    recorded = json.loads(document(benign(NOW)))
    recorded["answers"]["question-of-2031"] = {"type": "unknown", "source": "x", "why": "y", "more": [1, {"a": None}]}
    written = canonical(recorded)
    read = read_evidence(written)
    assert document(read) == written
    assert decided(read) == decided(benign(NOW))


@each_question
def test_a_question_that_was_never_asked_holds_nothing_up(question: Question[Any]) -> None:
    assert decided(msgspec.structs.replace(benign(NOW), **{question.id: None})) == decided(benign(NOW))


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b'{"answers":{}}',
        b'{"answers":{"origin":{"type":"upload"}},"tier":0}',
        b'{"answers":{},"tier":9}',
        b'{"answers":{"other":' + b"[" * 100000 + b"]" * 100000 + b'},"tier":0}',
    ],
)
def test_what_is_no_evidence_is_refused(written: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_evidence(written)


def test_every_id_and_every_word_means_one_thing() -> None:
    assert len({each.id for each in QUESTIONS}) == len(QUESTIONS)
    words = [word.name for each in QUESTIONS for word in each.words]
    assert len(set(words)) == len(words)


@each_question
def test_a_question_can_be_told_and_its_words_put_what_they_read(question: Question[Any]) -> None:
    assert question.kinds <= PACKAGES
    benign_answer = question.benign(NOW)
    assert question.told(benign_answer)
    for word in question.words:
        reads = word.read(benign_answer, NOW)
        assert word.read(word.put(benign_answer, reads, NOW), NOW) == reads
        for choice in word.choices:
            assert word.read(word.put(benign_answer, choice, NOW), NOW) == choice


def decided(evidence: Evidence) -> tuple[object, ...]:
    decision = decide(default_policy(), EXAMPLE, evidence, HERE, NOW)
    return decision.verdict, [(reason.condition, reason.verdict) for reason in decision.reasons]


def test_evidence_is_made_where_silence_becomes_unknown_where_it_is_read_back_and_for_tests() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Evidence"
    }
    assert makers == {"facts/gather.py", "facts/document.py", "policy/policy_tests.py"}
