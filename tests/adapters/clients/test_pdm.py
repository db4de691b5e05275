"""pdm around a gate: which project it is about, what it is told, and what is refused before it runs."""

import os
from pathlib import Path

import pytest

from pratique.adapters.clients import Gate, known_index
from pratique.adapters.clients.foreign import Foreign
from pratique.adapters.clients.pdm import Pdm
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN

HERE = "https://index.example/simple"
THERE = "https://other.example/simple/"
PROJECT = '[project]\nname = "x"\nversion = "1"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "sub/deep").mkdir(parents=True)
    for each in (folder, folder / "sub"):
        (each / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    binary = tmp_path / "bin/pdm"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\n", encoding="utf-8")
    binary.chmod(0o755)
    return {"PATH": f"{binary.parent}{os.pathsep}{os.defpath}", "HOME": str(tmp_path / "home")}


def configured(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "home/.config/pdm/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "folder", "about"),
    [
        ("lock", ".", "."),
        ("lock", "sub/deep", "sub"),
        ("-p sub lock", ".", "sub"),
        ("lock --project=sub/deep", ".", "sub"),
        ("-psub lock", ".", "sub"),
        ("-p sub run prog -p other", ".", "sub"),
        ("-c x.toml run prog -p sub", ".", "."),
    ],
)
def test_the_project_is_the_nearest_one_from_where_pdm_is_told_to_be(
    environment: dict[str, str], project: Path, arguments: str, folder: str, about: str
) -> None:
    errand = Pdm().read(arguments.split(), project / folder, environment)
    assert errand.writes == (project / about,)
    assert errand.installs == (project / about / ".venv",)
    assert errand.reads == (project / about / "pyproject.toml",)


def test_without_a_project_it_is_about_the_folder_at_hand(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    errand = Pdm().read(["init"], folder, environment)
    assert (errand.writes, errand.reads) == ((folder,), ())


@pytest.mark.parametrize("configuration", ["", "[pypi]\nurl = 3\n", "pypi = 3\n"])
def test_pdms_index_is_the_public_one_where_nothing_that_it_reads_chooses_another(
    environment: dict[str, str], project: Path, tmp_path: Path, configuration: str
) -> None:
    configured(tmp_path, configuration)
    errand = Pdm().read(["lock"], project, environment)
    assert (errand.index, errand.named) == (known_index().rstrip("/"), ())
    assert Pdm().read(["lock"], project, {**environment, "PDM_PYPI_URL": HERE}).index == HERE


def test_a_configuration_that_pdm_could_not_read_is_refused_by_its_name(
    environment: dict[str, str], project: Path, tmp_path: Path
) -> None:
    path = configured(tmp_path, "[pypi\n")
    with pytest.raises(InvalidInput) as refused:
        Pdm().read(["lock"], project, environment)
    assert str(refused.value).startswith(f"{path} cannot be read: ")


@pytest.mark.parametrize("slash", ["", "/"])
def test_pdm_is_told_of_the_gate_in_its_words_and_by_variables_with_a_cache_for_this_run(
    environment: dict[str, str], project: Path, gate: Gate, tmp_path: Path, slash: str
) -> None:
    told = {**environment, "PDM_PYPI_URL": HERE + slash, "KEPT": "1", "PDM_CACHE_DIR": "/srv"}
    pdm = Pdm()
    launch = pdm.launch(pdm.read(["lock", f"--static-urls={THERE}"], project, told), gate, project, told)
    assert launch.command == (str(tmp_path / "bin/pdm"), "lock", f"--static-urls={ORIGIN}/index/there/simple/")
    assert launch.foreign is None
    assert launch.environment["PDM_PYPI_URL"] == f"{ORIGIN}/simple{slash}", "with a slash where the user's has one"
    assert launch.environment["PDM_CACHE_DIR"] == str(gate.scratch / "cache")
    assert launch.environment["https_proxy"] == "http://127.0.0.1:4000"
    assert launch.environment["KEPT"] == "1"


def test_a_command_that_pdm_is_asked_to_run_comes_after_the_gated_part_with_its_own_words(
    environment: dict[str, str], project: Path, gate: Gate, tmp_path: Path
) -> None:
    pdm, binary = Pdm(), str(tmp_path / "bin/pdm")
    errand = pdm.read(["-p", "sub", "run", "prog", "-i", THERE], project, environment)
    assert errand.named == ()
    launch = pdm.launch(errand, gate, project, environment)
    assert launch.command == (binary, "-p", "sub", "run", "python", "-c", "")
    assert launch.foreign == Foreign((binary, "-p", "sub", "run", "prog", "-i", THERE))
    assert launch.environment["PDM_PYPI_URL"] == f"{ORIGIN}/simple"


def test_where_there_is_no_pdm_it_is_said_how_to_come_by_one(
    environment: dict[str, str], project: Path, gate: Gate
) -> None:
    pdm = Pdm()
    with pytest.raises(InvalidInput, match="pdm is not on the PATH") as refused:
        pdm.launch(pdm.read(["lock"], project, environment), gate, project, {"PATH": str(project)})
    assert refused.value.advice == "install it: pratique pipx install pdm"
