"""Keys on the command line: files for their owner alone, and a ledger that says which of them count."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pratique.cli.main import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Run(tmp_path / "home")


class Run:
    """The command, in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)


def key_id(public: str) -> str:
    return "+".join(public.split("+", 2)[:2])


def test_a_key_is_made_rotated_and_revoked_and_the_ledger_says_so(run: Run) -> None:
    made = json.loads(run("keys", "generate", "ann", "--for", "review", "--json").stdout)
    first = key_id(made["key"])
    path = run.home / "keys" / "signing" / f"{first}.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    rotated = json.loads(run("keys", "rotate", "ann", "--json").stdout)
    second = key_id(rotated["key"]["key"])
    assert rotated["retired"] == first != second
    assert run("keys", "revoke", "ann").exit_code == 2
    assert run("keys", "revoke", "ann", "--reason", "lost").stdout == f"{second} is revoked: lost\n"
    told = json.loads(run("keys", "list", "--json").stdout)
    assert {each["id"]: (each["may"], "retired" in each, each.get("why", "")) for each in told} == {
        first: (["review"], True, ""),
        second: (["review"], False, "lost"),
    }
    assert run("log", "verify").exit_code == 0


@pytest.mark.parametrize("name", ["", "Ann", "../ann", "a n", "ann+x", "x" * 80])
def test_a_name_that_no_file_and_no_signature_can_have_is_refused(run: Run, name: str) -> None:
    assert run("keys", "generate", name, "--for", "review").exit_code == 2
    assert not (run.home / "keys" / "signing").exists()


def test_who_has_no_key_is_told_how_to_make_one(run: Run) -> None:
    told = run("keys", "rotate", "ann")
    assert told.exit_code == 1
    assert "do  pratique keys generate ann --for review" in told.stderr
