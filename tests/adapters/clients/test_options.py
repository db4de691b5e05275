"""The options of a client, read from the help it prints, and the words that belong to them."""

import pytest

from pratique.adapters.clients.options import Options

HELP = """Usage: uv run [OPTIONS]

Options:
  -m, --module
          Run a Python module
  -p, --project <PROJECT>
          Run within a project
      --index <INDEX>
          An index
  -v, --verbose...
          Say more
  -f, --format
  -f, --format <FORMAT>
"""
OPTIONS = Options.in_help(HELP)


def test_the_help_says_which_options_take_a_value() -> None:
    assert OPTIONS.valued == {"-p", "--project", "--index", "-f", "--format"}
    assert OPTIONS.flags == {"-m", "--module", "-v", "--verbose"}


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ("run x", 0),
        ("-v run x", 1),
        ("-p x run", 2),
        ("-vp x run", 2),
        ("-px run", 1),
        ("--project=x run", 1),
        ("--project x run", 2),
        ("--module run", 1),
        ("-v -- -p x", 2),
        ("- x", 0),
        ("-v", 1),
        ("-p x", 2),
        ("-v -p", 2),
        ("", 0),
    ],
)
def test_the_first_word_is_what_is_neither_an_option_nor_its_value(arguments: str, place: int) -> None:
    assert OPTIONS.first_word(arguments.split()) == place


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ("lock -p a -v run", ["a"]),
        ("-p a -p b --project c", ["a", "b", "c"]),
        ("-pa run", ["a"]),
        ("--project=a=b run", ["a=b"]),
        ("--project= run", [""]),
        ("-p -v run", ["-v"]),
        ("--projects=a --index=b -v run x=y", []),
        ("-p a -- -p b", ["a"]),
        ("-p", []),
    ],
)
def test_the_values_of_an_option_are_those_of_all_its_spellings(arguments: str, values: list[str]) -> None:
    assert OPTIONS.values(arguments.split(), "-p", "--project") == values


@pytest.mark.parametrize(
    ("arguments", "apart"),
    [
        ("-vm x", "-v -m x"),
        ("-vvm", "-v -v -m"),
        ("-vp3 -vp 3", "-v -p3 -v -p 3"),
        ("-pvm", "-pvm"),
        ("-xvm", "-xvm"),
        ("-v - -- --module vm", "-v - -- --module vm"),
    ],
)
def test_flags_in_one_word_are_told_apart_up_to_an_option_with_a_value(arguments: str, apart: str) -> None:
    assert OPTIONS.apart(arguments.split()) == apart.split()
