"""Poetry around a gate: told by a plugin of ours, with a cache for the run alone, and environments where the user has them."""

import json
import os
from importlib.metadata import distributions
from pathlib import Path

import pytest

from pratique.adapters.clients import Gate, known_index
from pratique.adapters.clients.foreign import Foreign
from pratique.adapters.clients.poetry import GATE_VARIABLE, SOURCES_VARIABLE, Poetry
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN, GateUrls
from pratique.flow.world import World

INDEX = "https://index.example/simple"
OTHER = "https://other.example/whl/cpu/"
PROJECT = f"""
[tool.poetry.dependencies]
llmlook = {{ git = "https://git.example/llmlook" }}
[[tool.poetry.source]]
name = "other"
url = "{OTHER}"
"""


@pytest.fixture
def gate(world: World, tmp_path: Path) -> Gate:
    return Gate(GateUrls.of(world, {"other": OTHER, "public": INDEX}), 4000, tmp_path / "scratch")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    return folder


def told(folder: Path, *lines: str, **variables: str) -> dict[str, str]:
    """An environment with a Poetry that says, asked where its environments are, these lines."""
    binary = folder / "bin/poetry"
    binary.parent.mkdir()
    said = " ".join(f"'{line}'" for line in lines)
    binary.write_text(f'#!/bin/sh\n[ "$*" = "config virtualenvs.path" ] && printf "%s\\n" {said}\n', encoding="utf-8")
    binary.chmod(0o755)
    return {"PATH": f"{binary.parent}{os.pathsep}{os.defpath}", "HOME": str(folder / "home"), **variables}


def test_poetry_is_told_of_the_gate_and_of_every_source_behind_it(gate: Gate, project: Path, tmp_path: Path) -> None:
    environment = told(tmp_path, "/srv/envs", POETRY_CACHE_DIR="/srv/cache", https_proxy="http://p.example", KEPT="1")
    poetry = Poetry()
    errand = poetry.read(["source", "add", "more", f"{OTHER}nightly/"], project, environment)
    launch = poetry.launch(errand, gate, project, environment)
    binary = str(tmp_path / "bin/poetry")
    assert launch.command == (binary, "source", "add", "more", f"{ORIGIN}/index/other/simple/nightly/")
    assert launch.foreign is None
    assert launch.environment[GATE_VARIABLE] == f"{ORIGIN}/"
    assert json.loads(launch.environment[SOURCES_VARIABLE]) == {
        OTHER: f"{ORIGIN}/index/other/simple/",
        f"{OTHER}nightly/": f"{ORIGIN}/index/other/simple/nightly/",
    }
    assert launch.environment["POETRY_CACHE_DIR"] == str(gate.scratch / "cache"), "so that every file is judged"
    assert launch.environment["https_proxy"] == "http://127.0.0.1:4000"
    assert launch.environment["KEPT"] == "1"


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (("/srv/envs",), "/srv/envs"),
        (("{cache-dir}/virtualenvs  # /srv/cache/virtualenvs",), "/srv/cache/virtualenvs"),
        (("a warning", "another  # of two words", "/srv/envs"), "/srv/envs"),
        (("a warning", "another", "{cache-dir}/virtualenvs  # /srv/cache/virtualenvs"), "/srv/cache/virtualenvs"),
        (("",), None),
    ],
)
def test_environments_stay_where_the_user_has_them_although_the_cache_is_another(
    gate: Gate, project: Path, tmp_path: Path, lines: tuple[str, ...], where: str | None
) -> None:
    environment = told(tmp_path, *lines)
    poetry = Poetry()
    launch = poetry.launch(poetry.read(["install"], project, environment), gate, project, environment)
    assert launch.environment.get("POETRY_VIRTUALENVS_PATH") == where


@pytest.mark.parametrize("before", [None, "/srv/modules"])
def test_poetry_finds_the_plugin_by_its_entry_point_before_anything_of_the_users(
    gate: Gate, project: Path, tmp_path: Path, before: str | None
) -> None:
    environment = told(tmp_path, "/srv/envs") | ({} if before is None else {"PYTHONPATH": before})
    poetry = Poetry()
    launch = poetry.launch(poetry.read(["install"], project, environment), gate, project, environment)
    first, *others = launch.environment["PYTHONPATH"].split(os.pathsep)
    assert others == ([] if before is None else [before])
    [plugin] = [each for found in distributions(path=[first]) for each in found.entry_points]
    assert (plugin.group, plugin.value) == ("poetry.plugin", "pratique_gate:GatePlugin")
    assert (Path(first) / f"{plugin.module}.py").is_file()


def test_a_command_that_poetry_is_asked_to_run_comes_after_the_gated_part_with_its_own_words(
    gate: Gate, project: Path, tmp_path: Path
) -> None:
    environment = told(tmp_path, "/srv/envs")
    binary = str(tmp_path / "bin/poetry")
    poetry = Poetry()
    errand = poetry.read(["-C", ".", "run", "prog", "--no-plugins", OTHER], project, environment)
    assert errand.arguments == ("-C", ".", "run")
    launch = poetry.launch(errand, gate, project, environment)
    assert launch.command == (binary, "-C", ".", "run", "python", "-c", "")
    assert launch.foreign == Foreign((binary, "-C", ".", "run", "prog", "--no-plugins", OTHER))
    assert launch.environment[GATE_VARIABLE] == f"{ORIGIN}/"
    assert poetry.read(["install", "run"], project, environment).foreign == ()


def test_what_poetry_may_write_and_install_into_is_known_before_it_runs(project: Path, tmp_path: Path) -> None:
    environments = tmp_path / "home/.cache/pypoetry/virtualenvs"
    (environments / "x-py3.11").mkdir(parents=True)
    below = project / "deep"
    below.mkdir()
    environment = {"HOME": str(tmp_path / "home"), "VIRTUAL_ENV": "/srv/active"}
    errand = Poetry().read(["install"], below, environment)
    assert errand.arguments == ("install",)
    assert errand.index == known_index(), "which no configuration of Poetry changes"
    assert errand.reads == (), "it knows its sources from the plugin, and no file is changed for it"
    assert errand.writes == (project,)
    assert errand.installs == (Path("/srv/active"), environments / "x-py3.11")
    assert [each.url for each in errand.named if not each.direct] == [OTHER]


def test_a_word_that_begins_like_no_plugins_but_is_another_is_left_to_poetry(project: Path) -> None:
    for word in ("--no", "--no-root", "--no-interaction"):
        assert Poetry().read(["install", word], project, {}).arguments == ("install", word)


def test_where_there_is_no_poetry_it_is_said_how_to_come_by_one(gate: Gate, project: Path, tmp_path: Path) -> None:
    poetry = Poetry()
    environment = {"PATH": str(tmp_path)}
    with pytest.raises(InvalidInput, match="poetry is not on the PATH") as refused:
        poetry.launch(poetry.read(["install"], project, environment), gate, project, environment)
    assert refused.value.advice == "pipx install poetry"
