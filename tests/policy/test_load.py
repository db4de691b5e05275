"""A policy file is read whole or not at all, and every mistake in it is named at once."""

import pytest

from pratique.errors import InvalidPolicy
from pratique.model.scope import Mode, ScopeName
from pratique.policy.load import load, read

BROKEN = """\
[scopse]
workstation = { mode = "enforce" }

[cooldown]
workstation = "3 dayz"
young_projet = { younger_than = "90 days", wait = "14 days" }

[withdrawn]
strict = true

[scanner]
malicious = "forbid"

[lists]
deny = [{ package = "npm left-pad" }]

[[rule]]
id = "no-way-out"
when = 'release.age < duration("24h")'
then = "hold"
why = "Because."

[[rule]]
id = "misspelt"
when = 'release.agee < duration("24h")'
then = "hold"
why = "Because."
use = "something else"

[[waiver]]
id = "W1"
condition = "withdrawn"
package = "pkg:pypi/example"
owner = "ann"
approved_by = "bob"
approver_group = "interns"
reason = "It is only a yank."
expires = 2027-01-01

[[test]]
name = "a fact that nobody knows"
given = { weather = "rain" }
expect = { verdict = "hold" }
"""

EXPECTED = [
    (1, "unknown key `scopse`; did you mean `scopes`?"),
    (5, '`cooldown.workstation`: "3 dayz" is no duration'),
    (6, "unknown key `young_projet` in `cooldown`; did you mean `young_project`?"),
    (9, "unknown key `strict` in `withdrawn`"),
    (12, '`scanner.malicious`: "forbid" is not one of allow, hold, deny'),
    (15, '"npm left-pad" is no package URL'),
    (17, 'the rule "no-way-out" says neither what to `use` nor what to `do` instead'),
    (25, "the rule \"misspelt\": undeclared reference to 'release.agee'"),
    (36, '"interns" may not waive withdrawn; security may'),
    (42, "unknown key `weather` in `test[1].given`"),
]


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(InvalidPolicy) as caught:
        load(text)
    return [(mistake.line, mistake.message) for mistake in caught.value.mistakes]


def test_ten_mistakes_give_ten_messages_each_on_its_line() -> None:
    found = mistakes(BROKEN)
    assert [line for line, _ in found] == [line for line, _ in EXPECTED]
    for (_, message), (_, start) in zip(found, EXPECTED, strict=True):
        assert start in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a policy without conditions would allow everything"),
        (
            "[unknowns]\nupload = 3",
            '`unknowns.upload`: that is a number; a verdict is written "allow", "hold" or "deny"',
        ),
        ("cooldown = 3", "`cooldown` is a table"),
        ("[cooldown]", 'a cooldown names at least one scope, such as workstation = "3 days"'),
        (
            '[cooldown]\na = "1 day"\nrevived_project = { silent_for = "30 days", within = "9 days", wait = "9 days" }',
            "`silent_for` is at least 90 days",
        ),
        (
            '[cooldown]\na = "1 day"\nrevived_project = { silent_for = "1 year", within = "91 days", wait = "9 days" }',
            "`within` is at most 90 days",
        ),
        ('[withdrawn]\n[[test]]\nname="t"\non="soon"\nexpect={ verdict="allow" }', "`on` is a date or a moment"),
        (
            '[withdrawn]\n[[waiver]]\nid="w"\ncondition="withdrawn"\nexpires=2027-01-01\nuses_max=true',
            "`waiver[1].uses_max`: that is true or false; a whole number is written without quotation marks",
        ),
        (
            '[scopes]\na = { mode = "shout" }\n[withdrawn]',
            '`scopes.a.mode`: "shout" is not one of observe, warn, enforce',
        ),
        (
            '[withdrawn]\n[[rule]]\nid="withdrawn"\nwhen="true"\nthen="hold"\nwhy="x"\ndo="y"',
            "there is a condition called",
        ),
        (
            '[withdrawn]\n[[rule]]\nid="r"\nwhen="artifact.name"\nthen="hold"\nwhy="x"\ndo="y"',
            "not a yes-or-no question",
        ),
        ('[withdrawn]\n[[rule]]\nid="r"\nwhen="true"\nthen="allow"\nwhy="x"\ndo="y"', "a rule holds or denies"),
        ('[withdrawn]\n[[rule]]\nid="r"\nwhen="true"\nthen="hold"\ndo="y"', "says nothing of `why`"),
        (
            (
                '[withdrawn]\n[fixed-bytes]\n[[waiver]]\nid="w"\ncondition="fixed-bytes"\npackage="pkg:pypi/a"\nowner="a"\n'
                'approved_by="b"\nreason="c"\nexpires=2027-01-01'
            ),
            "fixed-bytes cannot be waived",
        ),
        (
            '[withdrawn]\n[[waiver]]\nid="w"\ncondition="withdrawn"\npackage="pkg:pypi/a"',
            "a waiver says when it `expires`",
        ),
        ('[sources]\nours = { names = ["a*b*c*d*e"], only_from = "x" }', "has more than 3 stars"),
        ('[lists]\ndeny = [{ digest = "md5:00" }]', "a digest is written sha256:"),
        (
            '[withdrawn]\n[[test]]\nname="t"\nexpect={verdict="deny", reason="cooldown"}',
            "no condition of this policy is called",
        ),
        ('[withdrawn]\n[[test]]\nname="t"\ngiven={release.age="soon"}\nexpect={verdict="deny"}', "is no duration"),
    ],
)
def test_a_mistake_is_named(text: str, message: str) -> None:
    assert any(message in found for _, found in mistakes(text)), mistakes(text)


def test_a_file_that_is_no_toml_is_named_with_its_line() -> None:
    assert mistakes("[withdrawn]\nx = = 1\n")[0][0] == 2


def test_modes_are_per_scope_and_the_first_scope_is_the_default() -> None:
    policy = read('[scopes]\nlab = { mode = "observe" }\nci = { mode = "enforce" }\n[withdrawn]\n')
    assert policy.default_scope == "lab"
    assert policy.mode(ScopeName("lab")) is Mode.OBSERVE
    assert policy.mode(ScopeName("ci")) is Mode.ENFORCE


def test_silence_is_not_consent_even_where_the_file_does_not_speak_of_it() -> None:
    assert [condition.id for condition in read("[withdrawn]").conditions] == ["withdrawn", "unknowns"]
