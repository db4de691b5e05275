"""What single lines of a policy mean, where only one value is right."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pratique.errors import InvalidInput, InvalidPolicy
from pratique.facts.questions.hashes import Hashes
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.decision import Verdict
from pratique.model.evidence import Tier, Unknown
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.conditions.lists import Allowed, Denied, Lists
from pratique.policy.load import load
from pratique.policy.pattern import read_pattern, read_release
from pratique.policy.policy import Policy
from pratique.policy.policy_tests import benign, run_tests
from pratique.policy.vocabulary import VOCABULARY

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RELEASE = read_release("pkg:pypi/example@1.0")
HERE, OTHER = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)
SOUND = "[malware]\n[fixed-bytes]\n"
SOUND_LINES = 2


def case(hashes: Hashes | None = None, tier: Tier = Tier.BYTES) -> Case:
    evidence = replace(benign(NOW), tier=tier)
    return Case(RELEASE, evidence if hashes is None else replace(evidence, hashes=hashes), Scope(ScopeName("ci")), NOW)


def mistakes(text: str, *indexes: str) -> list[tuple[int, str]]:
    with pytest.raises(InvalidPolicy) as caught:
        load(SOUND + text, indexes=indexes)
    return [(mistake.line - SOUND_LINES, mistake.message) for mistake in caught.value.mistakes]


def warnings(text: str, *indexes: str) -> list[str]:
    return [warning.message for warning in load(SOUND + text, indexes=indexes).warnings]


def rule(when: str, then: str = "hold") -> str:
    return f'[[rule]]\nid = "r"\nwhen = """{when}"""\nthen = "{then}"\nwhy = "w"\nuse = "u"\n'


# -- lists ---------------------------------------------------------------------------------------------------------------


def test_an_entry_of_a_list_says_either_a_package_or_a_digest() -> None:
    for kind in (Denied, Allowed):
        for both in ({}, {"package": read_pattern("pkg:pypi/a"), "digest": HERE}):
            with pytest.raises(InvalidInput, match="either `package` or `digest`"):
                kind(why="w", **both)  # type: ignore[arg-type]  # the fields of either


def test_a_file_stays_out_by_its_digest_whatever_it_is_called() -> None:
    lists = Lists(
        deny=(Denied(digest=HERE, why="first"), Denied(digest=HERE, why="second"), Denied(digest=OTHER, why="x"))
    )
    assert lists.judge(case(Hashes(HERE))).why == "first"
    assert lists.judge(case(Hashes(OTHER))).why == "x"
    assert lists.judge(case(Hashes(Digest("sha256:" + "c" * 64)))).verdict is Verdict.ALLOW
    both = Lists(deny=(Denied(package=read_pattern("pkg:pypi/other")), Denied(package=read_pattern("pkg:pypi/exam*"))))
    assert both.judge(case()).verdict is Verdict.DENY


def test_a_file_need_not_wait_by_its_name_or_by_the_bytes_it_really_has() -> None:
    assert Lists().exemption(case()) == ""
    named = Lists(allow=(Allowed("Ann looked", read_pattern("pkg:pypi/example@1.0")),))
    assert named.exemption(case()) == "on the list of what need not wait: Ann looked"
    other = Lists(allow=(Allowed("Ann looked", read_pattern("pkg:pypi/other")),))
    assert other.exemption(case()) == ""
    lists = Lists(allow=(Allowed("Sue looked", digest=HERE),))
    said = "on the list of what need not wait: Sue looked"
    for hashes, wanted in (
        (Hashes(HERE), said),
        (Hashes(HERE, received=HERE), said),
        (Hashes(OTHER, received=HERE), said),
        (Hashes(HERE, received=OTHER), ""),
        (Hashes(None, HERE), ""),
        (Hashes(OTHER, HERE), ""),
        (Hashes(None), ""),
    ):
        assert lists.exemption(case(hashes)) == wanted, hashes
    unknown = replace(case(), evidence=replace(benign(NOW), hashes=Unknown("index", "silent")))
    assert lists.exemption(unknown) == ""


# -- conditions at their bounds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '[cooldown]\nci = "1 day"\nrevived_project = { silent_for = "90 days", within = "9 days", wait = "9 days" }',
        "[sources]\nx = { names = ['" + "a" + "*" * limits.PATTERN_STARS_MAX + "'], only_from = 'y' }",
        "[withdrawn]\n" + rule("artifact.name == 'x'").replace('"w"', f'"{"w" * limits.POLICY_TEXT_CHARACTERS_MAX}"'),
    ],
)  # fmt: skip
def test_a_bound_itself_is_within(text: str) -> None:
    assert load(text if "cooldown" in text else SOUND + text).conditions


def test_what_is_suspicious_may_be_answered_as_what_is_malicious() -> None:
    assert load('[fixed-bytes]\n[malware]\nmalicious = "hold"\nsuspicious = "hold"\n').conditions


@pytest.mark.parametrize("lacking", ["names = [], only_from = 'x'", "names = ['a'], only_from = ''"])
def test_a_reservation_names_projects_and_their_index(lacking: str) -> None:
    ((line, _),) = mistakes(f"[sources]\nours = {{ {lacking} }}")
    assert line == 2


# -- the tables of a file ------------------------------------------------------------------------------------------------


def test_a_policy_is_what_its_file_says() -> None:
    text = (
        '[scopes]\na = { mode = "warn" }\nb = {}\n[groups]\nsecurity = ["sue", "tom"]\nplatform = []\n'
        "[withdrawn]\n[fixed-bytes]\n[malware]\n[unknowns]\n"
    )
    policy = load(text)
    assert isinstance(policy, Policy)
    assert policy.text == text
    assert policy.digest.startswith("sha256:")
    assert dict(policy.modes) == {"a": Mode.WARN, "b": Mode.ENFORCE}
    assert policy.default_scope == "a"
    assert dict(policy.groups) == {"security": ("sue", "tom"), "platform": ()}
    assert [condition.id for condition in policy.conditions] == ["withdrawn", "fixed-bytes", "malware", "unknowns"]
    assert [condition.id for condition in load(SOUND).conditions] == ["malware", "fixed-bytes", "unknowns"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[scopes]\n", [(1, "`scopes` is a table of at least one scope")]),
        ("[scopes]\na = 1\n", [(2, 'a scope is written a = { mode = "enforce" }')]),
        (
            "[scopes]\na = 1\nb = { mod = 1 }\n",
            [(2, 'a scope is written a = { mode = "enforce" }'), (3, "unknown key `mod` in `scopes.b`; did you mean `mode`?")],
        ),
        ("[scopes]\na = { mod = 1 }\n", [(2, "unknown key `mod` in `scopes.a`; did you mean `mode`?")]),
        ("[scopes]\na = { colour = 1 }\n", [(2, "unknown key `colour` in `scopes.a`; known: mode")]),
        ("[scopes]\na = { mode = 3 }\n", [(2, "`scopes.a.mode`: that is a number; it is one of observe, warn, enforce")]),
        ("[groups]\na = 1\n", [(2, "`groups.a` is a list")]),
        ("[groups]\na = [1]\n", [(2, "`groups.a[1]`: that is a number; a text is written in quotation marks")]),
        ("[lists]\ndeny = 3\n", [(2, "`lists.deny` is a list")]),
        ("[lists]\ndeny = [3]\n", [(2, "`lists.deny[1]` is a table")]),
        ("[lists]\ndeny = [{}]\n", [(2, "an entry of a list says either `package` or `digest`")]),
        ("[lists]\nallow = [{ package = 'pkg:pypi/a' }]\n", [(2, "`lists.allow[1]` says nothing of `why`")]),
        ("[sources]\nours = { names = ['a'] }\n", [(2, "`sources.ours` says nothing of `only_from`")]),
        ("[[lists]]\n", [(1, "`lists` is a table")]),
        ("[rule]\n", [(1, "`rule` is written [[rule]]")]),
        ("[unknowns]\nuplod = 'hold'\n", [(2, "unknown key `uplod` in `unknowns`; did you mean `upload`?")]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told_on_its_line(text: str, found: list[tuple[int, str]]) -> None:
    assert mistakes(text) == found


def test_scopes_and_groups_that_are_no_tables_are_told() -> None:
    for name, said in (("scopes", "is a table of at least one scope"), ("groups", "is a table of lists of people")):
        with pytest.raises(InvalidPolicy) as caught:
            load(f"{name} = 3\n{SOUND}")
        assert [(each.line, each.message) for each in caught.value.mistakes] == [(1, f"`{name}` {said}")]
    for array in ("rule", "waiver", "test"):
        with pytest.raises(InvalidPolicy) as caught:
            load(f"{array} = [3]\n{SOUND}")
        assert [(each.line, each.message) for each in caught.value.mistakes] == [
            (1, f"`{array}` is written [[{array}]]")
        ]


def test_there_are_as_many_rows_as_the_limit_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "[[test]]\nname = '{n}'\nexpect = {{ verdict = 'allow' }}\n"
    monkeypatch.setattr(limits, "POLICY_TESTS_MAX", 2)
    text = "".join(row.format(n=n) for n in range(2))
    assert len(load(SOUND + text).tests) == 2
    assert mistakes(text + row.format(n=2)) == [(1, "a policy has at most 2 [[test]] tables")]


# -- rules and what is said of them --------------------------------------------------------------------------------------


def test_what_cel_says_of_a_rule_is_told_in_one_sentence() -> None:
    ((_, said),) = mistakes(rule("release.agee > duration('1h')"))
    assert said.startswith("the rule \"r\": undeclared reference to 'release.agee'")
    assert "\n" not in said
    assert "ERROR" not in said
    assert "|" not in said
    ((_, said),) = mistakes(rule("artifact.name == 3"))
    assert said == "the rule \"r\": found no matching overload for '_==_' applied to '(string, int)'"


def test_a_rule_that_speaks_of_scopes_is_tried_in_each_of_them() -> None:
    scopes = "[scopes]\na = {}\nb = {}\n"
    assert warnings(scopes + rule("scope.name == 'b'")) == ['the rule "r" holds a benign release in b']
    assert warnings(scopes + rule("scope.name == 'a' && release.age < duration('0s')")) == []
    assert warnings(scopes + rule("artifact.name.size() > 0")) == ['the rule "r" holds a benign release in a, b']


def test_a_rule_is_tried_with_every_value_its_words_may_have() -> None:
    choices = "{'': false, 'none': false, 'suspicious': true, 'malicious': true}"
    assert warnings(rule(f"{choices}[scan.alarm]")) == []
    less = choices.replace("'malicious': true", "'x': true")
    assert warnings(rule(f"{less}[scan.alarm]")) == [
        'the rule "r" could not be evaluated for some values of scan.alarm, and holds there'
    ]


def test_a_danger_that_a_rule_stops_in_every_enforcing_scope_is_no_warning() -> None:
    scopes = "[scopes]\nworkstation = {}\nlab = { mode = 'warn' }\n"
    bare = scopes + "[fixed-bytes]\n[unknowns]\nupload = 'hold'\n"
    lets_in = "this policy lets in a file in which the scanner sees malicious code"
    stops = rule("scan.alarm == 'malicious' && scope.name == 'workstation'")
    assert [each.message[: len(lets_in)] for each in load(bare).warnings] == [lets_in]
    assert load(bare + stops).warnings == ()
    other = load(bare + stops.replace("workstation", "lab")).warnings
    assert [each.message[: len(lets_in)] for each in other] == [lets_in]


def test_an_index_that_the_settings_do_not_have_is_a_warning_where_they_are_known() -> None:
    text = "[sources]\nindexes = ['internal']\n"
    assert warnings(text) == []
    assert warnings(text, "internal", "public") == []
    assert warnings(text, "public") == ['the settings have no index called "internal"; they have public']


def test_a_test_counts_the_waivers_of_its_policy() -> None:
    text = (
        SOUND
        + '[cooldown]\nci = "3 days"\n[[waiver]]\nid = "W"\ncondition = "cooldown"\npackage = "pkg:pypi/example"\n'
        'owner = "ann"\napproved_by = "sue"\nreason = "urgent"\nexpires = 2027-01-01\n'
        "[[test]]\nname = 't'\ngiven = { release.age = '1 hour' }\nexpect = { verdict = 'allow' }\n"
    )
    assert [outcome.passed for outcome in run_tests(load(text), NOW)] == [True]
    assert [outcome.passed for outcome in run_tests(load(text), NOW + timedelta(days=999))] == [False]


# -- words ---------------------------------------------------------------------------------------------------------------


def test_a_word_is_unknown_once_its_tier_was_reached_and_nobody_answered() -> None:
    word = VOCABULARY["scan.alarm"]
    for tier, scan, kind in (
        (Tier.INDEX, None, type(None)),
        (Tier.BYTES, None, Unknown),
        (Tier.BYTES, Unknown("scanner", "busy"), Unknown),
        (Tier.INDEX, Unknown("scanner", "busy"), Unknown),
        (Tier.BYTES, benign(NOW).scan, str),
    ):
        evidence = replace(benign(NOW), tier=tier, scan=scan)
        assert isinstance(word.read(Case(RELEASE, evidence, Scope(ScopeName("ci")), NOW)), kind), (tier, scan)


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("scope.projects", "x", "`scope.projects` is "),
        ("release.age", 3, "`release.age` is "),
        ("scan.alarm", "loud", '"loud" is not one of '),
        ("scan.alarm", 3, "`scan.alarm` is "),
    ],
)
def test_a_value_that_does_not_fit_its_word_is_said_with_the_word(name: str, written: object, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        VOCABULARY[name].convert(written)
    assert str(caught.value).startswith(said)
    assert "None" not in str(caught.value)


def test_evidence_of_a_test_is_that_of_a_file_whose_bytes_were_looked_at() -> None:
    assert benign(NOW).tier is max(Tier)


def test_what_is_said_to_be_unknown_stays_unknown() -> None:
    word = VOCABULARY["scan.alarm"]
    unknown = word.put(benign(NOW), Unknown("test", "so"), NOW)  # type: ignore[union-attr]  # a word of a question
    assert word.put(unknown, "malicious", NOW) == unknown  # type: ignore[union-attr]  # the same


# -- patterns ------------------------------------------------------------------------------------------------------------


def test_a_qualifier_goes_up_to_its_first_sign_of_equality() -> None:
    pattern = read_pattern("pkg:pypi/demo@1.0?file_name=a=b.whl")
    assert pattern.file == "a=b.whl"
