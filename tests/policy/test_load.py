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

[malware]
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
    (12, '`malware.malicious`: "forbid" is not one of allow, hold, deny'),
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


SOUND = "[malware]\n[fixed-bytes]\n"
RULE = "[[rule]]\nid = '{id}'\nwhen = '''{when}'''\nthen = 'hold'\nwhy = 'w'\ndo = 'd'\n"


def rule(when: str, name: str = "r") -> str:
    return RULE.format(id=name, when=when)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cooldown]\nworkstation = 3", '2 `cooldown.workstation`: that is a number; a duration is written "3 days"'),
        ('[cooldown]\nworkstation = "999999999 years"', "2 `cooldown.workstation`: 999999999 years is longer than 36500 days"),
        ("[cooldown]\nworkstation = 2026-01-01", "2 `cooldown.workstation`: that is a date; a duration is written"),
        ("[malware]\nmalicious = true", '2 `malware.malicious`: that is true or false; a verdict is written "allow"'),
        ("[hash-required]\nscopes = [3]", '2 `hash-required.scopes[1]`: that is a number; a scope is written "ci"'),
        ("x = " + "[" * 5_000 + "]" * 5_000, "1 tables, lists and dotted keys go at most 16 levels deep"),
        (".".join(["a"] * 5_000) + " = 1", "1 tables, lists and dotted keys go at most 16 levels deep"),
        ("x = " + "9" * 5_000, "0 a number in it has more digits than anybody needs"),
        ("[malware]\n# \ud800", "2 not readable as UTF-8"),
        ("[malware]\n\x00", "2 not readable as TOML"),
        (SOUND + rule("true") + rule("false"), '10 there is a condition called "r" already'),
        (SOUND + rule("true", "a b"), '4 "a b" is no id'),
        (SOUND + "[[test]]\nname = 't'\nexpect = { verdict = 'allow' }\n" * 2, '7 there is a test called "t" already'),
        (
            SOUND
            + (
                "[[waiver]]\nid = 'W1'\ncondition = 'scanner'\npackage = 'pkg:pypi/a'\nowner = 'o'\n"
                "approved_by = 'p'\nreason = 'r'\nexpires = 2027-01-01\n"
            )
            * 2,
            '12 there is a waiver called "W1" already',
        ),
        (
            SOUND + "[lists]\ndeny = [{ package = 'pkg:pypi/a', why = '" + "x" * 501 + "' }]",
            "4 `lists.deny[1].why`: a text has at most",
        ),
        (SOUND + rule("true").replace("'w'", "'" + "w" * 501 + "'"), "7 `rule[1].why`: a text has at most 500 characters"),
        (SOUND + rule("security.advisories[0] == 'x'"), '5 the rule "r" could not be evaluated for an ordinary release'),
        (SOUND + rule('artifact.name.matches("[")'), '5 the rule "r" could not be evaluated for an ordinary release'),
        (
            SOUND + '[sources]\nindexes = ["internal"]\nx = { names = ["a-*"], only_from = "internl" }',
            '5 no index is called "internl"; did you mean `internal`?',
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words_on_its_line(text: str, message: str) -> None:
    found = [f"{line} {said}" for line, said in mistakes(text)]
    assert any(said.startswith(message) for said in found), found


def test_a_table_with_a_mistake_is_told_once_and_not_by_every_test_that_names_it() -> None:
    test = "[[test]]\nname = 't{n}'\nscope = 'lab'\nexpect = {{ verdict = 'hold', reason = 'cooldown' }}\n"
    tests = "".join(test.format(n=n) for n in range(20))
    scopes = "[scopes]\nlab = { mode = 'enforce' }\n"
    assert len(mistakes(f"{scopes}[cooldown]\nlab = 3\n{tests}")) == 1
    assert len(mistakes(f"scopes = 3\n[cooldown]\nlab = '3 days'\n{tests}")) == 1
    assert len(mistakes(scopes + rule("artifact.nam == 'x'", "cool") + tests.replace("cooldown", "cool"))) == 1


def test_mistakes_are_counted_beyond_a_number() -> None:
    found = mistakes("[malware]\n" + "\n".join(f"k{n} = 1" for n in range(1_000)))
    assert (len(found), found[-1]) == (101, (0, "and 900 more mistakes"))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_of_other_editors_are_read(mark: str) -> None:
    assert load(mark + SOUND.replace("\n", "\r\n")).conditions == load(SOUND).conditions


SILENT = "[unknowns]\n" + "".join(
    f'{name} = "allow"\n' for name in ("upload", "origin", "listing", "hashes", "scan", "statements")
)
ALL = 'accepts = ["malicious-code", "changed-bytes", "unknown-facts"]\n'


@pytest.mark.parametrize(
    "text",
    [
        "[sources]\n",
        "[lists]\n",
        "[sources]\n[lists]\n" + SILENT,
        SILENT,
        '[cooldown]\nworkstation = "0 days"\n',
        '[scopes]\nlab = { mode = "warn" }\nci = { mode = "enforce" }\n[sources]\n',
        'accepts = ["changed-bytes"]\n[lists]\n',
    ],
)
def test_a_policy_that_could_stop_nothing_is_a_mistake(text: str) -> None:
    read(text)
    (mistake,) = mistakes(text)
    assert mistake[1].startswith("nothing that this policy writes could stop a file")


@pytest.mark.parametrize(
    "text",
    [
        '[cooldown]\nworkstation = "3 days"\n',
        "[withdrawn]\n",
        "[malware]\n",
        '[unknowns]\nhashes = "allow"\n',
        SOUND + SILENT,
        '[lists]\n[[lists.deny]]\npackage = "pkg:pypi/evil"\n',
        '[sources]\nx = { names = ["a-*"], only_from = "internal" }\n',
        ALL + SILENT,
        '[scopes]\nlab = { mode = "observe" }\n[sources]\n',
        rule("hashes.changed"),
    ],
)
def test_one_that_can_stop_something_and_one_on_trial_are_none(text: str) -> None:
    load(text)


@pytest.mark.parametrize(
    ("text", "dangers"),
    [
        ("[withdrawn]\n", ["malicious-code", "changed-bytes"]),
        ("[malware]\n", ["changed-bytes"]),
        (SOUND + SILENT, ["unknown-facts"]),
        (SOUND, []),
        ('accepts = ["changed-bytes"]\n[malware]\n', []),
        (ALL + SILENT, []),
        ('[scopes]\nlab = { mode = "observe" }\n[sources]\n', []),
        (rule('hashes.changed || scan.alarm == "malicious"'), []),
    ],
)
def test_what_a_policy_lets_in_although_few_would_is_a_warning(text: str, dangers: list[str]) -> None:
    found = [warning.message for warning in load(text).warnings if "lets in" in warning.message]
    assert len(found) == len(dangers)
    accepts = "accepts = [" + ", ".join(f'"{danger}"' for danger in dangers) + "]"
    assert all(message.startswith("this policy lets in a file") and message.endswith(accepts) for message in found)
    assert not [
        warning for warning in load(f"{accepts}\n{text}" if dangers else text).warnings if "lets in" in warning.message
    ]


def test_what_an_author_may_want_to_look_at_is_a_warning_with_its_line() -> None:
    text = (
        SOUND
        + rule('scope.name == "ci"', "a")
        + rule('listing.state == "listed" && size(artifact.version) / size(artifact.version) > 1', "b")
        + '[sources]\nx = { names = ["a-*"], only_from = "far" }\n'
    )
    warnings = [(warning.line, warning.message) for warning in load(text, indexes=("public",)).warnings]
    assert warnings == [
        (5, 'the rule "a" holds a benign release in ci'),
        (11, 'the rule "b" could not be evaluated for some values of artifact.version, and holds there'),
        (16, 'the settings have no index called "far"; they have public'),
    ]


def test_an_index_that_is_nearly_one_of_the_settings_is_a_mistake() -> None:
    with pytest.raises(InvalidPolicy, match="did you mean `internal`"):
        load(SOUND + '[sources]\nx = { names = ["a-*"], only_from = "internl" }', indexes=("internal", "public"))
