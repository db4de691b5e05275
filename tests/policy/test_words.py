"""Which words of the vocabulary a rule needs, and that what the engine says of it is what its text says."""

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.question import Kind, Value
from pratique.model.decision import Verdict
from pratique.model.scope import Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.pattern import read_release
from pratique.policy.policy import PolicyTest
from pratique.policy.policy_tests import evidence_of
from pratique.policy.rules import OrganisationRule, words_in
from pratique.policy.vocabulary import VOCABULARY

NOW = datetime(2026, 6, 1, 13, 30, tzinfo=UTC)
NAME, VERSION, SCOPE = "requests", "3.0.1", ScopeName("ci")
Facts: TypeAlias = dict[str, Value]


def case(**given: Value) -> Case:
    """An ordinary release of requests 3.0.1, asked for in CI, with facts changed; dots are written as two underscores."""
    changed = {name.replace("__", "."): value for name, value in given.items()}
    projects = changed.get("scope.projects", ())
    scope = Scope(SCOPE, projects if isinstance(projects, tuple) else ())
    test = PolicyTest("", read_release(f"pkg:pypi/{NAME}@{VERSION}"), scope, Verdict.ALLOW, given=changed)
    return Case(test.artifact, evidence_of(test, NOW), test.scope, NOW)


def judged(when: str, **given: Value) -> tuple[Verdict, str]:
    reason = OrganisationRule("r", when, Verdict.DENY, "because", do="something else").judge(case(**given))
    return reason.verdict, reason.why


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('artifact.name.startsWith("req")', ["artifact.name"]),
        ('artifact.version.contains("rc")', ["artifact.version"]),
        ('artifact.file.matches(r"[.]whl$") || artifact.name.endsWith("x")', ["artifact.name", "artifact.file"]),
        ("now.getHours() < 7", ["now"]),
        ('scope.projects.exists(p, p == "billing")', ["scope.projects"]),
        ("scope.projects.all(p, p != artifact.name)", ["artifact.name", "scope.projects"]),
        ("scope.projects.exists_one(p, p.size() > 3)", ["scope.projects"]),
        ('scope.projects.filter(p, p == scope.name).map(p, p + "x").size() == 1', ["scope.name", "scope.projects"]),
        ('size(scan.findings) > 0 && !("startup-hook" in scan.findings)', ["scan.findings"]),
        ("release.age.getHours() < 24 || release.project_age<release.age", ["release.age", "release.project_age"]),
        ('"release.age and now" != artifact.name // listing.state', ["artifact.name"]),
        ("'''now''' == r\"now\" || b'now' == b\"now\"", []),
        ('["a"].exists(now, now == "a")', []),
        ("release . age > .release.silence", ["release.age", "release.silence"]),
        (
            "security.fixes ? hashes.changed : !hashes.published",
            ["hashes.published", "hashes.changed", "security.fixes"],
        ),
    ],
)
def test_the_words_of_an_expression_are_the_ones_it_cannot_do_without(when: str, words: list[str]) -> None:
    assert list(words_in(when)) == words


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        ('artifact.name.startsWith("req")', Verdict.DENY),
        ('artifact.name.startsWith("flask")', Verdict.ALLOW),
        ('artifact.version.matches("^3[.]")', Verdict.DENY),
        ('artifact.version.contains("rc")', Verdict.ALLOW),
        ("now.getHours() == 13", Verdict.DENY),
        ('scope.projects.exists(p, p.startsWith("bill"))', Verdict.DENY),
        ("scope.projects.all(p, p == artifact.name)", Verdict.ALLOW),
        ("release.age.getHours() < 24", Verdict.ALLOW),
    ],
)
def test_a_call_on_a_word_is_evaluated(when: str, verdict: Verdict) -> None:
    assert judged(when, scope__projects=("billing",))[0] is verdict


def test_what_cannot_be_evaluated_holds() -> None:
    assert judged('security.advisories[0] == "A"') == (Verdict.HOLD, "the rule could not be evaluated")


TEXTS = [name for name, word in VOCABULARY.items() if word.kind is Kind.TEXT]
LISTS = [name for name, word in VOCABULARY.items() if word.kind is Kind.TEXTS]
DURATIONS = [name for name, word in VOCABULARY.items() if word.kind is Kind.DURATION]
YES_NO = [name for name, word in VOCABULARY.items() if word.kind is Kind.YES_NO]
literals = st.sampled_from(["", "re", "ci", "3.0", "none", "listed", "release.age", "now", "billing", '"', "//"])


def written(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Asked:
    """An expression as CEL writes it, beside what it means, said once more in Python."""

    def __init__(self, text: str, words: set[str], truth: bool) -> None:  # noqa: FBT001 - what it comes to
        self.text, self.words, self.truth = text, words, truth


@st.composite
def simple(draw: st.DrawFn, facts: Facts) -> Asked:
    """One comparison or call, over one word or two."""
    kind = draw(st.sampled_from(["call", "equal", "list", "loop", "duration", "yes"]))
    literal, name = draw(literals), draw(st.sampled_from(TEXTS))
    text = str(facts[name])
    if kind == "call":
        call, truth = draw(
            st.sampled_from(
                [
                    ("startsWith", text.startswith(literal)),
                    ("endsWith", text.endswith(literal)),
                    ("contains", literal in text),
                ]
            )
        )
        return Asked(f"{name}.{call}({written(literal)})", {name}, truth)
    if kind == "equal":
        other = draw(st.sampled_from(TEXTS))
        return Asked(f"{name}=={other}", {name, other}, text == str(facts[other]))
    if kind in ("list", "loop"):
        many = draw(st.sampled_from(LISTS))
        values = facts[many]
        assert isinstance(values, tuple)
        if kind == "list":
            return Asked(f"{written(literal)} in {many}", {many}, literal in values)
        return Asked(f"{many}.exists(now, now == {name})", {many, name}, text in values)
    if kind == "duration":
        hours, word = draw(st.integers(-2, 30_000)), draw(st.sampled_from(DURATIONS))
        value = facts[word]
        assert isinstance(value, timedelta)
        return Asked(f'{word} < duration("{hours}h")', {word}, value < timedelta(hours=hours))
    word = draw(st.sampled_from(YES_NO))
    return Asked(word, {word}, bool(facts[word]))


@st.composite
def compound(draw: st.DrawFn, facts: Facts, depth: int = 2) -> Asked:
    """Simple ones joined and negated, with comments and spaces between."""
    if not depth or draw(st.booleans()):
        return draw(simple(facts))
    one = draw(compound(facts, depth - 1))
    if draw(st.booleans()):
        return Asked(f"!({one.text})", one.words, not one.truth)
    other = draw(compound(facts, depth - 1))
    both = one.words | other.words
    if draw(st.booleans()):
        return Asked(f"({one.text}) && // release.age\n ({other.text})", both, one.truth and other.truth)
    return Asked(f"({one.text})||({other.text})", both, one.truth or other.truth)


@given(
    st.data(),
    st.sampled_from([timedelta(hours=2), timedelta(days=400)]),
    st.sampled_from([(), ("billing",), ("ci", "now")]),
    st.booleans(),
    st.sampled_from(["none", "suspicious", "malicious"]),
)
def test_an_expression_means_what_it_says(
    data: st.DataObject,
    age: timedelta,
    projects: tuple[str, ...],
    fixes: bool,  # noqa: FBT001 - drawn
    alarm: str,
) -> None:
    drawn: Facts = {
        "release.age": age,
        "scope.projects": projects,
        "security.fixes": fixes,
        "scan.alarm": alarm,
    }
    judging = case(**{name.replace(".", "__"): value for name, value in drawn.items()})
    facts: Facts = {name: word.read(judging) for name, word in VOCABULARY.items()}  # type: ignore[misc]  # all are known here
    asked = data.draw(compound(facts))
    rule = OrganisationRule("r", asked.text, Verdict.DENY, "because", do="something else")
    assert set(rule.words) == asked.words
    assert rule.judge(judging).verdict is (Verdict.DENY if asked.truth else Verdict.ALLOW)
