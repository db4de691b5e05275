"""The drill: the attacks of the catalogue are contained where it says, and benign releases come in."""

from pathlib import Path

import pytest

from pratique.app import run_drill
from pratique.flow.drill import DrillReport, worst

EXPECTED = {
    "litellm-1.82.7-import": ("before_download", "cooldown", "download", "scanner"),
    "litellm-1.82.8-pth": ("before_download", "cooldown", "download", "scanner"),
    "torchtriton-2022": ("before_download", "sources", "before_download", "cooldown.young_project"),
    "ctx-phpass-2022": ("before_download", "cooldown.revived_project", "download", "scanner"),
    "xinference-2026": ("before_download", "cooldown", "download", "scanner"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drill")


@pytest.fixture
async def report(home: Path, monkeypatch: pytest.MonkeyPatch) -> DrillReport:
    monkeypatch.chdir(home)
    monkeypatch.setenv("PRATIQUE_HOME", str(home))
    return await run_drill(None, None)


async def test_every_attack_is_contained_and_so_without_its_first_control(report: DrillReport) -> None:
    found = {
        each.scenario.id: (
            str(worst(each.probes)),
            each.probes[0].by,
            str(worst(each.without)),
            each.without[0].by,
        )
        for each in report.attacks
    }
    assert found == EXPECTED
    assert all(each.contained for each in report.attacks)


async def test_benign_releases_raise_no_alarm(report: DrillReport) -> None:
    assert {each.scenario.id: each.alarm for each in report.benign if each.alarm} == {}
    assert len(report.benign) >= 12


async def test_a_policy_that_asks_for_nothing_is_seen_to_fail(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lax = home / "lax.toml"
    lax.write_text('accepts = ["malicious-code", "changed-bytes"]\n[unknowns]\nupload = "allow"\n', encoding="utf-8")
    monkeypatch.setenv("PRATIQUE_HOME", str(home))
    report = await run_drill(lax, None)
    exposed = {each.scenario.id for each in report.attacks if not each.contained}
    assert exposed == set(EXPECTED) - {"torchtriton-2022"}


async def test_what_contains_a_stand_in_would_have_contained_the_real_project(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = home / "special.toml"
    special = 'young_project = { younger_than = "90 days", wait = "14 days" }\n'
    policy.write_text(f'[scanner]\n[fixed-bytes]\n[cooldown]\nworkstation = "1 minute"\n{special}', encoding="utf-8")
    monkeypatch.setenv("PRATIQUE_HOME", str(home))
    report = await run_drill(policy, None)
    by = {each.scenario.id: {probe.by for probe in each.probes} for each in report.attacks}
    assert {name for name, controls in by.items() if "cooldown.young_project" in controls} == set()
    assert "scanner" in by["litellm-1.82.7-import"]
    without = {each.scenario.id: {probe.by for probe in each.without} for each in report.attacks}
    assert "cooldown.young_project" in without["torchtriton-2022"]
