"""`pratique indicators` as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.main import main

PACK = '[pack]\nname = "example"\nversion = 1\n[[attack]]\nid = "example-2026"\nhosts = ["c2[.]example[.]invalid"]\n'


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["indicators", *arguments])
    return done.exit_code, done.output


def test_what_is_looked_for_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    code, said = run("show")
    assert (code, said.partition(":")[0]) == (0, "public 1")
    (tmp_path / "example.toml").write_text(PACK)
    monkeypatch.setenv("PRATIQUE_SCANNER__PACKS", str(tmp_path))
    assert json.loads(run("show", "--json")[1])["packs"] == ["public 1", "example 1"]


def test_a_pack_is_checked_signed_and_then_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    pack = tmp_path / "packs/example.toml"
    pack.parent.mkdir()
    pack.write_text(PACK)
    assert run("check", str(pack))[0] == 0
    monkeypatch.setenv("PRATIQUE_SCANNER__PACKS", str(pack.parent))
    key = str(tmp_path / "keys/packs.key")
    told = json.loads(run("sign", str(pack), "--key", key, "--name", "packs.example/one", "--json")[1])
    assert told["note"] == f"{pack}.note"
    monkeypatch.setenv("PRATIQUE_SCANNER__PACK_KEYS", told["pack_key"])
    assert run("show")[0] == 0
    pack.write_text(PACK + "\n")
    code, said = run("show")
    assert code != 0
    assert "is about another file" in said


def test_what_is_no_pack_is_neither_called_one_nor_signed(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[pack]\n")
    for arguments in (
        ("check", str(bad)),
        ("sign", str(bad), "--key", str(tmp_path / "k/key")),
        ("check", str(tmp_path / "x")),
    ):
        code, said = run(*arguments)
        assert code != 0, said
    assert not (tmp_path / "k").exists()
