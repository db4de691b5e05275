"""Each way to tell a client of another source is found, with the file and the line; and who is not asked by a proxy."""

import os
import sys
from pathlib import Path

import pytest

from pratique.adapters.client_files.places import Machine
from pratique.adapters.client_files.sources import is_poetry_project, proxies_before, sources_of
from pratique.adapters.clients.runs import Run
from pratique.adapters.environments import active_environment, installed_in
from pratique.adapters.runs import runs_in
from pratique.model.client_source import ClientSource, Told

U = "https://other.example/simple"


def machine(folder: Path, **variables: str) -> Machine:
    (folder / "project").mkdir(exist_ok=True)
    return Machine({"HOME": str(folder / "home"), **variables}, folder / "project", "linux", folder / "root")


def found(folder: Path, **variables: str) -> list[ClientSource]:
    return [each for each in sources_of(machine(folder, **variables)) if each.url.startswith((U, "git+"))]


VARIABLES = [
    ("PIP_INDEX_URL", "pip", Told.INDEX),
    ("PIP_PYPI_URL", "pip", Told.INDEX),
    ("PIP_EXTRA_INDEX_URL", "pip", Told.BESIDE),
    ("PIP_FIND_LINKS", "pip", Told.BESIDE),
    ("PIP_PROXY", "pip", Told.PROXY),
    ("UV_DEFAULT_INDEX", "uv", Told.INDEX),
    ("UV_INDEX_URL", "uv", Told.INDEX),
    ("UV_INDEX", "uv", Told.BESIDE),
    ("UV_EXTRA_INDEX_URL", "uv", Told.BESIDE),
    ("UV_FIND_LINKS", "uv", Told.BESIDE),
    ("PDM_PYPI_URL", "pdm", Told.INDEX),
]


@pytest.mark.parametrize(("name", "client", "told"), VARIABLES)
def test_a_variable_is_found(tmp_path: Path, name: str, client: str, told: Told) -> None:
    assert [(each.client, each.told, each.key, each.line) for each in found(tmp_path, **{name: U})] == [
        (client, told, name, 0)
    ]


def test_an_index_that_a_variable_gives_a_name_is_found(tmp_path: Path) -> None:
    assert [each.url for each in found(tmp_path, UV_INDEX=f"pt={U} {U}/b")] == [U, f"{U}/b"]


FILES = [
    ("root/etc/pip.conf", f"[global]\nindex-url = {U}\n", "pip", Told.INDEX, 2),
    ("root/etc/xdg/pip/pip.conf", f"[global]\n\nextra_index_url =\n  {U}\n", "pip", Told.BESIDE, 3),
    ("home/.pip/pip.conf", f"[install]\nfind-links={U}\n", "pip", Told.BESIDE, 2),
    ("home/.config/pip/pip.conf", f"[global]\nproxy = {U}\n", "pip", Told.PROXY, 2),
    ("venv/pip.conf", f"[download]\nindex-url: {U}\n", "pip", Told.INDEX, 2),
    ("named.conf", f"[global]\npypi-url = {U}\n", "pip", Told.INDEX, 2),
    ("project/requirements.txt", f"a==1\n--index-url {U}\n", "pip", Told.INDEX, 2),
    ("project/requirements-dev.in", f"--extra-index-url={U} # w\n", "pip", Told.BESIDE, 1),
    ("project/constraints.txt", f"-f {U}\n", "pip", Told.BESIDE, 1),
    ("project/requirements/a.txt", f"-i{U}\n", "pip", Told.INDEX, 1),
    ("project/requirements.txt", f"\n--extra-i {U}\n", "pip", Told.BESIDE, 2),
    ("project/requirements.txt", f"x[a] @ {U}/x.whl ; python_version > '3'\n", "pip", Told.DIRECT, 1),
    ("project/requirements.txt", "-e git+https://git.example/x#egg=x\n", "pip", Told.DIRECT, 1),
    ("project/pyproject.toml", f'[project]\ndependencies = [\n  "x @ {U}/x.whl",\n]\n', "pip", Told.DIRECT, 3),
    ("root/etc/uv/uv.toml", f'index-url = "{U}"\n', "uv", Told.INDEX, 1),
    ("root/etc/xdg/uv/uv.toml", f'[[index]]\nurl = "{U}"\n', "uv", Told.BESIDE, 2),
    ("home/.config/uv/uv.toml", f'[pip]\nextra-index-url = ["{U}"]\n', "uv", Told.BESIDE, 2),
    ("project/uv.toml", f'[[index]]\nname = "a"\nurl = "{U}"\ndefault = true\n', "uv", Told.INDEX, 3),
    ("project/pyproject.toml", f'[[tool.uv.index]]\nurl = "{U}"\nexplicit = true\n', "uv", Told.BESIDE, 2),
    ("project/pyproject.toml", f'[tool.uv.sources]\nx = {{ url = "{U}/x.whl" }}\n', "uv", Told.DIRECT, 2),
    ("project/uv.lock", f'version = 1\n[[package]]\nsource = {{ registry = "{U}" }}\n', "uv", Told.DIRECT, 3),
    ("home/.config/pdm/config.toml", f'[pypi]\nurl = "{U}"\n', "pdm", Told.INDEX, 2),
    ("project/pdm.toml", f'pypi.url = "{U}"\n', "pdm", Told.INDEX, 1),
    ("project/pyproject.toml", f'[[tool.pdm.source]]\nname = "x"\nurl = "{U}"\n', "pdm", Told.BESIDE, 1),
    ("project/pyproject.toml", f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{U}"\n', "pdm", Told.INDEX, 1),
    ("project/pyproject.toml", f'[[tool.poetry.source]]\nname = "x"\nurl = "{U}"\n', "poetry", Told.INDEX, 1),
    (
        "project/pyproject.toml",
        f'[[tool.poetry.source]]\nname = "x"\nurl = "{U}"\npriority = "supplemental"\n',
        "poetry",
        Told.BESIDE,
        1,
    ),
]


@pytest.mark.parametrize(("name", "text", "client", "told", "line"), FILES)
def test_a_line_of_a_file_is_found(tmp_path: Path, name: str, text: str, client: str, told: Told, line: int) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    sources = found(tmp_path, VIRTUAL_ENV=str(tmp_path / "venv"), PIP_CONFIG_FILE=str(tmp_path / "named.conf"))
    assert [(each.client, each.told, each.place, each.line) for each in sources] == [(client, told, str(path), line)]


def test_requirement_files_that_name_each_other_are_each_read_once(tmp_path: Path) -> None:
    project = machine(tmp_path).folder
    (project / "requirements.txt").write_text("-r deep/a.txt\n-c requirements.txt\n", encoding="utf-8")
    (project / "deep").mkdir()
    (project / "deep/a.txt").write_text("--requirement b.txt\n", encoding="utf-8")
    (project / "deep/b.txt").write_text(f"-i {U}\n-r a.txt\n", encoding="utf-8")
    assert [(Path(each.place).name, each.line) for each in found(tmp_path)] == [("b.txt", 1)]


def test_files_that_a_variable_switches_off_are_not_read(tmp_path: Path) -> None:
    for name in ("home/.config/pip/pip.conf", "home/.config/uv/uv.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(f'[global]\nindex-url = "{U}"\n', encoding="utf-8")
    assert found(tmp_path, PIP_CONFIG_FILE=os.devnull, UV_NO_CONFIG="1") == []


def test_a_file_that_no_client_could_read_says_nothing(tmp_path: Path) -> None:
    for name in ("home/.config/pip/pip.conf", "home/.config/uv/uv.toml", "project/pyproject.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff[[[")
    assert found(tmp_path) == []


def test_a_command_of_pip_is_stronger_in_any_file_than_what_is_for_all(tmp_path: Path) -> None:
    for name, section in (("root/etc/pip.conf", "install"), ("home/.config/pip/pip.conf", "global")):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(f"[{section}]\nindex-url = {U}/{section}\n", encoding="utf-8")
    strongest = max(found(tmp_path), key=lambda each: each.rank or 0)
    assert strongest.url == f"{U}/install"


@pytest.mark.parametrize(
    ("variables", "url", "names"),
    [
        ({"HTTP_PROXY": "p"}, "http://127.0.0.1:8470/simple/", ["HTTP_PROXY"]),
        ({"all_proxy": "p"}, "https://gate.example/simple/", ["all_proxy"]),
        ({"HTTPS_PROXY": "p"}, "http://127.0.0.1:8470/simple/", []),
        ({"HTTP_PROXY": "p", "NO_PROXY": "localhost, 127.0.0.1"}, "http://127.0.0.1:8470/simple/", []),
        ({"HTTP_PROXY": "p", "NO_PROXY": "127.0.0.0/8"}, "http://127.0.0.1:8470/simple/", []),
        ({"HTTP_PROXY": "p", "NO_PROXY": "127.0.0.1:9"}, "http://127.0.0.1:8470/simple/", ["HTTP_PROXY"]),
        ({"https_proxy": "p", "no_proxy": ".example"}, "https://t:s@gate.example/simple/", []),
        ({"https_proxy": "p", "no_proxy": "ample"}, "https://gate.example/simple/", ["https_proxy"]),
        ({"https_proxy": "p", "no_proxy": "*"}, "https://gate.example/simple/", []),
        ({"https_proxy": "p", "no_proxy": " , "}, "https://gate.example/simple/", ["https_proxy"]),
    ],
)
def test_a_proxy_is_asked_unless_the_host_is_exempt(
    tmp_path: Path, variables: dict[str, str], url: str, names: list[str]
) -> None:
    assert [each.key for each in proxies_before(machine(tmp_path, **variables), url)] == names


def test_a_project_is_of_poetry_when_it_says_so(tmp_path: Path) -> None:
    here = machine(tmp_path)
    assert not is_poetry_project(here)
    (here.folder / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert not is_poetry_project(here)
    (here.folder / "poetry.lock").touch()
    assert is_poetry_project(here)


def test_what_is_installed_is_read_with_where_it_came_from(tmp_path: Path) -> None:
    here = machine(tmp_path)
    assert active_environment(here) is None
    site = here.folder / ".venv/lib/python3.11/site-packages"
    for name, origin in (("One", ""), ("two", '{"url": "file:///two", "dir_info": {}}'), ("three", "no json")):
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        if origin:
            (info / "direct_url.json").write_text(origin, encoding="utf-8")
    environment = active_environment(here)
    assert environment == here.folder / ".venv"
    assert [(each.name, each.version, each.origin, each.bundled) for each in installed_in(environment)] == [
        ("One", "1.0", "", False),
        ("three", "1.0", "", False),
        ("two", "1.0", "file:///two", False),
    ]


def test_what_a_new_environment_of_this_python_has_was_brought_along(tmp_path: Path) -> None:
    base = tmp_path / "base"
    bundle = base / "lib/python3.11/ensurepip/_bundled"
    bundle.mkdir(parents=True)
    (bundle / "pip-23.2.1-py3-none-any.whl").touch()
    environment = tmp_path / "env"
    site = environment / "lib/python3.11/site-packages"
    for version in ("23.2.1", "24.0"):
        info = site / f"pip-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pip\nVersion: {version}\n", encoding="utf-8")
        (environment / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\n", encoding="utf-8")
        (one,) = installed_in(environment)
        assert (one.version, one.bundled) == (version, version == "23.2.1")
        (info / "METADATA").unlink()
        info.rmdir()


def test_a_run_that_was_killed_is_told_from_one_that_is_running(tmp_path: Path) -> None:
    assert list(runs_in(tmp_path)) == []
    running = Run.begin(tmp_path, 1, {}, [])
    assert [(run.journal, run.alive) for run in runs_in(tmp_path)] == [(running.folder.with_suffix(".json"), True)]
    (running.folder / "lock").unlink()
    assert [run.alive for run in runs_in(tmp_path)] == [False]
    running.end()
    assert list(runs_in(tmp_path)) == []


def test_the_environment_these_tests_run_in_is_read(tmp_path: Path) -> None:
    names = {each.name for each in installed_in(Path(sys.prefix))}
    assert {"aiohttp", "pytest"} <= names
    assert active_environment(machine(tmp_path, VIRTUAL_ENV=sys.prefix)) == Path(sys.prefix)


def test_what_virtualenv_marks_as_its_own_was_brought_along_in_that_version_only(tmp_path: Path) -> None:
    site = tmp_path / "env/lib/python3.11/site-packages"
    for name, version, marked in (("pip", "26.3", "26.3"), ("setuptools", "84.0", "83.0"), ("evil", "1.0", "1.0")):
        info = site / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        (site / f"{name}-{marked}.virtualenv").touch()
    found = {each.name: each.bundled for each in installed_in(tmp_path / "env")}
    assert found == {"evil": False, "pip": True, "setuptools": False}
