"""Three projects of others, each synced through the gate by its own lock from the real index: what their tests import is there.

The projects come as the index has them, in their source distributions, over the gate too. Nothing of them is run but imports.
"""

import ast
import hashlib
import io
import json
import logging
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import pytest

from pratique.adapters.clients import HOST
from pratique.adapters.clients.installed import plain_name
from tests.journeys.conftest import Account, Clients, Gate

pytestmark = pytest.mark.journey

_LOG = logging.getLogger(__name__)
SEEDS = frozenset({"pip", "setuptools"})
JSON = "application/vnd.pypi.simple.v1+json"
IMPORTING = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    print("imported", name)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A source distribution, the lock in it, and the commands that install by it; `packages` is how many come at least."""

    name: str
    version: str
    sha256: str
    lock: str
    tests: str
    commands: tuple[str, ...]
    packages: int

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}"


PROJECTS = (
    Project(
        "flask",
        "3.1.3",
        "0ef0e52b8a9cd932855379197dd8f94047b359ca0a78695144304cb45f87c9eb",
        "uv.lock",
        "tests",
        ("uv sync --frozen --all-groups --no-group pre-commit --all-extras",),
        60,
    ),
    Project(
        "pyshacl",
        "0.31.0",
        "327950875a5bb0d1a15c246a8a272b2dbf6bc9b96e28cfa8fdbfa4d73aadc0ba",
        "poetry.lock",
        "test",
        ("poetry install --extras http --extras dev-lint --extras dev-type-checking --extras dev-coverage",),
        30,
    ),
    Project(
        "werkzeug",
        "3.0.6",
        "a8dd59d4de28ca70471a34cba79bed5f7ef2e036a76b3ab0835474246eb41f8d",
        "requirements/dev.txt",
        "tests",
        ("pip install -r requirements/dev.txt", "pip install --no-deps -e ."),
        50,
    ),
)


async def downloaded(gate: Gate, project: Project) -> bytes:
    """The source distribution, from the gate's page by the gate's URL."""
    async with aiohttp.ClientSession() as session:
        page = f"{gate.simple}{project.name}/"
        async with session.get(page, headers={"Accept": JSON}) as response:
            listed = {each["filename"]: each["url"] for each in json.loads(await response.read())["files"]}
        async with session.get(urljoin(page, listed[f"{project.stem}.tar.gz"])) as response:
            assert response.status == 200, await response.text()
            data: bytes = await response.read()
    return data


def run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """What is run when a module is imported: all but what stands inside of functions and classes."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from run_on_import(child)


def imported(tests: Path, own: str) -> set[str]:
    """The modules that files of tests import, but for the standard library's and those that are among the tests."""
    files = sorted(tests.rglob("*.py"))
    beside = {part for path in files for part in path.relative_to(tests.parent).with_suffix("").parts} - {own}
    found: set[str] = set()
    for path in files:
        for node in run_on_import(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found.update(each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return {name for name in found if name.partition(".")[0] not in {*beside, *sys.stdlib_module_names}}


def installed(environment: Path) -> set[tuple[str, str]]:
    """Names and versions of what is in an environment, but for what comes with each new one."""
    found = (
        path.name.removesuffix(".dist-info").rpartition("-")
        for path in environment.glob("lib/python3*/site-packages/*.dist-info")
    )
    return {(plain_name(name), version) for name, _, version in found if name not in SEEDS}


def locked(lock: Path) -> set[tuple[str, str]]:
    """Names and versions that a lock names."""
    text = lock.read_text(encoding="utf-8")
    if lock.suffix == ".lock":
        return {(plain_name(each["name"]), each["version"]) for each in tomllib.loads(text)["package"]}
    pins = (line.partition("==") for line in text.splitlines() if "==" in line)
    return {(plain_name(name), version) for name, _, version in pins}


async def let_in(account: Account) -> set[tuple[str, str]]:
    """Names and versions of what the record says was let in."""
    ended = await account.pratique("log", "find", "--verdict", "allow", "-n", "5000", "--json")
    events = [json.loads(line)["event"] for line in ended.said.splitlines()]
    return {(each["artifact"]["name"], each["artifact"]["version"]) for each in events if "artifact" in each}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda each: f"{each.stem} {each.lock}")
async def test_a_project_is_synced_by_its_own_lock_and_what_its_tests_import_is_there(
    project: Project, tmp_path: Path, real: Gate, clients: Clients
) -> None:
    data = await downloaded(real, project)
    assert hashlib.sha256(data).hexdigest() == project.sha256
    account = Account(tmp_path, clients)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(account.home, filter="data")
    account.project = account.home / project.stem
    files = {path: path.read_bytes() for path in account.project.rglob("*") if path.is_file()}
    assert account.project / project.lock in files

    environment = account.project / ".venv"
    own: dict[str, str] = {}
    if project.commands[0].startswith("pip"):
        assert (await account.run(clients.python("current"), "-m", "venv", str(environment))).code == 0
        own = {"VIRTUAL_ENV": str(environment)}
    for words in project.commands:
        ended = await account.pratique(*words.split(), **own)
        assert ended.code == 0, ended.said
    assert {path: path.read_bytes() for path in files} == files
    assert account.holding(HOST) == []

    come = installed(environment) - {(project.name, project.version)}
    assert len(come) >= project.packages
    assert come - locked(account.project / project.lock) == set()
    assert come - await let_in(account) == set()
    assert await account.intact()
    doctor = await account.pratique("doctor", **own)
    assert f" packages in ~/{project.stem}/.venv, and each was let in\n" in doctor.said, doctor.said

    modules = sorted(imported(account.project / project.tests, project.name))
    assert project.name in modules
    ended = await account.run(str(environment / "bin/python"), "-I", "-c", IMPORTING, *modules)
    assert ended.code == 0, ended.said
    assert ended.said.splitlines()[-len(modules) :] == [f"imported {name}" for name in modules]
    _LOG.info("%s: %d packages, %d modules imported", project.stem, len(come), len(modules))
