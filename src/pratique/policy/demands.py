"""What is asked of a policy that is to be put in force, once it can be read.

Its rules can be evaluated; the indexes it names exist; and something that it writes can stop a file. What it lets in although few
would is a warning: each such danger is put before the policy as a file that is fine but for it. A policy that means to let one in
says so in `accepts`.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from pratique.facts.question import Kind, Value
from pratique.model.artifact import Artifact
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.model.text import quoted
from pratique.policy.condition import Case, Condition
from pratique.policy.conditions.cooldown import Cooldown
from pratique.policy.conditions.lists import Lists
from pratique.policy.conditions.sources import Sources
from pratique.policy.conditions.unknowns import Unknowns
from pratique.policy.decide import verdict
from pratique.policy.pattern import read_release
from pratique.policy.policy import Policy, PolicyTest
from pratique.policy.policy_tests import evidence_of
from pratique.policy.reading import did_you_mean
from pratique.policy.rules import OrganisationRule
from pratique.policy.toml_lines import Path
from pratique.policy.vocabulary import VOCABULARY, CaseWord, FactWord

Found = Iterator[tuple[Path, str]]
"""What is wrong, by the place in the file and a sentence."""


class Danger(StrEnum):
    """What a policy stops, or says that it accepts."""

    MALICIOUS_CODE = "malicious-code"
    CHANGED_BYTES = "changed-bytes"
    UNKNOWN_FACTS = "unknown-facts"


_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A moment that never changes, so that a file is right or wrong whatever the day."""

_EXAMPLE: Final = "pkg:pypi/nobody-knows-this@1.0"
_SILENT: Final = Unknown("everybody", "nobody answered")
_GIVEN: Final[Mapping[Danger, Mapping[str, Value | Unknown]]] = {
    Danger.MALICIOUS_CODE: {"scan.alarm": "malicious"},
    Danger.CHANGED_BYTES: {"hashes.changed": True},
    Danger.UNKNOWN_FACTS: {name: _SILENT for name, word in VOCABULARY.items() if isinstance(word, FactWord)},
}
_SAYS: Final[Mapping[Danger, tuple[str, str]]] = {
    Danger.MALICIOUS_CODE: ("a file in which the scanner sees malicious code", "[malware]"),
    Danger.CHANGED_BYTES: ("a file whose bytes are not those first seen under its name", "[fixed-bytes]"),
    Danger.UNKNOWN_FACTS: ("a file of which nothing could be found out", 'upload = "hold" to [unknowns]'),
}
_LONG: Final = timedelta(days=3650)
_SAMPLES: Final[Mapping[Kind, tuple[Value, ...]]] = {
    Kind.TEXT: ("", "example"),
    Kind.TEXTS: ((), ("example",)),
    Kind.YES_NO: (True, False),
    Kind.DURATION: (-_LONG, timedelta(), _LONG),
    Kind.MOMENT: (_NOW - _LONG, _NOW + _LONG),
}


def mistakes(policy: Policy, written: Collection[str], indexes: Collection[str] = ()) -> Found:
    """What keeps a policy from being put in force.

    `written` are the tables of the file, `indexes` the names of the indexes in the settings, if known.
    """
    for path, rule in _rules(policy):
        if rule.applies(_facts(rule, _case(policy.default_scope))) is None:
            yield (
                path,
                f"the rule {quoted(rule.id)} could not be evaluated for an ordinary release, so it holds everything",
            )
    for path, name, listed in _named_indexes(policy):
        known = listed or indexes
        if name not in known and (listed or difflib.get_close_matches(name, known, n=1)):
            yield path, f"no index is called {quoted(name)}{did_you_mean(name, known)}"
    stopping = [each for each in policy.conditions if each.id != Unknowns.id or each.id in written]
    enforcing = Mode.ENFORCE in policy.modes.values()
    if enforcing and all(map(_is_idle, stopping)) and not set(Danger) <= set(policy.accepts):
        yield (), "nothing that this policy writes could stop a file: it would allow everything; add [malware], for one"


def _is_idle(condition: Condition) -> bool:
    """Whether its options leave a condition without an objection to anything."""
    match condition:
        case Sources():
            return not condition.indexes and not condition.reserved
        case Lists():
            return not condition.deny
        case Cooldown():
            return not condition.longest
        case Unknowns():
            return not condition.needed
        case _:
            return False


def _let_in(policy: Policy, danger: Danger) -> bool:
    """Whether every scope that enforces lets it in; where none does, the policy is on trial and stops nothing yet."""
    enforcing = [scope for scope, mode in policy.modes.items() if mode is Mode.ENFORCE]
    cases = [_case(scope, _GIVEN[danger]) for scope in enforcing]
    return bool(cases) and all(verdict(policy, case) is Verdict.ALLOW for case in cases)


def warnings(policy: Policy, indexes: Collection[str] = ()) -> Found:
    """What the author of a policy may want to look at."""
    for path, rule in _rules(policy):
        held = [scope for scope in policy.modes if rule.applies(_facts(rule, _case(scope))) is True]
        if held:
            yield path, f"the rule {quoted(rule.id)} holds a benign release in {', '.join(held)}"
        odd = next((name for name, facts in _varied(rule, policy) if rule.applies(facts) is None), "")
        if odd:
            yield path, f"the rule {quoted(rule.id)} could not be evaluated for some values of {odd}, and holds there"
    for path, name, _ in _named_indexes(policy):
        if indexes and name not in indexes:
            yield path, f"the settings have no index called {quoted(name)}; they have {', '.join(indexes)}"
    lacking = [danger for danger in Danger if danger not in policy.accepts and _let_in(policy, danger)]
    meant = ", ".join(f'"{danger}"' for danger in (*policy.accepts, *lacking))
    for danger in lacking:
        what, cure = _SAYS[danger]
        yield (
            (),
            f"this policy lets in {what}; add {cure}, or above the first table, if that is meant: accepts = [{meant}]",
        )


def _rules(policy: Policy) -> Iterator[tuple[Path, OrganisationRule]]:
    rules = [condition for condition in policy.conditions if isinstance(condition, OrganisationRule)]
    for place, rule in enumerate(rules):
        yield ("rule", place, "when"), rule


def _named_indexes(policy: Policy) -> Iterator[tuple[Path, str, Collection[str]]]:
    """The names of indexes in the file with their place, and the list they have to be on, empty where there is none."""
    for condition in policy.conditions:
        if isinstance(condition, Sources):
            for place, name in enumerate(condition.indexes):
                yield ("sources", "indexes", place), name, ()
            for key, each in condition.reserved.items():
                yield ("sources", key, "only_from"), each.only_from, condition.indexes


def _case(scope: ScopeName, given: Mapping[str, Value | Unknown] | None = None) -> Case:
    """An old, listed, scanned file of an old project, changed as `given` says."""
    artifact: Artifact = read_release(_EXAMPLE)
    test = PolicyTest("", artifact, Scope(scope), Verdict.ALLOW, given=given or {})
    return Case(artifact, evidence_of(test, _NOW), test.scope, _NOW)


def _facts(rule: OrganisationRule, case: Case) -> dict[str, Value]:
    """The values of a rule's words in a case in which everything is known."""
    read = {name: VOCABULARY[name].read(case) for name in rule.words}
    return {name: value for name, value in read.items() if value is not None and not isinstance(value, Unknown)}


def _varied(rule: OrganisationRule, policy: Policy) -> Iterator[tuple[str, dict[str, Value]]]:
    """The facts of an ordinary release with one of the rule's words changed, and which."""
    facts = _facts(rule, _case(policy.default_scope))
    for name in rule.words:
        for value in _samples(VOCABULARY[name], policy):
            yield name, facts | {name: value}


def _samples(word: CaseWord | FactWord, policy: Policy) -> Collection[Value]:
    if word.name == "scope.name":
        return tuple(policy.modes)
    choices = word.word.choices if isinstance(word, FactWord) else ()
    return choices or _SAMPLES[word.kind]
