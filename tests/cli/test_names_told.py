"""Names on the command line: a line each, for people and for programs."""

import json

import pytest
from click.testing import CliRunner

from pratique.cli.names import command


def test_a_line_for_each_name_and_the_exit_code_says_whether_one_is_suspicious() -> None:
    told = CliRunner().invoke(command, ["check", "reqeusts", "python-dateutil"])
    assert told.exit_code == 10
    assert told.stdout.splitlines() == [
        "suspicious  reqeusts   did you mean requests?   two letters of requests are exchanged, a name used by many",
        "fine        python-dateutil",
    ]
    assert CliRunner().invoke(command, ["check", "numpy"]).exit_code == 0


def test_names_are_read_from_the_input_and_told_as_json_lines() -> None:
    told = CliRunner().invoke(command, ["check", "--jsonl", "-"], input="colourama\n\n numpy \n")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(each["name"], each["suspicious"], each["intended"]) for each in lines] == [
        ("colourama", True, ["colorama"]),
        ("numpy", False, []),
    ]
    assert lines[0]["why"]
    assert lines[1]["why"] == ""


@pytest.mark.parametrize(("kind", "name", "code"), [("npm", "lodahs", 10), ("npm", "lodash", 0), ("pypi", "lodahs", 0)])
def test_names_are_those_of_an_ecosystem(kind: str, name: str, code: int) -> None:
    assert CliRunner().invoke(command, ["check", "--ecosystem", kind, name]).exit_code == code
