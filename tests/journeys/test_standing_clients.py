"""Clients other than pip and uv against a gate that stands, as docs/how-to/set-up-clients.md and other-clients.md tell them.

A client that is not on the PATH is left out, and says so.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from pratique.simulators.upstream import SimulatedIndex
from tests.cli.standing import Standing, standing
from tests.journeys.conftest import Clients

pytestmark = pytest.mark.journey

SENTENCE = "the gate stopped pratique-test-refused 1.0, as every gate does"
PROJECT = '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11"\n'


def found(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed here")
    return program


def project(account: Standing) -> Path:
    (account.home / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    return account.home


async def ran(account: Standing, *command: str, **more: str) -> str:
    code, said = await account.run(*command, **more)
    assert code == 0, f"{command}: {said}"
    return said


async def refused(account: Standing, *command: str, **more: str) -> str:
    code, said = await account.run(*command, **more)
    assert code != 0, said
    return " ".join(said.split())


async def served(account: Standing, package: str) -> bool:
    return package in (await account.pratique("log", "find", "--package", package, "--json"))[1]


async def test_pdm_is_set_up(tmp_path: Path, index: SimulatedIndex, clients: Clients) -> None:
    pdm = clients.binary("pdm")
    async with standing(tmp_path, index) as account:
        account.environment["PATH"] += f"{os.pathsep}{clients.path}"
        project(account)
        assert (await account.pratique("setup", "--url", account.url, "pdm"))[0] == 0
        await ran(account, pdm, "use", "-f", sys.executable)
        await ran(account, pdm, "add", "--no-self", "parentlook")
        assert await served(account, "parentlook")
        assert "pratique-test-refused" in await refused(account, pdm, "add", "--no-self", "pratique-test-refused")
        _, said = await account.pratique("doctor")
        assert "asks the gate: pypi.url in " in said, said


async def test_pipx_asks_what_pip_and_uv_ask(tmp_path: Path, index: SimulatedIndex, clients: Clients) -> None:
    pipx = clients.binary("pipx")
    async with standing(tmp_path, index) as account:
        assert (await account.pratique("setup", "--url", account.url, "pipx"))[0] == 0
        said = await refused(
            account, pipx, "install", "--backend", "uv", "--python", sys.executable, "pratique-test-refused"
        )
        logs = " ".join(path.read_text() for path in account.home.rglob("*.log"))
        assert SENTENCE in " ".join([said, *logs.split()])


async def test_poetry_asks_the_gate_that_its_project_names(
    tmp_path: Path, index: SimulatedIndex, clients: Clients
) -> None:
    poetry = clients.binary("poetry")
    async with standing(tmp_path, index) as account:
        account.environment["PATH"] += f"{os.pathsep}{clients.path}"
        project(account)
        await ran(account, poetry, "source", "add", "--priority=primary", "gate", account.url)
        await ran(account, poetry, "add", "--no-interaction", "parentlook")
        assert await served(account, "parentlook")
        assert SENTENCE in await refused(account, poetry, "add", "--no-interaction", "pratique-test-refused")
        _, said = await account.pratique("doctor", "--url", account.url)
        assert "asks the gate: source in " in said, said


async def test_tox_asks_what_pip_asks(tmp_path: Path, index: SimulatedIndex) -> None:
    tox = found("tox")
    async with standing(tmp_path, index) as account:
        (account.home / "tox.ini").write_text(
            "[testenv]\nskip_install = true\ndeps = parentlook\ncommands = python -c 'import parentlook'\n"
        )
        assert (await account.pratique("setup", "--url", account.url, "pip"))[0] == 0
        await ran(account, tox, "-e", f"py{sys.version_info.major}{sys.version_info.minor}")
        assert await served(account, "parentlook")


async def test_pip_compile_asks_the_gate_and_leaves_its_address_out_where_it_is_told_to(
    tmp_path: Path, index: SimulatedIndex
) -> None:
    pip_compile = found("pip-compile")
    async with standing(tmp_path, index) as account:
        (account.home / "requirements.in").write_text("parentlook\n")
        await ran(account, pip_compile, "-q", "--no-emit-index-url", PIP_INDEX_URL=account.url)
        written = (account.home / "requirements.txt").read_text()
        assert "llmlook==1.82.8" in written
        assert account.url not in written


async def test_pipenv_asks_the_mirror_that_a_variable_names(tmp_path: Path, index: SimulatedIndex) -> None:
    pipenv = found("pipenv")
    async with standing(tmp_path, index) as account:
        more = {"PIPENV_PYPI_MIRROR": account.url, "PIPENV_VENV_IN_PROJECT": "1", "PIPENV_IGNORE_VIRTUALENVS": "1"}
        await ran(account, pipenv, "--python", sys.executable, "install", "parentlook", **more)
        assert await served(account, "parentlook")
        assert account.url in (account.home / "Pipfile").read_text()  # the page says so


async def test_nox_and_hatch_ask_what_a_variable_names(tmp_path: Path, index: SimulatedIndex) -> None:
    nox, hatch = found("nox"), found("hatch")
    async with standing(tmp_path, index) as account:
        (account.home / "noxfile.py").write_text(
            "import nox\n\n@nox.session\ndef look(session):\n    session.install('parentlook')\n"
        )
        more = {"PIP_INDEX_URL": account.url, "UV_DEFAULT_INDEX": account.url}
        await ran(account, nox, "--default-venv-backend", "virtualenv", "-s", "look", **more)
        assert await served(account, "parentlook")
        (account.home / "pyproject.toml").write_text(
            PROJECT + '[tool.hatch.envs.look]\nskip-install = true\ndependencies = ["sdlook-none"]\n'
        )
        said = await refused(account, hatch, "env", "create", "look", **more)
        assert "sdlook-none" in said
        assert "sdlook-none" in account.index.requests
