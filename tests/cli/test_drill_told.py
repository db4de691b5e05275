"""What `pratique drill` says stopped an attack is what stopped it where the attack came furthest."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.drill import command

SHORT_WAIT = """
[cooldown]
workstation = "3 days"
[withdrawn]
[fixed-bytes]
[scanner]
malicious = "deny"
"""


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return ["--policy", str(tmp_path / "policy.toml")]


def test_an_attack_that_outlives_the_cooldown_is_told_as_the_scanners(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "policy.toml").write_text(SHORT_WAIT, encoding="utf-8")
    ran = CliRunner().invoke(command, [*arguments, "--json"])
    told = {each["id"]: each for each in json.loads(ran.stdout)["attacks"]}
    assert (told["ctx-phpass-2022"]["stage"], told["ctx-phpass-2022"]["control"]) == ("download", "scanner")
    assert told["litellm-1.82.7-import"]["control"] == "cooldown"


def test_nothing_is_told_to_have_stopped_an_attack_that_came_in(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "policy.toml").write_text(
        'accepts = ["malicious-code", "changed-bytes"]\n[cooldown]\nworkstation = "3 days"\n', encoding="utf-8"
    )
    ran = CliRunner().invoke(command, arguments)
    assert ran.exit_code == 1
    assert "exposed by" not in ran.stdout
    assert "its bytes were served" in ran.stdout
