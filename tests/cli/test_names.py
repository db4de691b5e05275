"""`pratique names` as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.exit_codes import Exit
from pratique.cli.main import main
from pratique.facts.names.lists import FIRST


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_a_mistyped_name_is_suspicious_and_the_real_one_is_offered() -> None:
    done = CliRunner().invoke(main, ["names", "check", "reqeusts", "python-dateutil", "colourama"])
    assert done.exit_code == Exit.HELD, done.output
    first, second, third = done.output.splitlines()
    assert "did you mean requests?" in first
    assert second.split() == ["fine", "python-dateutil"]
    assert "did you mean colorama?" in third


def test_names_from_the_input_are_told_for_programs() -> None:
    asked = ["names", "check", "--ecosystem", "npm", "--jsonl", "-"]
    done = CliRunner().invoke(main, asked, input="lodash\n\nloadsh\n")
    assert done.exit_code == Exit.HELD, done.output
    fine, bad = map(json.loads, done.output.splitlines())
    assert fine == {"name": "lodash", "suspicious": False, "intended": [], "why": ""}
    assert (bad["suspicious"], bad["intended"][0]) == (True, "lodash")


def test_names_that_are_used_end_with_0() -> None:
    assert CliRunner().invoke(main, ["names", "check", "requests", "Zope.Interface"]).exit_code == Exit.ALLOWED


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
