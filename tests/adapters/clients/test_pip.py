"""pip around a gate: what it may read, write and install into, and what of its configuration stays in force; pipx likewise."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from pratique.adapters.clients import Gate, known_index
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.pip_settings import PipSettings
from pratique.adapters.clients.pipx import Pipx
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN

HERE = "https://index.example/simple/"
THERE = "https://other.example/simple/"


@pytest.fixture
def active(tmp_path: Path) -> dict[str, str]:
    """An environment is active, and nothing else is configured."""
    written(tmp_path, {"env/bin/python": "", "bin/pipx": "#!/bin/sh\n"})
    (tmp_path / "bin/pipx").chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}",
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_DIRS": str(tmp_path / "none"),
        "VIRTUAL_ENV": str(tmp_path / "env"),
    }


def written(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def test_what_pip_reads_writes_and_installs_into_is_known_before_it_runs(
    active: dict[str, str], project: Path, tmp_path: Path
) -> None:
    written(project, {"r.txt": "demo\n", "c.txt": "demo<2\n"})
    (project / "wheels").mkdir()
    arguments = ["install", "-r", "r.txt", "--target", "a", "--root=b=c", "--report", "wheels/report.json", "none/x"]
    errand = Pip().read(arguments, project, {**active, "PIP_CONSTRAINT": "c.txt"})
    assert errand.arguments == tuple(arguments)
    assert errand.reads == (project / "r.txt", project / "c.txt")
    assert errand.installs[0] == tmp_path / "env"
    assert {project / "a", project / "b=c"} <= set(errand.installs)
    assert project / "--target" not in errand.installs
    assert errand.writes[0] == project
    assert project / "wheels/report.json" in errand.writes
    assert project / "none/x" not in errand.writes


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("--isolated install x -U", "install x -U"),
        ("--is install x", "install x"),
        ("--i install x", "--i install x"),
        ("--cache-dir /srv install x -U", "install x -U"),
        ("--cache-dir=/srv install x", "install x"),
        ("install --cache /srv x --isolated y", "install x y"),
        ("install -- --isolated --cache-dir x", "install -- --isolated --cache-dir x"),
    ],
)
def test_a_cache_of_the_users_and_isolation_are_taken_out_of_the_words_and_the_others_kept(
    active: dict[str, str], project: Path, given: str, kept: str
) -> None:
    assert Pip().read(given.split(), project, active).arguments == tuple(kept.split())


def test_a_proxy_is_refused_with_the_way_to_have_one(active: dict[str, str], project: Path) -> None:
    for spelled in ("--proxy=http://proxy.example", "--prox"):
        with pytest.raises(InvalidInput, match="no proxy") as refused:
            Pip().read(["install", spelled, "x"], project, active)
        assert "set HTTPS_PROXY" in refused.value.advice


@pytest.mark.parametrize("section", ["global", "install"])
def test_the_file_of_the_active_environment_is_pips_configuration_for_all_commands_or_for_one(
    active: dict[str, str], project: Path, tmp_path: Path, section: str
) -> None:
    path = tmp_path / "env/pip.conf"
    written(tmp_path, {"env/pip.conf": f"[{section}]\n--index-url = {HERE}\nextra_index_url = {THERE}\n"})
    errand = Pip().read(["install", "x"], project, active)
    assert errand.index == HERE
    assert [(each.url, each.where) for each in errand.named] == [(THERE, str(path))]
    other = Pip().read(["download", "x"], project, active)
    assert other.index == (HERE if section == "global" else known_index())


def test_folders_that_pip_would_look_into_unasked_are_named_as_not_used(active: dict[str, str], project: Path) -> None:
    told = {**active, "PIP_CONFIG_FILE": os.devnull}
    assert Pip().read(["install", "x"], project, told).note == ""
    note = Pip().read(["install", "x"], project, {**told, "PIP_FIND_LINKS": "/srv/a file:///srv/b"}).note
    assert note == "not used behind the gate: /srv/a, file:///srv/b; a folder on the command line is"


def test_options_of_pips_are_carried_over_as_they_are_and_places_as_the_gates(
    active: dict[str, str], project: Path, gate: Gate
) -> None:
    told = {**active, "PIP_CONFIG_SETTINGS": "a=b  c", "PIP_EXTRA_INDEX_URL": f"{THERE} {HERE}"}
    pip = Pip()
    launch = pip.launch(pip.read(["install", "x", "-i", THERE], project, told), gate, project, told)
    assert launch.command[2:] == ("pip", "install", "x", "-i", f"{ORIGIN}/index/there/simple/")
    assert launch.environment["PIP_CONFIG_SETTINGS"] == "a=b  c"
    assert launch.environment["PIP_EXTRA_INDEX_URL"] == f"{ORIGIN}/index/there/simple/ {ORIGIN}/simple/"


def settings(folder: Path, *, isolated: bool = False, **variables: str) -> Mapping[str, str]:
    """What configures pip on a machine whose files are below this folder, but for those below `/etc`."""
    known = {"HOME": str(folder / "home"), "XDG_CONFIG_DIRS": f"{folder / 'shared'}{os.pathsep}{folder / 'more'}"}
    return PipSettings.read(known | variables, str(folder / "env"), "install", isolated=isolated).options


def test_pips_files_are_read_in_its_own_order(tmp_path: Path) -> None:
    files = ["shared/pip/pip.conf", "more/pip/pip.conf", "home/.pip/pip.conf", "home/.config/pip/pip.conf"]
    for place, name in enumerate([*files, "env/pip.conf", "own.conf"]):
        written(tmp_path, {name: f"[global]\nlast = {name}\nof-{place} = {name}\n"})
        own = str(tmp_path / name) if name == "own.conf" else ""
        assert settings(tmp_path, PIP_CONFIG_FILE=own)["last"] == name
    assert settings(tmp_path, PIP_LAST="variable")["last"] == "variable"
    assert {f"of-{place}" for place in range(5)} <= settings(tmp_path).keys()


def test_the_users_own_files_are_passed_over_where_pip_passes_over_them(tmp_path: Path) -> None:
    for name in ("shared/pip/pip.conf", "home/.pip/pip.conf", "home/.config/pip/pip.conf", "env/pip.conf", "own.conf"):
        written(tmp_path, {name: f"[global]\n{name.partition('/')[0]} = 1\n"})
    own = str(tmp_path / "own.conf")
    assert {"shared", "home", "env"} <= settings(tmp_path).keys()
    assert "home" in settings(tmp_path, PIP_CONFIG_FILE=str(tmp_path / "gone.conf"))
    for passed_over in (
        settings(tmp_path, PIP_CONFIG_FILE=own),
        settings(tmp_path, isolated=True, PIP_CONFIG_FILE=own),
    ):
        assert "home" not in passed_over
        assert {"shared", "env", "own.conf"} <= passed_over.keys()
    isolated = settings(tmp_path, isolated=True, PIP_RETRIES="1")
    assert {"shared", "env"} <= isolated.keys()
    assert not {"home", "retries"} & isolated.keys()


def test_on_a_mac_the_users_file_is_in_the_library_where_pip_has_a_folder_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pratique.adapters.clients.pip_settings.sys.platform", "darwin")
    written(
        tmp_path, {"home/.config/pip/pip.conf": "[global]\nplace = config\n", "shared/pip/pip.conf": "[global]\nx=1\n"}
    )
    assert settings(tmp_path)["place"] == "config"
    assert "x" not in settings(tmp_path), "no place of a Mac's"
    (tmp_path / "home/Library/Application Support/pip").mkdir(parents=True)
    assert "place" not in settings(tmp_path)
    written(tmp_path, {"home/Library/Application Support/pip/pip.conf": "[global]\nplace = library\n"})
    assert settings(tmp_path)["place"] == "library"


def test_a_configuration_that_pip_could_not_read_is_refused_by_its_name(tmp_path: Path) -> None:
    written(tmp_path, {"env/pip.conf": "index-url = x\n"})
    with pytest.raises(InvalidInput) as refused:
        settings(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / 'env/pip.conf'} cannot be read: ")


def test_pipx_gets_the_gate_for_pip_and_for_uv_with_a_cache_for_this_run(
    active: dict[str, str], project: Path, gate: Gate, tmp_path: Path
) -> None:
    pipx = Pipx()
    errand = pipx.read(["install", "x"], project, {**active, "PIPX_HOME": "/srv/pipx", "PIPX_X": THERE})
    assert (errand.writes, errand.installs, errand.note) == ((Path("/srv/pipx"),), (), "")
    assert [each.url for each in errand.named] == [THERE]
    launch = pipx.launch(errand, gate, project, active)
    assert launch.command == (str(tmp_path / "bin/pipx"), "install", "x")
    told = launch.environment
    assert (told["PIP_INDEX_URL"], told["UV_DEFAULT_INDEX"]) == (f"{ORIGIN}/simple/", f"{ORIGIN}/simple")
    assert (told["PIP_NO_CACHE_DIR"], told["UV_CACHE_DIR"]) == ("1", str(gate.scratch / "cache"))
    with pytest.raises(InvalidInput, match="pipx is not on the PATH"):
        pipx.launch(errand, gate, project, {**active, "PATH": str(project)})
