"""The drill: the attacks of the catalogue are contained where their tables say, and benign releases come in."""

import asyncio
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from pratique.app import run_drill
from pratique.flow.drill_report import Attacked, DrillReport, Outcome
from pratique.model.scenario import Expected, Kind, Stage
from pratique.policy.load import default_policy
from pratique.simulators.repertoire import shipped

ATTACKS = tuple(play.scenario for play in shipped() if play.scenario.expected is not None)
BENIGN = tuple(play.scenario for play in shipped() if play.scenario.asked is not None)
BY_THE_SCAN = frozenset({"malware", "release-diff", "scanner"})
"""The conditions that judge what a scan saw: which of them comes first says nothing of whether an attack is contained."""
BY_THE_PAGE = frozenset({"names.suspicious", "provenance.unattested", "provenance.ref"})
"""The controls beside the cooldown that need no byte of a file."""
BEYOND_A_SCAN = frozenset({"15-yanked-bug"})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("drill")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("PRATIQUE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def report(home: Path) -> DrillReport:
    """All that ships, under the policy that ships."""
    del home
    return asyncio.run(run_drill(None, None))


def some(home: Path, *names: str) -> Path:
    """A folder with some of the scenarios that ship."""
    folder = home / "-".join(names)
    if not folder.exists():
        for name in names:
            with as_file(files("pratique.simulators") / "scenarios" / name) as place:
                shutil.copytree(place, folder / name)
    return folder


def attacked(report: DrillReport, name: str) -> Attacked:
    return next(each for each in report.attacks if each.scenario.id == name)


def is_by(outcome: Outcome, stage: Stage, control: str) -> bool:
    by = BY_THE_SCAN if control in BY_THE_SCAN else {control}
    return outcome.stage is stage and outcome.by in by


@pytest.mark.parametrize("name", [scenario.id for scenario in ATTACKS])
def test_an_attack_is_contained_where_its_table_says(report: DrillReport, name: str) -> None:
    found = attacked(report, name)
    expected = found.scenario.expected
    assert isinstance(expected, Expected)
    assert is_by(found.outcome, expected.stage, expected.control), found.outcome


@pytest.mark.parametrize("name", [scenario.id for scenario in ATTACKS])
def test_with_the_cooldown_off_it_is_contained_by_its_page_or_its_bytes(report: DrillReport, name: str) -> None:
    found = attacked(report, name)
    assert found.scenario.expected is not None
    control = found.scenario.expected.without
    stage = Stage.BEFORE_DOWNLOAD if control in BY_THE_PAGE else Stage.DOWNLOAD
    assert is_by(found.outcome_without, stage, control), found.outcome_without


async def test_what_its_page_gives_away_its_bytes_do_as_well(home: Path) -> None:
    lax = home / "blind.toml"
    blind = default_policy().text.replace('suspicious       = "hold"', 'suspicious       = "allow"')
    allowed = "".join(f'{each} = "allow"\n' for each in ("unattested", "ref", "trigger"))
    lax.write_text(
        blind.partition("[[test]]")[0].replace("[provenance]\n", f"[provenance]\n{allowed}"), encoding="utf-8"
    )
    names = [each.id for each in ATTACKS if each.expected is not None and each.expected.without in BY_THE_PAGE]
    names.remove("termncolor-2025-name")
    assert len(names) >= len(BY_THE_PAGE)
    report = await run_drill(lax, None, scenarios=some(home, *names), only=True)
    for each in report.attacks:
        assert each.outcome_without.stage is Stage.DOWNLOAD, each.scenario.id
        assert each.outcome_without.by in {"malware", "release-diff", "malware.suspicious"}, each


@pytest.mark.parametrize("name", [scenario.id for scenario in BENIGN])
def test_a_benign_release_raises_no_alarm(report: DrillReport, name: str) -> None:
    assert next(each.alarm for each in report.benign if each.scenario.id == name) == ""


def test_every_scenario_is_reported_once_and_attacks_the_latest_first(report: DrillReport) -> None:
    reported = [*(each.scenario.id for each in report.attacks), *(each.scenario.id for each in report.benign)]
    assert sorted(reported) == sorted(each.id for each in (*ATTACKS, *BENIGN))
    assert report.attacks[0].scenario.id == "jscrambler-2026"
    assert report.attacks[-1].scenario.id == "colourama-2018"
    assert {each.scenario.id for each in report.benign if each.scenario.refused_by} == BEYOND_A_SCAN


def test_with_the_cooldown_off_no_rule_of_it_holds_anything(report: DrillReport) -> None:
    with_it = {probe.by for each in report.attacks for probe in each.probes}
    assert {"cooldown", "cooldown.young_project", "cooldown.revived_project"} <= with_it
    assert {probe.by for each in report.attacks for probe in each.without if probe.by.startswith("cooldown")} == set()
    assert all("cooldown" in each.off for each in report.attacks)


def test_what_is_off_beside_the_cooldown_contains_nothing_either(report: DrillReport) -> None:
    for name, control in (("torchtriton-2022", "sources"), ("laravel-lang-2026", "fixed-bytes")):
        found = attacked(report, name)
        assert {probe.by for probe in found.probes} >= {control}
        assert control not in {probe.by for probe in found.without}


async def test_a_policy_that_asks_for_nothing_is_seen_to_fail(home: Path) -> None:
    lax = home / "lax.toml"
    lax.write_text('accepts = ["malicious-code", "changed-bytes"]\n[unknowns]\nupload = "allow"\n', encoding="utf-8")
    names = ("litellm-1.82.8-pth", "torchtriton-2022", "phantom-gyp-2026", "ctx-phpass-2022")
    report = await run_drill(lax, None, scenarios=some(home, *names), only=True)
    came_in = {each.scenario.id for each in report.attacks if not each.outcome.contained}
    assert came_in == set(names) - {"torchtriton-2022"}


async def test_what_contains_a_stand_in_would_have_contained_the_real_project(home: Path) -> None:
    policy = home / "special.toml"
    special = 'young_project = { younger_than = "90 days", wait = "14 days" }\n'
    policy.write_text(f'[malware]\n[fixed-bytes]\n[cooldown]\nworkstation = "1 minute"\n{special}', encoding="utf-8")
    names = ("litellm-1.82.7-import", "xinference-2026", "ctx-phpass-2022", "trapdoor-2026")
    report = await run_drill(policy, None, scenarios=some(home, *names), only=True)
    by = {each.scenario.id: {probe.by for probe in each.probes} for each in report.attacks}
    assert {name for name, controls in by.items() if "cooldown.young_project" in controls} == {"trapdoor-2026"}
    assert not by["litellm-1.82.7-import"].isdisjoint(BY_THE_SCAN)


async def test_what_has_no_door_is_handed_over_and_waits_as_a_package_does(home: Path) -> None:
    names = ("phantom-gyp-2026", "codecov-2021")
    told: list[tuple[int, int]] = []
    report = await run_drill(
        None, None, scenarios=some(home, *names), only=True, told=lambda done, of: told.append((done, of))
    )
    gyp, script = (attacked(report, name) for name in names)
    assert (gyp.scenario.kind, script.scenario.kind) == (Kind.NPM, Kind.SCRIPT)
    assert (gyp.outcome.stage, gyp.outcome.by) == (Stage.BEFORE_DOWNLOAD, "cooldown")
    assert gyp.probes[-1].by == "withdrawn"
    assert {probe.stage for probe in script.probes} <= {Stage.DOWNLOAD, Stage.EXPOSED}
    assert told == [(1, 2), (2, 2)]


async def test_a_scenario_of_ones_own_is_played_beside_what_ships(home: Path, report: DrillReport) -> None:
    folder = some(home, "litellm-1.82.8-pth")
    (folder / "litellm-1.82.8-pth").rename(folder / "own-start-up-file")
    mine = await run_drill(None, None, scenarios=folder, only=True)
    shipped_one, own = attacked(report, "litellm-1.82.8-pth"), attacked(mine, "own-start-up-file")
    assert [probe.stage for probe in own.probes] == [probe.stage for probe in shipped_one.probes]
    assert own.scenario.source == str(folder)
