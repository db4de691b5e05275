"""Whatever a policy file holds: it is read, or its mistakes are told with their lines, and within a time of the processor."""

import tomllib
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidPolicy
from pratique.model import limits
from pratique.policy.load import default_policy, load
from pratique.policy.policy import Policy
from pratique.policy.toml_lines import TomlLines

SECONDS_MAX = 5.0
"""Far above what any file takes here, far below what makes somebody wait."""

DEFAULT = default_policy().text
LINES = DEFAULT.splitlines(keepends=True)


def read_or_told(text: str) -> Policy | InvalidPolicy:
    """The policy, or its mistakes, each on a line that exists."""
    started = process_time()
    told: Policy | InvalidPolicy
    try:
        told = load(text, indexes=("public", "internal"))
    except InvalidPolicy as error:
        told = error
    assert process_time() - started < SECONDS_MAX
    if isinstance(told, InvalidPolicy):
        assert 0 < len(told.mistakes) <= limits.POLICY_MISTAKES_MAX + 1
        assert all(0 <= mistake.line <= text.count("\n") + 1 and mistake.message for mistake in told.mistakes)
    return told


bits = st.sampled_from(
    [
        "[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "'''", "#", "\n", "\r\n", "\r", "\\", "\x00", "\ufeff",
        "\ud800", "\u202e", "[rule]", "[[rule]]\n", "[[test]]\n", "[[waiver]]\n", "[scopes]\n", "[groups]\n", "[cooldown]\n",
        "accepts", "9" * 5000, "0x" + "f" * 5000, "1e999", "nan", "-inf", "1979-05-27", "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59", "07:32:00", "true", '"999999999 years"', '"allow"', "'x'", '"\\ud800"', '"\\u0000"',
    ]
)  # fmt: skip
values: st.SearchStrategy[str] = st.recursive(
    bits | st.integers().map(str) | st.floats().map(repr) | st.text(max_size=5).map(lambda text: f"'{text}'"),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]")
        | st.lists(inner, max_size=2).map(lambda each: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(each)) + "}")
    ),
    max_leaves=6,
)
keys = st.sampled_from(
    [
        "mode",
        "workstation",
        "young_project",
        "a.b.c",
        '"q"',
        "id",
        "when",
        "expect",
        "given",
        "release.age",
        "expires",
        "scopes",
    ]
)
tables = st.sampled_from(
    [
        "[cooldown]",
        "[sources]",
        "[lists]",
        "[unknowns]",
        "[scopes]",
        "[groups]",
        "[malware]",
        "[[rule]]",
        "[[test]]",
        "[[waiver]]",
    ]
)
documents = st.lists(tables | st.tuples(keys, values).map(" = ".join), max_size=12).map("\n".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The policy that ships with some lines dropped, doubled, exchanged, and some characters put in or taken out."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["drop", "double", "exchange", "insert", "value"]))
        if how == "drop":
            lines[place] = "\n"
        elif how == "double":
            lines.insert(other, lines[place])
        elif how == "exchange":
            lines[place], lines[other] = lines[other], lines[place]
        elif how == "insert":
            at = draw(st.integers(0, len(lines[place])))
            lines[place] = lines[place][:at] + draw(bits) + lines[place][at:]
        else:
            lines[place] = lines[place].partition("=")[0] + "= " + draw(values) + "\n"
    return "".join(lines)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated() | documents | st.text())
def test_a_file_becomes_a_policy_or_a_list_of_mistakes(text: str) -> None:
    read_or_told(text)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5_000 + "]" * 5_000,
        "x = " + "{a=" * 5_000 + "1" + "}" * 5_000,
        ".".join(["a"] * 300_000) + " = 1",
        f"[{'.'.join(['a'] * 300_000)}]\nb = 1",
        "[" * limits.POLICY_BYTES_MAX,
        '"' * (limits.POLICY_BYTES_MAX - 1),
        "'''" + "\\" * 900_000,
        'x = """' + '\\"' * 400_000,
        "x = " + "9" * 900_000,
        "x = 0x" + "f" * 900_000,
        "\n".join(f"k{n} = {n}" for n in range(60_000)),
        "[malware]\n" + "\n".join(f"malicous{n} = 1" for n in range(40_000)),
        "[[rule]]\n" * 100_000,
        "[[test]]\n" * 1_999,
        "[scopes]\n" + "\n".join(f"s{n} = 1" for n in range(60_000)),
        "[unknowns]\nupload = '" + "x" * 900_000 + "'",
        "[lists]\ndeny = [" + ", ".join(["{package = 'x'}"] * 40_000) + "]",
        "[malware]\n[fixed-bytes]\n"
        + "".join(
            f"[[rule]]\nid = 'r{n}'\nwhen = '''{'[' + '1,' * 199 + '1]'}.all(a, {'[' + '1,' * 199 + '1]'}.all(b, a > b))'''\n"
            "then = 'hold'\nwhy = 'w'\ndo = 'd'\n"
            for n in range(400)
        ),
    ],
    ids=lambda text: text[:24],
)
def test_a_file_that_is_made_to_be_slow_is_answered_in_time(text: str) -> None:
    read_or_told(text)


@given(mutated())
def test_the_lines_of_a_document_have_all_of_its_values(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    lines = TomlLines(text)
    for name, table in document.items():
        assert lines.line((name,)) > 0
        if isinstance(table, list):
            starts = [lines.line((name, place)) for place in range(len(table))]
            assert starts == sorted(starts)
            continue
        for key in table if isinstance(table, dict) else ():
            assert lines.line((name, key)) >= lines.line((name,))
