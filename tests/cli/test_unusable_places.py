"""Where nothing can be written, a command says what and where, and what to do: never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pratique.cli.main import main

NOBODY = 54_321
WRITING = ("token", "farm", "--scope", "ci")


def run(*arguments: str, **variables: str | None) -> Result:
    """A command in this process, which is quicker than one of its own; what it raises beside its end is raised here."""
    return CliRunner().invoke(main, arguments, env=variables, catch_exceptions=False)


def told(done: Result) -> list[str]:
    """The lines of a clear end: what is the case, and what to do."""
    lines = [line for line in done.stderr.splitlines() if line]
    assert lines[-2].startswith("pratique: "), done.output
    assert lines[-1].startswith("  do  "), done.output
    return lines[-2:]


@pytest.mark.parametrize("below", ["a-file", "/proc/1/nowhere"])
def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "a-file").touch()
    home = tmp_path / below / "home"
    done = run(*WRITING, PRATIQUE_HOME=str(home))
    assert done.exit_code == 12
    assert f"{home} cannot be made" in told(done)[0]
    assert "PRATIQUE_HOME" in told(done)[1]


@pytest.mark.parametrize("variable", ["HOME", "XDG_DATA_HOME"])
def test_the_users_own_folder_may_be_unusable_too(tmp_path: Path, variable: str) -> None:
    (tmp_path / "a-file").touch()
    unset = {"PRATIQUE_HOME": None, "XDG_DATA_HOME": None}
    done = run(*WRITING, **{**unset, variable: str(tmp_path / "a-file/x")})
    assert done.exit_code == 12
    assert "cannot be made" in told(done)[0]


@pytest.mark.skipif(os.getuid() != 0, reason="only the superuser can become an account that does not exist")
def test_an_account_without_a_name_or_a_home_is_told_to_name_one(tmp_path: Path) -> None:
    """A child changes its account once everything is imported, because the interpreter may be out of reach for the new one."""
    in_memory = f"PRATIQUE_STORE__KIND='memory', PRATIQUE_HOME={str(tmp_path)!r}"
    first = f"os.environ.update({in_memory}); main(sys.argv[1:], standalone_mode=False)"
    then = f"os.environ.clear(); os.chdir('/'); os.setgid({NOBODY}); os.setuid({NOBODY}); main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", f"import os, sys; from pratique.cli.main import main; {first}; {then}", *WRITING],
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert (done.returncode, "pratique: this account has no home folder" in done.stderr) == (2, True)
    assert "PRATIQUE_HOME" in done.stderr


def test_a_home_of_somebody_who_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*WRITING, PRATIQUE_HOME="~nobody-has-this-name/x")
    assert done.exit_code == 2
    assert "leads to no folder" in told(done)[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", ["keys", "blobs", "ledger.sqlite"])
def test_a_part_of_the_home_that_is_something_else_is_named(tmp_path: Path, part: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / part).mkdir() if part == "ledger.sqlite" else (home / part).touch()
    done = run(*WRITING, PRATIQUE_HOME=str(home))
    assert done.exit_code == 12
    assert part in told(done)[0]


@pytest.mark.parametrize("blocks", [0, 1, 8, 64, 100])
def test_a_disk_that_is_full_is_a_sentence_whenever_it_fills_up(tmp_path: Path, blocks: int) -> None:
    """A limit on the size of files is what a full disk is to a program: the write fails."""
    command = f'ulimit -f {blocks}; exec "$0" -m pratique "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *WRITING],
        env={"PRATIQUE_HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 12, done.stdout + done.stderr
    assert "\n  do  " in done.stderr


def test_a_folder_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in (("settings",), ("pip", "download", "nobody-has-this")):
        done = run(*arguments, PRATIQUE_HOME=str(tmp_path / "home"))
        assert (done.exit_code, "the current folder cannot be used" in told(done)[0]) == (2, True)
