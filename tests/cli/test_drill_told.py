"""What `pratique drill` says stopped an attack is what stopped it where the attack came furthest."""

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.drill import command

SHORT_WAIT = """
[cooldown]
workstation = "3 days"
[withdrawn]
[fixed-bytes]
[malware]
malicious = "deny"
"""
PLAYED = ("ctx-phpass-2022", "litellm-1.82.7-import", "phantom-gyp-2026", "1-editable-pth", "8-first-attested")


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in PLAYED:
        with as_file(files("pratique.simulators") / "scenarios" / name) as place:
            shutil.copytree(place, tmp_path / "played" / name)
    return ["--policy", str(tmp_path / "policy.toml"), "--scenarios", str(tmp_path / "played"), "--only"]


def test_an_attack_that_outlives_the_cooldown_is_told_as_the_scanners(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "policy.toml").write_text(SHORT_WAIT, encoding="utf-8")
    ran = CliRunner().invoke(command, [*arguments, "--json"])
    told = {each["id"]: each for each in json.loads(ran.stdout)["attacks"]}
    assert (told["ctx-phpass-2022"]["stage"], told["ctx-phpass-2022"]["control"]) == ("download", "malware")
    assert told["litellm-1.82.7-import"]["control"] == "cooldown"
    assert told["litellm-1.82.7-import"]["expected"]["control"] == "provenance.unattested"
    assert (told["phantom-gyp-2026"]["kind"], told["phantom-gyp-2026"]["handed_over"]) == ("npm", True)
    assert told["phantom-gyp-2026"]["scenarios"] == str(tmp_path / "played")


def test_nothing_is_told_to_have_stopped_an_attack_that_came_in(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "policy.toml").write_text(
        'accepts = ["malicious-code", "changed-bytes"]\n[cooldown]\nworkstation = "3 days"\n', encoding="utf-8"
    )
    ran = CliRunner().invoke(command, arguments)
    assert ran.exit_code == 1
    lines = ran.stdout.splitlines()
    assert (
        lines[2] == "Yes: 1 of 3 attacks came in. 2 of 3 attacks were stopped, 2 of them before anything was fetched."
    )
    assert lines[3] == "With the cooldown off, 0 of 3 were stopped; 3 came in."
    row = next(line for line in lines if "ctx-phpass-2022" in line)
    assert row.split() == ["ctx-phpass-2022", "CAME", "IN", "CAME", "IN"]
    assert any(line.split()[:4] == ["phantom-gyp-2026*", "before", "download", "cooldown"] for line in lines)
    assert lines[-1].startswith("* handed to scan and policy as a file")


def test_a_benign_release_that_is_answered_wrongly_is_told_with_the_reason(
    tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "policy.toml").write_text(SHORT_WAIT.replace('"3 days"', '"20 days"'), encoding="utf-8")
    ran = CliRunner().invoke(command, arguments)
    assert ran.exit_code == 1
    assert "1 of 2 benign releases were answered as they should be." in ran.stdout
    assert "8-first-attested: refused by cooldown: published" in ran.stdout


def test_a_scenario_with_a_mistake_is_told_with_its_line(tmp_path: Path, arguments: list[str]) -> None:
    table = tmp_path / "played/1-editable-pth/scenario.toml"
    table.write_text(table.read_text(encoding="utf-8").replace("asked =", "aksed ="), encoding="utf-8")
    (tmp_path / "policy.toml").write_text(SHORT_WAIT, encoding="utf-8")
    ran = CliRunner().invoke(command, arguments)
    assert ran.exit_code == 1
    assert "played/1-editable-pth/scenario.toml:6: unknown key `aksed` in `benign`" in str(ran.exception)


def test_only_wants_a_folder(arguments: list[str]) -> None:
    ran = CliRunner().invoke(command, [*arguments[:2], "--only"])
    assert ran.exit_code == 2
    assert "--scenarios FOLDER" in ran.stderr
