"""The rows of a policy file: what each key means, and each mistake in them in words on its line."""

from datetime import UTC, datetime, timedelta

import pytest

from pratique.errors import InvalidPolicy
from pratique.model import limits
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.load import load
from pratique.policy.pattern import read_release
from pratique.policy.policy import Policy, PolicyTest
from pratique.policy.rules import OrganisationRule

DESK, CI = ScopeName("workstation"), ScopeName("ci")
HEAD = """[scopes]
workstation = { mode = "enforce" }
ci = { mode = "warn" }
[groups]
security = ["sue"]
platform = ["bob"]
[malware]
[cooldown]
ci = "3 days"
"""
"""Nine lines: what is put behind them begins on the tenth."""
RULE = {"id": '"ours"', "when": "\"artifact.name == 'x'\"", "then": '"hold"', "why": '"so it is"', "use": '"another"'}
WAIVER = {
    "id": '"W-1"',
    "condition": '"cooldown"',
    "package": '"pkg:pypi/example@1.*"',
    "owner": '"ann"',
    "approved_by": '"sue"',
    "reason": '"urgent"',
    "expires": "2027-03-31",
}
TEST = {"name": '"one"', "expect": '{ verdict = "allow" }'}


def row(kind: str, usual: dict[str, str], **other: str | None) -> str:
    """A row with each key on a line of its own, behind its heading; None leaves a key out."""
    written = {**usual, **other}
    return f"[[{kind}]]\n" + "".join(f"{key} = {value}\n" for key, value in written.items() if value is not None)


def rule(**other: str | None) -> str:
    return row("rule", RULE, **other)


def waiver(**other: str | None) -> str:
    return row("waiver", WAIVER, **other)


def test(**other: str | None) -> str:
    return row("test", TEST, **other)


test.__test__ = False  # type: ignore[attr-defined]  # it makes rows; pytest takes it for a test


def loaded(*rows: str) -> Policy:
    return load(HEAD + "".join(rows))


def mistakes(*rows: str) -> list[tuple[int, str]]:
    """Each with its line, counted from the first row's heading as 1."""
    with pytest.raises(InvalidPolicy) as caught:
        loaded(*rows)
    return [(mistake.line - HEAD.count("\n"), mistake.message) for mistake in caught.value.mistakes]


# -- what the keys mean --------------------------------------------------------------------------------------------------


def test_a_rule_is_read_key_by_key() -> None:
    policy = loaded(rule(then='"deny"', use=None, do='"ask legal"', waivable_by='["legal", "security"]'))
    assert policy.conditions[-1] == OrganisationRule(
        id="ours",
        when="artifact.name == 'x'",
        then=Verdict.DENY,
        why="so it is",
        do="ask legal",
        waivable_by=("legal", "security"),
    )
    (usual,) = [each for each in loaded(rule()).conditions if isinstance(each, OrganisationRule)]
    assert (usual.use, usual.do, usual.waivable_by, usual.then) == ("another", "", (), Verdict.HOLD)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-03-31", datetime(2027, 3, 31, tzinfo=UTC)),
        ("2027-03-31T10:00:00Z", datetime(2027, 3, 31, 10, tzinfo=UTC)),
        ("2027-03-31T10:00:00", datetime(2027, 3, 31, 10, tzinfo=UTC)),
        ("2027-03-31T10:00:00+02:00", datetime(2027, 3, 31, 8, tzinfo=UTC)),
        (f"{limits.POLICY_YEAR_MIN}-01-01", datetime(limits.POLICY_YEAR_MIN, 1, 1, tzinfo=UTC)),
        (f"{limits.POLICY_YEAR_MAX}-12-31", datetime(limits.POLICY_YEAR_MAX, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_date_or_a_time_with_its_offset(written: str, meant: datetime) -> None:
    policy = loaded(waiver(expires=written), test(on=written))
    for moment in (policy.waivers[0].expires, policy.tests[0].on):
        assert moment == meant
        assert moment is not None
        assert moment.utcoffset() == timedelta()


def test_a_waiver_is_read_key_by_key() -> None:
    expires = datetime(2027, 3, 31, tzinfo=UTC)
    most = limits.WAIVER_USES_MAX
    rows = (
        waiver(),
        waiver(id='"W-2"', scopes='["ci"]', approver_group='"security"', uses_max="1"),
        waiver(id='"W-3"', uses_max=str(most)),
    )
    pattern = "pkg:pypi/example@1.*"
    assert loaded(*rows).waivers == (
        Waiver("W-1", "cooldown", pattern, (DESK, CI), "ann", "sue", "security", "urgent", expires, 0),
        Waiver("W-2", "cooldown", pattern, (CI,), "ann", "sue", "security", "urgent", expires, 1),
        Waiver("W-3", "cooldown", pattern, (DESK, CI), "ann", "sue", "security", "urgent", expires, most),
    )


def test_a_waiver_of_a_rule_is_for_whom_the_rule_names() -> None:
    lifted = waiver(condition='"ours"', approver_group='"platform"', approved_by='"bob"')
    assert loaded(rule(waivable_by='["platform"]'), lifted).waivers[0].condition == "ours"
    ((line, said),) = mistakes(rule(waivable_by='["security"]'), lifted)
    assert (line, said) == (16, '"platform" may not waive ours; security may')


def test_a_test_is_read_key_by_key() -> None:
    rows = (
        test(),
        test(
            name='"two"',
            package='"pkg:pypi/other@2.0"',
            scope='"ci"',
            given='{ release.age = "2 hours", scope.projects = ["billing"], scan.alarm = "unknown" }',
            on="2027-01-02",
            expect='{ verdict = "hold", reason = "cooldown" }',
        ),
    )
    one, two = loaded(*rows).tests
    assert one == PolicyTest("one", read_release("pkg:pypi/example@1.0"), Scope(DESK), Verdict.ALLOW)
    unknown = two.given["scan.alarm"]
    assert isinstance(unknown, Unknown)
    assert two == PolicyTest(
        "two",
        read_release("pkg:pypi/other@2.0"),
        Scope(CI, ("billing",)),
        Verdict.HOLD,
        "cooldown",
        {"release.age": timedelta(hours=2), "scope.projects": ("billing",), "scan.alarm": unknown},
        datetime(2027, 1, 2, tzinfo=UTC),
    )


def test_a_test_may_name_a_rule_as_its_reason() -> None:
    expect = '{ verdict = "hold", reason = "ours" }'
    assert loaded(rule(), test(package='"pkg:pypi/x@1.0"', expect=expect)).tests[0].reason == "ours"


# -- mistakes ------------------------------------------------------------------------------------------------------------

ID = "is no id; one has letters, digits and hyphens, at most 64"
YEARS = f"is a date or a moment of the years {limits.POLICY_YEAR_MIN} to {limits.POLICY_YEAR_MAX}"


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ([rule(id=None)], 1, "this [[rule]] says nothing of `id`"),
        ([rule(id='"malware"')], 2, 'there is a condition called "malware" already'),
        ([rule(), rule()], 8, 'there is a condition called "ours" already'),
        ([rule(id='"a b"')], 2, f'"a b" {ID}'),
        ([rule(id="3")], 2, "`rule[1].id`: that is a number; a text is written in quotation marks"),
        ([rule(why=None)], 1, "this [[rule]] says nothing of `why`"),
        ([rule(why='" "')], 1, "this [[rule]] says nothing of `why`"),
        ([rule(why="true")], 5, "`rule[1].why`: that is true or false; a text is written in quotation marks"),
        ([rule(use=None)], 1, 'the rule "ours" says neither what to `use` nor what to `do` instead'),
        ([rule(use="3")], 6, "`rule[1].use`: that is a number; a text is written in quotation marks"),
        ([rule(then=None)], 1, "this [[rule]] says nothing of `then`"),
        ([rule(then='"allow"')], 4, "a rule holds or denies; what is to be allowed goes on the list `allow`"),
        ([rule(then='"stop"')], 4, '`rule[1].then`: "stop" is not one of allow, hold, deny'),
        ([rule(then="[]")], 4, '`rule[1].then`: that is a list; a verdict is written "allow", "hold" or "deny"'),
        ([rule(waivable_by='"legal"')], 7, "`rule[1].waivable_by` is a list"),
        ([rule(when=None)], 1, "this [[rule]] says nothing of `when`, which is one line of CEL"),
        ([rule(when="3")], 3, "this [[rule]] says nothing of `when`, which is one line of CEL"),
        ([rule(when='" "')], 3, "this [[rule]] says nothing of `when`, which is one line of CEL"),
        ([rule(colour='"red"')], 7, "unknown key `colour` in `rule[1]`"),
        ([waiver(id=None)], 1, "this [[waiver]] says nothing of `id`"),
        ([waiver(), waiver()], 10, 'there is a waiver called "W-1" already'),
        ([waiver(expires=None)], 1, "a waiver says when it `expires`, as a date: expires = 2027-03-31"),
        ([waiver(expires='"soon"')], 8, f"`expires` {YEARS}: expires = 2027-03-31"),
        ([waiver(expires=f"{limits.POLICY_YEAR_MIN - 1}-12-31")], 8, f"`expires` {YEARS}: expires = 2027-03-31"),
        ([waiver(expires=f"{limits.POLICY_YEAR_MAX + 1}-01-01")], 8, f"`expires` {YEARS}: expires = 2027-03-31"),
        ([waiver(scopes="[]")], 9, "a waiver names the scopes it is for"),
        ([waiver(scopes='["lab"]')], 9, '`waiver[1].scopes[1]`: no scope is called "lab"; this policy has: workstation, ci'),
        ([waiver(scopes='"ci"')], 9, "`waiver[1].scopes` is a list"),
        ([waiver(uses_max="-1")], 9, "`uses_max` is 0 (unlimited) or more"),
        ([waiver(uses_max=str(limits.WAIVER_USES_MAX + 1))], 9, f"`uses_max` is at most {limits.WAIVER_USES_MAX}"),
        ([waiver(uses_max='"3"')], 9, "`waiver[1].uses_max`: that is a text; a whole number is written without quotation marks"),
        ([waiver(owner=None)], 1, "`owner` says nothing"),
        ([waiver(reason="3")], 7, "`waiver[1].reason`: that is a number; a text is written in quotation marks"),
        ([waiver(package='"left-pad"')], 4, '"left-pad" is no package URL'),
        ([waiver(approved_by='"eve"')], 6, '"eve" is not in the group security'),
        ([waiver(condition='"scaner"')], 3, 'no condition is called "scaner"'),
        ([test(name=None)], 1, "this [[test]] says nothing of `name`"),
        ([test(), test()], 5, 'there is a test called "one" already'),
        ([test(scope='"lab"')], 4, '`test[1].scope`: no scope is called "lab"; this policy has: workstation, ci'),
        ([test(scope="3")], 4, '`test[1].scope`: that is a number; a scope is written "ci"'),
        ([test(on='"soon"')], 4, f"`on` {YEARS}: on = 2027-03-31"),
        ([test(on="1999-12-31")], 4, f"`on` {YEARS}: on = 2027-03-31"),
        ([test(package='"pkg:pypi/a@*"')], 4, '"*" is no version'),
        ([test(package='"pkg:pypi/a"')], 4, '"pkg:pypi/a" names no single release'),
        ([test(package="3")], 4, "`test[1].package`: that is a number; a text is written in quotation marks"),
        ([test(given='"x"')], 4, '`given` is a table: { release.age = "2 hours" }'),
        ([test(given="{ weather = 1 }")], 4, "unknown key `weather` in `test[1].given`"),
        ([test(given='{ artifact.name = "x" }')], 4, "unknown key `artifact.name` in `test[1].given`"),
        ([test(given='{ release.age = "soon" }')], 4, '`release.age`: "soon" is no duration'),
        ([test(given='{ scan.alarm = "loud" }')], 4, "`scan.alarm`: "),
        ([test(expect=None)], 1, '`expect` is written { verdict = "hold", reason = "cooldown" }'),
        ([test(expect='"hold"')], 3, '`expect` is written { verdict = "hold", reason = "cooldown" }'),
        ([test(expect='{ verdict = "hold", because = "x" }')], 3, "`expect` is written"),
        ([test(expect='{ reason = "cooldown" }')], 3, "this [[test]] says nothing of `verdict`"),
        ([test(expect='{ verdict = "maybe" }')], 3, '`test[1].expect.verdict`: "maybe" is not one of allow, hold, deny'),
        ([test(expect='{ verdict = "hold", reason = 3 }')], 3, "`test[1].expect.reason`: that is a number"),
        ([test(expect='{ verdict = "hold", reason = "quiet" }')], 3, 'no condition of this policy is called "quiet"'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_on_its_line(rows: list[str], line: int, said: str) -> None:
    ((found, told),) = mistakes(*rows)
    assert told.startswith(said), told
    assert found == line


def test_reading_goes_on_behind_a_mistake() -> None:
    found = mistakes(
        rule(when=None),
        rule(id='"other"', then='"allow"'),
        waiver(expires=None),
        waiver(id='"W-2"', uses_max="-1"),
        test(given="{ weather = 1, release.age = 3 }"),
        test(name='"two"', expect='{ verdict = "hold", reason = "other" }'),
    )
    assert [(line, said.partition(";")[0]) for line, said in found] == [
        (1, "this [[rule]] says nothing of `when`, which is one line of CEL"),
        (9, "a rule holds or denies"),
        (12, "a waiver says when it `expires`, as a date: expires = 2027-03-31"),
        (27, "`uses_max` is 0 (unlimited) or more"),
        (31, '`release.age`: `release.age` is a duration such as "2 hours"'),
        (31, "unknown key `weather` in `test[1].given`"),
    ]


def test_an_id_is_as_long_as_its_limit_and_no_longer() -> None:
    most = "x" * limits.POLICY_ID_CHARACTERS_MAX
    assert loaded(rule(id=f'"{most}"')).conditions[-1].id == most
    ((line, said),) = mistakes(rule(id=f'"{most}x"'))
    assert (line, said.endswith(ID)) == (2, True)


def test_an_expression_is_as_long_as_its_limit_and_no_longer() -> None:
    padded = "artifact.name == 'x'".ljust(limits.CEL_EXPRESSION_CHARACTERS_MAX)
    text = f"'''{padded}'''"
    # texts of a policy are shorter than expressions may be: the reader of rows takes an expression as it is
    assert isinstance(loaded(rule(when=text)).conditions[-1], OrganisationRule)
    ((line, said),) = mistakes(rule(when=f"'''{padded} '''"))
    assert line == 3
    assert str(limits.CEL_EXPRESSION_CHARACTERS_MAX) in said
