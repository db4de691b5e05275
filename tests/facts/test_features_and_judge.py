"""What the model looks at, and what it makes of it: nothing that is added makes an artifact look better."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.features import features
from pratique.facts.scan.judge import Model, model, read
from pratique.facts.scan.labels import LABELS
from pratique.facts.scan.observation import Context, How, Observation
from pratique.facts.scan.rules import RULES
from pratique.model.evidence import Alarm, Confidence, Finding, Severity

WHEN = ("at installation", "on import", "when called")
OF_SIZE = re.compile(r"hardly any code|built from source|many files|more than \d+ kB of code")
KNOWN = sorted(model().weights)
FAMILIES = sorted({label.partition(".")[0] for label in LABELS})


def observed(label: str, context: Context = Context.MODULE_TOP, **more: object) -> FileView:
    return FileView.of("a.py", [Observation(label, "a.py", 1, context, "python", **more)])  # type: ignore[arg-type]  # the fields of an observation


def words(view: FileView, *findings: Finding) -> set[str]:
    return features("demo-1.0-py3-none-any.whl", {"a.py": 5_000}, [view], findings)


def producible() -> set[str]:
    """Every word that can be said of an artifact."""
    labels = {f"{label} {when}" for label, when in product(LABELS, WHEN)}
    flows = {f"{family} < {label} {when}" for family, label, when in product(FAMILIES, LABELS, WHEN)}
    hidden = {f"{how} {family} {when}" for how, family, when in product(("hidden", "decoded"), FAMILIES, WHEN)}
    rules = {f"rule {rule.id}{grade}" for rule, grade in product(RULES, (", sure", ", likely", ", possibly"))}
    return labels | flows | hidden | rules


@pytest.mark.parametrize("name", KNOWN)
def test_every_weight_is_of_something_that_can_be_said(name: str) -> None:
    assert name in producible() or OF_SIZE.fullmatch(name)


def test_no_weight_is_below_zero_but_those_that_speak_of_size() -> None:
    assert [name for name, weight in model().weights.items() if weight < 0 and not OF_SIZE.fullmatch(name)] == []
    assert 0 < model().suspicious < model().malicious < 1


@given(st.sets(st.sampled_from(KNOWN), max_size=12), st.sampled_from(KNOWN))
def test_what_is_added_never_lowers_the_score(there: set[str], more: str) -> None:
    before, after = model().judge(there), model().judge(there | {more})
    if model().weights[more] >= 0:
        assert after.score >= before.score
        assert after.alarm >= before.alarm


@given(st.sets(st.text(max_size=8)))
def test_what_the_model_does_not_know_says_nothing(unknown: set[str]) -> None:
    assert model().judge(unknown - set(KNOWN)) == model().judge(())


def test_the_score_is_the_logistic_function_and_names_what_carried_it() -> None:
    made = Model(-1.0, {"a": 1.0, "b": 2.0, "small": -5.0}, 0.5, 0.9)
    assert made.judge({"a"}).score == 0.5
    assert (made.judge({"a"}).alarm, made.judge({"a"}).carried) == (Alarm.SUSPICIOUS, ("a",))
    assert (made.judge({"a", "b"}).score, made.judge({"a", "b"}).carried) == (0.8808, ("b", "a"))
    assert made.judge({"a", "b", "small"}).alarm is Alarm.NONE
    assert Model(1e9, {}, 0.5, 0.9).judge(()).alarm is Alarm.MALICIOUS
    assert Model(1e9, {}, 0.5, 0.9).judge((), alone=True).alarm is Alarm.SUSPICIOUS
    assert Model(-1e9, {}, 0.5, 0.9).judge((), alone=True).alarm is Alarm.NONE
    assert Model(-1e9, {}, 0.5, 0.9).judge(()).score == 0


@pytest.mark.parametrize(
    "text", ["", "base = 1", "base = 'x'\nsuspicious = 1\nmalicious = 1\n[weights]\n", "[weights\n"]
)
def test_a_file_that_is_no_model_is_refused(text: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        read(text)


@pytest.mark.parametrize(
    ("context", "when"),
    [
        (Context.SETUP_TOP, "at installation"),
        (Context.PTH, "at installation"),
        (Context.NPM_LIFECYCLE, "at installation"),
        (Context.INIT_TOP, "on import"),
        (Context.MODULE_TOP, "on import"),
        (Context.FUNCTION, "when called"),
        (Context.NOTEBOOK_CELL, "when called"),
    ],
)
def test_an_observation_is_said_with_when_it_runs(context: Context, when: str) -> None:
    assert f"proc.shell {when}" in words(observed("proc.shell", context))


def test_what_flows_in_and_what_is_hidden_is_said_of_the_family() -> None:
    said = words(observed("net.send", inputs=frozenset({"read.env_all", "py.self"}), how=How.DECODED))
    assert {"net < read.env_all on import", "decoded net on import", "net.send on import"} <= said
    assert not any("py." in word for word in said)
    assert "hidden net on import" in words(observed("net.send", how=How.RESOLVED))


@pytest.mark.parametrize("context", [Context.TEST, Context.DOCS])
def test_tests_and_documentation_weigh_nothing(context: Context) -> None:
    assert words(observed("proc.shell", context)) == words(FileView.of("a.py", []))


def test_findings_are_said_with_how_sure_they_are() -> None:
    def said(severity: Severity, confidence: Confidence) -> set[str]:
        found = Finding("miner", severity, confidence, "a.py", 1, "mines")
        return {word for word in words(FileView.of("a.py", []), found) if word.startswith("rule ")}

    assert said(Severity.CRITICAL, Confidence.HIGH) == {"rule miner, sure"}
    assert said(Severity.HIGH, Confidence.HIGH) == said(Severity.CRITICAL, Confidence.MEDIUM) == {"rule miner, likely"}
    assert said(Severity.LOW, Confidence.HIGH) == {"rule miner, possibly"}
    assert said(Severity.INFO, Confidence.HIGH) == set()


def test_size_and_form_are_said() -> None:
    assert features("demo-1.0.tar.gz", {"a.py": 10}, [], []) == {"hardly any code", "built from source"}
    large = features("demo-1.0-py3-none-any.whl", {f"{n}.py": 10_000 for n in range(50)} | {"a.txt": 10**9}, [], [])
    assert large == {"more than 20 kB of code", "more than 100 kB of code", "many files"}
