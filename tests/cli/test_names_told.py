"""Names on the command line: a line each, for people and for programs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.exit_codes import Exit
from pratique.cli.main import main
from pratique.cli.names import command
from pratique.facts.names.lists import FIRST


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


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


def test_an_organisation_brings_names_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pypi.txt").write_text(f"{FIRST}\n# ours\n\nreqeusts\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["names", "check", "reqeusts"]).exit_code == Exit.HELD
    monkeypatch.setenv("PRATIQUE_NAMES__LISTS", str(tmp_path))
    assert CliRunner().invoke(main, ["names", "check", "reqeusts"]).exit_code == Exit.ALLOWED
    assert CliRunner().invoke(main, ["names", "check", "requsets"]).exit_code == Exit.HELD
    assert CliRunner().invoke(main, ["names", "check", "--ecosystem", "npm", "loadsh"]).exit_code == Exit.HELD


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "has no list of names"), (b"requests\n", "begins with the line"), (b"\xff\xfe", "cannot be read")],
)
def test_a_folder_of_lists_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "pypi.txt").write_bytes(content)
    monkeypatch.setenv("PRATIQUE_NAMES__LISTS", str(tmp_path))
    done = CliRunner().invoke(main, ["names", "check", "requests"])
    assert done.exit_code == Exit.USAGE
    assert told in done.output
