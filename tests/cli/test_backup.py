"""Backup and restore as docs/how-to/backup-and-restore.md tells it."""

from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner

from pratique.cli.main import main

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/backup-and-restore.md"


def test_a_copy_that_sqlite_makes_is_restored_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path / "home"))
    run = CliRunner().invoke
    assert run(main, ["token", "farm", "--scope", "ci"]).exit_code == 0
    statement = "VACUUM INTO '/backup/ledger.sqlite'"
    assert statement in PAGE.read_text(encoding="utf-8")
    ledger, copy = tmp_path / "home/ledger.sqlite", tmp_path / "ledger.sqlite"
    database = apsw.Connection(str(ledger))
    database.execute(statement.replace("/backup/ledger.sqlite", str(copy)))
    database.close()
    for path in ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    copy.replace(ledger)
    verified = run(main, ["log", "verify"])
    assert (verified.exit_code, verified.output.startswith("intact: ")) == (0, True), verified.output
    assert "farm" in run(main, ["token", "--list"]).output
    assert run(main, ["token", "other", "--scope", "ci"]).exit_code == 0
