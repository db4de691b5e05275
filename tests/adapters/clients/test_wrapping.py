"""A client that is about to run around a gate: what is refused before it, and what is noticed after it."""

import json
import os
import sys
import tomllib
from collections.abc import Collection
from pathlib import Path

import pytest

from pratique.adapters.clients import Errand
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.runs import Run
from pratique.adapters.clients.sources import Named, in_arguments, in_files
from pratique.adapters.clients.wrapping import Wrapping, wrapping
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN, GateUrls
from pratique.flow.world import World
from pratique.policy.elsewhere import Elsewhere

INDEX = "https://index.example/simple"
OTHER = "https://other.example/simple"


@pytest.fixture
def urls(world: World) -> GateUrls:
    return GateUrls.of(world, {"public": INDEX})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def refused(named: Collection[Named], urls: GateUrls, hosts: Collection[str] = ()) -> InvalidInput:
    """How a client that is told of these places is refused."""
    around = Wrapping(Pip(), Errand((), INDEX, tuple(named)), Path(), {})
    with pytest.raises(InvalidInput) as caught:
        around.refuse_others(urls, hosts, "settings.toml")
    return caught.value


def lines_to_add(error: InvalidInput) -> dict[str, dict[str, object]]:
    """The lines that a refusal says to add, as a policy or the settings would read them."""
    return tomllib.loads(error.advice.partition(":\n\n")[2])


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "{0} is an index that the settings do not know"),
        (2, "{0} is an index that the settings do not know; {1}"),
        (3, "{0} is an index that the settings do not know; {1}; {2}"),
        (5, "{0} is an index that the settings do not know; {1}; {2}; and 2 more"),
    ],
)
def test_the_first_places_are_named_with_their_lines_and_the_others_counted(
    urls: GateUrls, project: Path, count: int, said: str
) -> None:
    path = project / "r.txt"
    path.write_text("".join(f"--extra-index-url {OTHER}/{each}\n" for each in range(count)), encoding="utf-8")
    places = [f"{path}, line {each + 1}: {OTHER}/{each}" for each in range(count)]
    error = refused(in_files([path], "pip")[0], urls)
    assert str(error) == said.format(*places)


@pytest.mark.parametrize(
    ("lines", "name", "explicit"),
    [
        ("", "other-example", {}),
        ('name = "Of torch"\n', "of-torch", {}),
        ('name = "Of torch"\nexplicit = true\n', "of-torch", {"explicit": True}),
    ],
)
def test_an_index_comes_in_by_the_lines_that_its_refusal_says_to_add_to_the_settings(
    urls: GateUrls, world: World, project: Path, lines: str, name: str, explicit: dict[str, bool]
) -> None:
    path = project / "pyproject.toml"
    path.write_text(f'[[tool.uv.index]]\nurl = "{OTHER}"\n{lines}', encoding="utf-8")
    named, _ = in_files([path], "uv")
    error = refused(named, urls)
    assert "add to settings.toml:" in error.advice
    assert lines_to_add(error) == {"index": {name: {"url": OTHER, **explicit}}}
    known = GateUrls.of(world, {name: OTHER, "public": INDEX})
    Wrapping(Pip(), Errand((), INDEX, tuple(named)), project, {}).refuse_others(known, (), "settings.toml")


@pytest.mark.parametrize(
    ("argument", "host"),
    [
        ("git+https://git.example/a", "git.example"),
        ("git+https://user:secret@git.example/a+b@v1.0+cpu", "git.example"),
        ("https://files.example/x-1.0+cpu-py3-none-any.whl", "files.example"),
        ("x@https://Files.example:8443/x-1.0.tar.gz", "files.example:8443"),
    ],
)
def test_what_is_past_every_index_comes_in_by_the_host_that_its_refusal_says_to_add_to_the_policy(
    urls: GateUrls, argument: str, host: str
) -> None:
    named = list(in_arguments([argument]))
    error = refused(named, urls)
    assert str(error).endswith(" fetches past every index")
    assert "secret" not in f"{error} {error.advice}"
    assert lines_to_add(error) == {"elsewhere": {"hosts": [host]}}
    around = Wrapping(Pip(), Errand((), INDEX, tuple(named)), Path(), {})
    around.refuse_others(urls, Elsewhere((host,)).hosts, "settings.toml")


def test_a_host_that_stands_behind_a_plus_is_not_where_a_place_is(urls: GateUrls) -> None:
    named = list(in_arguments(["git+https://git.example/a+https://known.example/"]))
    assert lines_to_add(refused(named, urls, Elsewhere(("known.example",)).hosts)) == {
        "elsewhere": {"hosts": ["git.example"]}
    }


@pytest.mark.parametrize("argument", ["git+ssh://git.example:team/a", "https://[files.example/x.whl", "https:///x.whl"])
def test_a_place_whose_host_cannot_be_read_is_refused_like_any_other(urls: GateUrls, argument: str) -> None:
    error = refused(list(in_arguments([argument])), urls)
    assert str(error) == f"the command line: {argument} fetches past every index"
    assert error.advice == "take it from an index"


def test_a_client_is_prepared_where_its_user_is_with_all_that_it_would_read_there(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("PIP_INDEX_URL", INDEX)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    (project / "r.txt").write_text(f"--extra-index-url {OTHER}\n", encoding="utf-8")
    around = wrapping("pip", ["install", "-r", "r.txt"])
    assert around.client.name == "pip"
    assert around.folder == project
    assert around.environment == dict(os.environ)  # noqa: TID251 - which a wrapped client is given
    assert around.errand.index == INDEX
    assert around.errand.arguments == ("install", "-r", "r.txt")
    assert [(each.url, each.where) for each in around.errand.named] == [(OTHER, f"{project / 'r.txt'}, line 1")]
    assert wrapping("poetry", ["install"]).client.name == "poetry"


def test_a_client_runs_in_its_folder_at_the_port_of_the_gate_with_what_lasts_for_the_run(
    urls: GateUrls, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    monkeypatch.setenv("OF_THE_USER", "1")
    (project / "s.py").write_text("# /// script\n# dependencies = []\n# ///\n", encoding="utf-8")
    around = wrapping("uv", ["run", "s.py"])
    run = Run.begin(tmp_path / "home", 0, {}, [])
    launch = around.launch(urls, 4000, run)
    run.end()
    assert launch.environment["OF_THE_USER"] == "1"
    assert launch.environment["UV_DEFAULT_INDEX"].rstrip("/") == f"{ORIGIN}/simple"
    assert launch.environment["UV_CACHE_DIR"] == str(run.folder / "cache")
    assert launch.environment["https_proxy"] == "http://127.0.0.1:4000"
    assert launch.foreign is not None
    assert launch.foreign.command == ("python", "s.py")
    assert {each.parent for each in launch.foreign.beside} == {project}


def put(site: Path, name: str, origin: object = None) -> None:
    """Install a package, as its installer would write it down."""
    path = site / f"{name}-1.0.dist-info"
    path.mkdir(parents=True)
    (path / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    if origin is not None:
        (path / "direct_url.json").write_text(json.dumps(origin), encoding="utf-8")


def environment(folder: Path) -> Path:
    """A new environment; where packages are installed in it."""
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /nonexistent\n", encoding="utf-8")
    return folder / "lib/python3.11/site-packages"


def test_what_was_installed_and_not_served_is_told_with_how_it_came(project: Path, tmp_path: Path) -> None:
    site = environment(tmp_path / "env")
    put(site, "before")
    around = Wrapping(Pip(), Errand((), INDEX, installs=(tmp_path / "env",)), project, {})
    before = around.installed()
    run = Run.begin(tmp_path / "home", 0, {}, [])
    put(site, "Of_Gate")
    put(site, "older")
    put(site, "unheard")
    put(site, "local", {"url": "file:///srv/local", "dir_info": {}})
    past = around.installed_past(before, run, {("of-gate", "1.0"), ("Older", "0.9"), ("Local", "1.0")})
    run.end()
    assert [(each.name, each.kind, each.source) for each in past] == [
        ("local", "folder", "file:///srv/local"),
        ("older", "file", ""),
        ("unheard", "file", ""),
    ]


@pytest.mark.parametrize("place", [".venv", "venvs/tool", "."])
def test_environments_that_a_client_makes_where_it_may_write_are_looked_through_too(
    project: Path, tmp_path: Path, place: str
) -> None:
    around = Wrapping(Pip(), Errand((), INDEX, writes=(project,)), project, {})
    (project / "src").mkdir()
    before = around.installed()
    run = Run.begin(tmp_path / "home", 0, {}, [])
    put(project if place == "." else environment(project / place), "new")
    assert [each.name for each in around.installed_past(before, run, ())] == ["new"]
    run.end()
