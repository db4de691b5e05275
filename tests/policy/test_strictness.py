"""A project may choose another scope of the machine's policy, and only one that lets in nothing more."""

import pytest

from pratique.errors import InvalidInput
from pratique.model.scope import ScopeName
from pratique.policy.load import load
from pratique.policy.strictness import refuse_laxer

SCOPES = """
[scopes]
here = {{ mode = "warn" }}
there = {{ mode = "{mode}" }}
"""
TESTS = """
[[test]]
name = "benign"
package = "pkg:pypi/example@1.0"
expect = { verdict = "allow" }
"""
COOLDOWN = '[cooldown]\nhere = "{here}"\nthere = "{there}"\n'


def refused(text: str, scope: str = "there", than: str = "here") -> str:
    """Why the scope is laxer, empty where it is not."""
    policy = load(text + TESTS)
    try:
        refuse_laxer(policy, ScopeName(scope), ScopeName(than), "the file pratique.toml")
    except InvalidInput as error:
        wanted = f"take it out; whoever runs the machine may choose it: PRATIQUE_SCOPE={scope}"
        return str(error) if error.advice == wanted else "with other advice"
    return ""


def scoped(mode: str = "warn", here: str = "3 days", there: str = "3 days") -> str:
    return SCOPES.format(mode=mode) + COOLDOWN.format(here=here, there=there)


@pytest.mark.parametrize(("mode", "laxer"), [("observe", True), ("warn", False), ("enforce", False)])
def test_a_milder_mode_is_laxer(mode: str, laxer: bool) -> None:  # noqa: FBT001 - a column of the table above
    told = refused(scoped(mode))
    assert bool(told) is laxer
    if laxer:
        assert told == (
            "the file pratique.toml chooses the scope there, which is laxer than here: its mode is observe, not warn"
        )


@pytest.mark.parametrize(("there", "laxer"), [("2 days", True), ("3 days", False), ("4 days", False)])
def test_a_shorter_wait_is_laxer(there: str, laxer: bool) -> None:  # noqa: FBT001 - a column of the table above
    told = refused(scoped(there=there))
    assert told.endswith("new releases wait 2 days there, and 3 days here") is laxer
    assert bool(told) is laxer


def test_a_scope_is_as_strict_as_itself() -> None:
    assert refused(scoped("observe"), "there", "there") == ""


def test_a_scope_without_a_wait_of_its_own_has_the_longest() -> None:
    text = SCOPES.format(mode="warn") + '[cooldown]\nhere = "3 days"\n'
    assert refused(text) == ""
    text = SCOPES.format(mode="warn") + '[cooldown]\nthere = "3 days"\n'
    assert refused(text) == ""
    text = SCOPES.format(mode="warn") + 'lab = { mode = "warn" }\n[cooldown]\nthere = "3 days"\nlab = "9 days"\n'
    assert refused(text).endswith("new releases wait 3 days there, and 9 days here")
    text = SCOPES.format(mode="warn") + 'lab = { mode = "warn" }\n[cooldown]\nhere = "3 days"\nlab = "9 days"\n'
    assert refused(text) == ""
    assert refused(text + 'there = "3 days"\n') == ""


@pytest.mark.parametrize(
    ("scopes", "laxer"),
    [("", False), ('scopes = ["here"]', True), ('scopes = ["there"]', False), ('scopes = ["here", "there"]', False)],
)
def test_a_scope_of_which_no_digest_is_asked_is_laxer(scopes: str, laxer: bool) -> None:  # noqa: FBT001 - a column
    told = refused(scoped() + f"[hash-required]\n{scopes}\n")
    assert told.endswith("here: it does not ask for a SHA-256") is laxer
    assert bool(told) is laxer


@pytest.mark.parametrize(("when", "laxer"), [("scope.name == 'here'", True), ("artifact.name == 'x'", False)])
def test_a_rule_that_speaks_of_scopes_counts_as_laxer(when: str, laxer: bool) -> None:  # noqa: FBT001 - a column
    rule = f'[[rule]]\nid = "ours"\nwhen = "{when}"\nthen = "hold"\nwhy = "so it is"\nuse = "another"\n'
    told = refused(scoped() + rule)
    assert told.endswith("the rule ours speaks of scopes") is laxer
    assert bool(told) is laxer


@pytest.mark.parametrize(("scopes", "laxer"), [('["there"]', True), ('["here"]', False), ('["here", "there"]', False)])
def test_a_waiver_for_the_other_scope_alone_makes_it_laxer(scopes: str, laxer: bool) -> None:  # noqa: FBT001 - a column
    waiver = (
        '[[waiver]]\nid = "W"\ncondition = "cooldown"\npackage = "pkg:pypi/example@1.0"\n'
        f'scopes = {scopes}\nowner = "ann"\napproved_by = "sue"\napprover_group = "security"\n'
        'reason = "urgent"\nexpires = 2027-01-01T00:00:00Z\n'
    )
    told = refused(scoped() + waiver)
    assert told.endswith("the waiver W is for there only") is laxer
    assert bool(told) is laxer
