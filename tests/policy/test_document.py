"""The text of a policy file: its bounds, the line of each fault, and what messages call the file."""

import pytest

from pratique.errors import InvalidPolicy
from pratique.model import limits
from pratique.policy.document import parse
from pratique.policy.load import load, read
from pratique.policy.toml_lines import TomlLines

MOST = limits.POLICY_DEPTH_MAX
DEEP = f"tables, lists and dotted keys go at most {MOST} levels deep"


def mistake(text: str) -> tuple[int, str]:
    with pytest.raises(InvalidPolicy) as caught:
        parse(text, "ours.toml")
    (found,) = caught.value.mistakes
    assert str(caught.value).startswith("ours.toml")
    return found.line, found.message


def test_a_text_is_read_up_to_its_limit() -> None:
    text = "#".ljust(limits.POLICY_BYTES_MAX, "x")
    assert parse(text, "ours.toml") == {}
    assert mistake(f"{text}x") == (0, f"a policy has at most {limits.POLICY_BYTES_MAX} bytes")


@pytest.mark.parametrize(("before", "line"), [("", 1), ("\n", 2), ("a = 1\nb = 2\n", 3)])
def test_what_cannot_be_read_is_named_by_its_line(before: str, line: int) -> None:
    assert mistake(f"{before}x = '\ud800'\n\n\n") == (line, "not readable as UTF-8: half of a surrogate pair")
    assert mistake(f"{before}x = = 1\n\n")[0] == line
    assert mistake(f"{before}x = {'[' * (MOST + 1)}\n\n") == (line, DEEP)


def test_an_end_that_is_missing_is_named_by_the_last_line() -> None:
    assert mistake("a = 1\nx = [")[0] == 2


def test_a_number_has_no_more_digits_than_anybody_needs() -> None:
    assert mistake(f"x = {'9' * 5_000}") == (0, "a number in it has more digits than anybody needs")


@pytest.mark.parametrize(
    "form",
    [
        lambda depth: "x = " + "[" * depth + "]" * depth,
        lambda depth: "x = " + "{a = " * (depth - 1) + "{}" + "}" * (depth - 1),
        lambda depth: ".".join("a" * (depth + 1)) + " = 1",
        lambda depth: f"[{'.'.join('a' * (depth + 1))}]",
    ],
)
def test_a_text_goes_as_deep_as_its_limit_and_no_deeper(form: object) -> None:
    assert callable(form)
    assert parse(str(form(MOST)), "ours.toml")
    assert parse(f"a1 = []\n{form(MOST)}", "ours.toml")
    assert mistake(f"a1 = 1\n{form(MOST + 1)}\n") == (2, DEEP)


def test_what_is_closed_again_is_not_counted() -> None:
    shallow = "[" * (MOST - 1) + "]" * (MOST - 1)
    assert parse(f"x = {shallow}\ny = {shallow}\n", "ours.toml")
    assert parse("x = [" + "[[]], " * 50 + "]", "ours.toml")
    assert parse("x = 1.0\n" * 1 + "".join(f"y{n} = {n}.5\n" for n in range(50)), "ours.toml")
    assert parse("x = [" + "1.5, " * 50 + "]", "ours.toml")


@pytest.mark.parametrize("unseen", ['"{}"', "'{}'", '"""{}"""', "'''{}'''", '"""\n{}\n"""'])
def test_what_stands_in_strings_and_comments_is_not_counted(unseen: str) -> None:
    text = unseen.format("[{." * 30)
    assert parse(f"x = {text} # {'[' * 30}\n", "ours.toml")
    found = mistake(f"x = {text}\ny = {'[' * (MOST + 1)}")
    assert found == (2 + text.count("\n"), DEEP)


def test_messages_call_the_file_by_its_name() -> None:
    for reading in (load, read):
        for text in ("x = = 1", "[withdrawn]\ncolour = 1", "colour = 1"):
            with pytest.raises(InvalidPolicy, match=r"^ours\.toml:[012]: "):
                reading(text, "ours.toml")
    with pytest.raises(InvalidPolicy, match=r"^ours\.toml:0: nothing that this policy writes"):
        load("[sources]\n", "ours.toml")
    with pytest.raises(InvalidPolicy, match=r"^policy\.toml"):
        load("x = = 1")


def test_lines_are_those_of_keys_elements_and_the_tables_around_them() -> None:
    lines = TomlLines(
        """a = 1
"b c" = 2
'd e' = [
  3,
  [
   4],
  5
]
"f\\u0067" = { h = 6 }
[t]
x = 7
[[r]]
y = 8
[[r]]
y = 9
[r.inner]
z = 10
[[r.many]]
w = 11
[[r.many]]
w = 12
"""
    )
    assert {path: lines.line(path) for path in lines_wanted()} == lines_wanted()
    assert lines.line(("nowhere", 1, "at all")) == 0
    assert lines.line(("t", "gone", "deeper", "still")) == 10
    assert lines.line(("d e", 9)) == 3
    assert lines.line(()) == 0


def lines_wanted() -> dict[tuple[str | int, ...], int]:
    return {
        ("a",): 1,
        ("b c",): 2,
        ("d e",): 3,
        ("d e", 0): 4,
        ("d e", 1): 5,
        ("d e", 1, 0): 6,
        ("d e", 2): 7,
        ("fg",): 9,
        ("fg", "h"): 9,
        ("t",): 10,
        ("t", "x"): 11,
        ("r",): 12,
        ("r", 0): 12,
        ("r", 0, "y"): 13,
        ("r", 1): 14,
        ("r", 1, "y"): 15,
        ("r", 1, "inner"): 16,
        ("r", 1, "inner", "z"): 17,
        ("r", 1, "many", 0): 18,
        ("r", 1, "many", 0, "w"): 19,
        ("r", 1, "many", 1): 20,
        ("r", 1, "many", 1, "w"): 21,
    }


def test_what_was_closed_at_one_level_leaves_the_others_open() -> None:
    deep = "[[], " * MOST + "[]" + "]" * MOST
    assert mistake(f"x = {deep}") == (1, DEEP)
