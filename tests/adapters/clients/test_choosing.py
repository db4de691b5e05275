"""Which index a client would have used, and how it is told to use ours."""

import os
import re
import sys
from pathlib import Path

import pytest

from pratique.adapters.clients import known_index, take_options
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.poetry import Poetry
from pratique.adapters.clients.uv import Uv
from pratique.errors import InvalidInput

BARE = {"PATH": os.defpath, "HOME": "/nonexistent", "PIP_CONFIG_FILE": os.devnull}
HERE = "https://index.example/simple/"
THERE = "https://other.example/simple/"


class Urls:
    """A gate's URLs."""

    simple = "http://127.0.0.1:4000/simple"

    def to_gate(self, url: str) -> str:
        return url.replace("https://files.example/", "http://127.0.0.1:4000/files/public/")

    def to_index(self, url: str) -> str:
        return url.replace("http://127.0.0.1:4000/files/public/", "https://files.example/")


def test_options_are_taken_out_in_every_spelling() -> None:
    options = {"--index-url": "index", "-i": "index", "--no-index": "none!"}
    for spelled in (["--index-url", HERE], [f"--index-url={HERE}"], ["-i", HERE], [f"-i{HERE}"]):
        assert take_options(["install", *spelled, "x"], options) == (["install", "x"], {"index": [HERE]})
    assert take_options(["--no-index", "x"], options) == (["x"], {"none!": [""]})
    assert take_options(["run", "--", "-i", HERE], options) == (["run", "--", "-i", HERE], {})


def test_pip_is_asked_by_option_environment_file_and_constant(tmp_path: Path) -> None:
    pip = Pip(sys.executable)
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nindex-url = {THERE}\ntimeout = 77\nextra-index-url = https://more.example/\n", encoding="utf-8"
    )
    configured = {**BARE, "PIP_CONFIG_FILE": str(config)}
    assert pip.choose(["install", "-i", HERE, "x"], tmp_path, configured).url == HERE
    assert pip.choose(["install"], tmp_path, {**configured, "PIP_INDEX_URL": HERE}).url == HERE
    chosen = pip.choose(["install"], tmp_path, configured)
    assert (chosen.url, chosen.ignored) == (THERE, ("https://more.example/",))
    assert pip.choose(["install"], tmp_path, BARE).url.rstrip("/") == known_index().rstrip("/")


def test_nothing_of_pips_configuration_leads_around_the_gate_and_the_rest_is_kept(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nindex-url = {THERE}\ntimeout = 77\nfind-links = /srv\n[install]\nno-index = true\n",
        encoding="utf-8",
    )
    configured = {**BARE, "PIP_CONFIG_FILE": str(config), "PIP_EXTRA_INDEX_URL": THERE, "PIP_RETRIES": "1"}
    pip = Pip(sys.executable)
    chosen = pip.choose(["install", "--extra-index-url", THERE, "x"], tmp_path, configured)
    launch = pip.launch(chosen, Urls(), tmp_path, configured)
    assert launch.command == (sys.executable, "-m", "pip", "install", "x")
    pips = {key: value for key, value in launch.environment.items() if key.startswith("PIP_")}
    assert pips["PIP_CONFIG_FILE"] == os.devnull
    assert (pips["PIP_RETRIES"], pips["PIP_TIMEOUT"], pips["PIP_NO_CACHE_DIR"]) == ("1", "77", "1")
    leading = {key: value for key, value in pips.items() if re.search("INDEX|FIND_LINKS|PYPI", key)}
    assert leading == {"PIP_INDEX_URL": "http://127.0.0.1:4000/simple/"}


def test_uv_is_asked_by_option_environment_file_and_constant(tmp_path: Path) -> None:
    uv = Uv()
    project = tmp_path / "pyproject.toml"
    project.write_text(
        f'[[tool.uv.index]]\nurl = "{THERE}"\ndefault = true\n[[tool.uv.index]]\nurl = "https://more.example/"\n',
        encoding="utf-8",
    )
    assert uv.choose(["pip", "install", "--default-index", HERE], tmp_path, BARE).url == HERE
    assert uv.choose(["lock"], tmp_path, {**BARE, "UV_DEFAULT_INDEX": HERE}).url == HERE
    chosen = uv.choose(["lock"], tmp_path, {**BARE, "UV_FIND_LINKS": "/srv"})
    assert (chosen.url, chosen.ignored) == (THERE, ("/srv", "https://more.example/"))
    project.unlink()
    assert uv.choose(["lock"], tmp_path, BARE).url == known_index().rstrip("/")
    project.write_text("[tool.uv\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="cannot be read"):
        uv.choose(["lock"], tmp_path, BARE)


LOCK = """\
version = 1

[[package]]
name = "demo"
source = { registry = "https://index.example/simple" }
wheels = [
    { url = "https://files.example/packages/demo-1.0-py3-none-any.whl", hash = "sha256:00" },
]
"""


def uv_lock_within(folder: Path, environment: dict[str, str]) -> tuple[str, str]:
    """The lock while uv would run, and after it."""
    uv = Uv()
    launch = uv.launch(uv.choose(["lock"], folder, environment), Urls(), folder, environment)
    with launch.around:
        within = (folder / "uv.lock").read_text(encoding="utf-8")
    return within, (folder / "uv.lock").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    binary = tmp_path / "bin" / "uv"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\n", encoding="utf-8")
    binary.chmod(0o755)
    (tmp_path / "uv.lock").write_text(LOCK, encoding="utf-8")
    return tmp_path, {**BARE, "PATH": str(binary.parent), "UV_DEFAULT_INDEX": "https://index.example/simple"}


def test_a_lock_speaks_of_the_gate_within_the_run_only(project: tuple[Path, dict[str, str]]) -> None:
    within, after = uv_lock_within(*project)
    assert 'registry = "http://127.0.0.1:4000/simple"' in within
    assert 'url = "http://127.0.0.1:4000/files/public/packages/demo-1.0-py3-none-any.whl"' in within
    assert "example" not in within
    assert after == LOCK


def test_a_lock_is_turned_back_when_the_run_fails(project: tuple[Path, dict[str, str]]) -> None:
    folder, environment = project
    uv = Uv()
    launch = uv.launch(uv.choose(["lock"], folder, environment), Urls(), folder, environment)
    with pytest.raises(KeyboardInterrupt), launch.around:
        raise KeyboardInterrupt
    assert (folder / "uv.lock").read_text(encoding="utf-8") == LOCK
    assert [path.name for path in folder.iterdir() if path.name.startswith(".uv.lock")] == []


def test_a_lock_that_a_killed_run_left_behind_is_put_right(project: tuple[Path, dict[str, str]]) -> None:
    folder, environment = project
    left = LOCK.replace("https://index.example/simple", "http://127.0.0.1:3999/simple").replace(
        "https://files.example/", "http://127.0.0.1:3999/files/public/"
    )
    (folder / "uv.lock").write_text(left, encoding="utf-8")
    _, after = uv_lock_within(folder, environment)
    assert after == LOCK


def test_a_poetry_project_with_sources_of_its_own_is_told_so(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text(f'[[tool.poetry.source]]\nname = "inside"\nurl = "{HERE}"\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="names the sources inside"):
        Poetry().choose(["install"], tmp_path, BARE)
    project.write_text("[tool.poetry]\n", encoding="utf-8")
    assert Poetry().choose(["install"], tmp_path, BARE).url == known_index()


@pytest.mark.parametrize(
    "odd", ["tool = 3", "[tool]\nuv = []\npoetry = 1", "[tool.uv]\nindex = 3\n[tool.poetry]\nsource = [4]"]
)
def test_configuration_of_another_shape_says_nothing(tmp_path: Path, odd: str) -> None:
    (tmp_path / "pyproject.toml").write_text(odd + "\n", encoding="utf-8")
    assert Uv().choose(["lock"], tmp_path, BARE).url == known_index().rstrip("/")
    assert Poetry().choose(["install"], tmp_path, BARE).url == known_index()


def test_that_there_should_be_no_index_is_said_not_to_be_passed_on(tmp_path: Path) -> None:
    for client in (Pip(sys.executable), Uv()):
        chosen = client.choose(["install", "--no-index", "--find-links", "/srv", "x"], tmp_path, BARE)
        assert (chosen.ignored, chosen.arguments) == (("/srv", "--no-index"), ("install", "x"))


def test_where_no_environment_is_active_it_is_said_which_python_is_installed_into(tmp_path: Path) -> None:
    pip = Pip(sys.executable)
    for arguments, more, said in (
        (["install", "x"], {}, True),
        (["--quiet", "install", "x"], {}, True),
        (["list"], {}, False),
        (["install", "x"], {"VIRTUAL_ENV": "/srv/env"}, False),
        (["install", "x"], {"CONDA_PREFIX": "/srv/env"}, False),
    ):
        environment = {**BARE, **more}
        note = pip.launch(pip.choose(arguments, tmp_path, environment), Urls(), tmp_path, environment).note
        assert (sys.executable in note) is said, arguments
