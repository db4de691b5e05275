"""`pratique pip`, `pratique uv` and `pratique poetry`: real clients, a gate that lives for one command, nothing left behind."""

import asyncio
import json
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from pratique.adapters.clients import default_index
from pratique.model.artifact import ProjectName
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import metadata, wheel
from tests.conftest import DAY
from tests.journeys.conftest import Clients, Ended, Gate

pytestmark = pytest.mark.journey
REAL_NOW_BACK = timedelta(hours=6)


class Desk:
    """A person's project folder, with a home for Pratique and an index that the clients are configured to use."""

    def __init__(self, folder: Path, index: str, gate: Gate, clients: Clients) -> None:
        self.folder = folder
        self.index = index
        self._gate = gate
        self.clients = clients
        self.variables = {
            "PRATIQUE_HOME": str(folder.parent / "home"),
            "PATH": f"{clients.folder / 'current/bin'}{os.pathsep}{os.defpath}",
            "VIRTUAL_ENV": str(clients.folder / "current"),
        }

    async def run(self, *arguments: str, **variables: str) -> Ended:
        configured = {
            "PIP_INDEX_URL": self.index,
            "UV_DEFAULT_INDEX": self.index,
            "UV_NO_CONFIG": "",
            "UV_NO_CACHE": "",
        }
        return await self._gate.run(
            sys.executable,
            "-m",
            "pratique",
            *arguments,
            cwd=self.folder,
            **{**configured, **self.variables, **variables},
        )

    async def directly(self, client: str, *arguments: str, **variables: str) -> Ended:
        """Run a client without Pratique."""
        configured = {"UV_DEFAULT_INDEX": self.index, "VIRTUAL_ENV": ""}
        return await self._gate.run(
            self.clients.binary(client), *arguments, cwd=self.folder, **{**configured, **variables}
        )

    async def log(self, *arguments: str) -> dict[str, object]:
        ended = await self.run("log", *arguments, "--json")
        told: dict[str, object] = json.loads(ended.said)
        return told


@pytest.fixture
async def desk(tmp_path: Path, gate: Gate, clients: Clients) -> AsyncIterator[Desk]:
    """The simulator over real HTTP, on the real clock: its newest release is six hours old."""
    from pratique.adapters.clock import SystemClock

    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    for version, age in (("1.82.6", 400 * DAY), ("1.82.8", REAL_NOW_BACK)):
        hosted = index.add("llmlook", wheel("llmlook", version), now - age)
        hosted.core_metadata = metadata("llmlook", version)
    index.add("parentlook", wheel("parentlook", "1.0", requires=["llmlook>=1.64"]), now - 400 * DAY)
    folder = tmp_path / "project"
    folder.mkdir()
    async with serving(index) as url:
        yield Desk(folder, url, gate, clients)


async def test_pip_is_steered_and_says_so_in_two_lines(desk: Desk, tmp_path: Path) -> None:
    ended = await desk.run("pip", "install", "--quiet", "--target", str(tmp_path / "t"), "parentlook")
    assert ended.code == 0, ended.said
    assert sorted(path.name for path in (tmp_path / "t").glob("*.dist-info")) == [
        "llmlook-1.82.6.dist-info",
        "parentlook-1.0.dist-info",
    ]
    lines = ended.said.strip().splitlines()
    assert lines[0] == "swapped  llmlook 1.82.8 -> 1.82.6   published 6 hours ago; new releases wait 3 days here"
    assert lines[1].startswith("  more   pratique explain ")
    assert len(lines) == 2
    assert (await desk.log("verify"))["intact"] is True
    assert (await desk.log("replay"))["different"] == []


async def test_a_refused_pin_ends_in_the_message_and_in_our_exit_code(desk: Desk, tmp_path: Path) -> None:
    for client in (
        ("pip", "install", "--target", str(tmp_path / "p")),
        ("uv", "pip", "install", "--target", str(tmp_path / "u")),
    ):
        ended = await desk.run(*client, "llmlook==1.82.8")
        assert ended.code == 10, ended.said
        message = ended.said[ended.said.index("\nheld  llmlook 1.82.8") + 1 :].strip().splitlines()
        assert len(message) <= 9
        assert message[1] == "  why    published 6 hours ago; new releases wait 3 days here"
        assert message[2] == "  use    llmlook 1.82.6"
        assert message[-1] == "  Nothing was installed. Nothing was run."
        explained = await desk.run("explain", message[0].split()[-1])
        assert explained.said.strip().splitlines()[1] == message[1]


async def test_a_waiver_lets_it_in_and_is_counted(desk: Desk, tmp_path: Path) -> None:
    refused = await desk.run("pip", "install", "--target", str(tmp_path / "a"), "llmlook==1.82.8")
    identity = next(line for line in refused.said.splitlines() if line.startswith("held ")).split()[-1]
    granted = await desk.run("waive", identity, "--reason", "we have read the diff")
    assert "cooldown is lifted for pkg:pypi/llmlook@1.82.8" in granted.said
    ended = await desk.run("pip", "install", "--quiet", "--target", str(tmp_path / "b"), "llmlook==1.82.8")
    assert ended.code == 0, ended.said
    assert "used 1x" in (await desk.run("waive", "--list")).said


async def test_a_clients_own_failure_keeps_its_own_exit_code(desk: Desk) -> None:
    assert (await desk.run("pip", "install", "nothinglook")).code == 1
    assert (await desk.run("pip", "frobnicate")).code == 1
    assert (await desk.run("uv", "frobnicate")).code == 2


async def test_an_index_that_the_settings_do_not_know_is_refused_before_anything_runs(
    desk: Desk, tmp_path: Path
) -> None:
    ended = await desk.run(
        "pip",
        "install",
        "--quiet",
        "--target",
        str(tmp_path / "t"),
        "--extra-index-url",
        "https://index.example/simple/",
        "llmlook",
    )
    assert ended.code == 2
    assert ended.said.startswith(
        "pratique: the command line: https://index.example/simple/ is an index that the settings do not know"
    )
    assert '[index.index-example]\n      url = "https://index.example/simple/"' in ended.said
    assert not (tmp_path / "t").exists()


PROJECT = '[project]\nname = "desklook"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["parentlook"]\n'


async def test_uv_locks_and_syncs_and_the_lock_names_the_index_not_the_gate(desk: Desk) -> None:
    (desk.folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    locked = await desk.run("uv", "lock")
    assert locked.code == 0, locked.said
    text = (desk.folder / "uv.lock").read_text(encoding="utf-8")
    packages = {each["name"]: each for each in tomllib.loads(text)["package"]}
    assert packages["llmlook"]["version"] == "1.82.6"
    assert packages["llmlook"]["source"]["registry"] == desk.index
    origin = desk.index.removesuffix("/simple/")
    assert packages["llmlook"]["wheels"][0]["url"].startswith(f"{origin}/packages/")
    synced = await desk.run("uv", "sync", "--frozen", VIRTUAL_ENV="")
    assert synced.code == 0, synced.said
    assert (desk.folder / "uv.lock").read_text(encoding="utf-8") == text
    assert "llmlook-1.82.6-py3-none-any.whl" in (await desk.run("log", "tail")).said
    assert (await desk.run("uv", "lock", "--check")).code == 0
    assert (desk.folder / "uv.lock").read_text(encoding="utf-8") == text


async def test_uv_sync_of_a_lock_that_pins_a_held_version_is_refused(desk: Desk) -> None:
    (desk.folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    direct = await desk.directly("uv", "lock")
    assert direct.code == 0, direct.said
    text = (desk.folder / "uv.lock").read_text(encoding="utf-8")
    assert "1.82.8" in text
    refused = await desk.run("uv", "sync", "--frozen", VIRTUAL_ENV="")
    assert refused.code == 10, refused.said
    assert (
        "Pratique held llmlook 1.82.8: published 6 hours ago; new releases wait 3 days here. Use 1.82.6."
        in refused.said
    )
    assert (desk.folder / "uv.lock").read_text(encoding="utf-8") == text


async def test_uv_locks_the_real_index_as_a_direct_run_does(desk: Desk) -> None:
    (desk.folder / "pyproject.toml").write_text(PROJECT.replace("parentlook", "idna==3.10"), encoding="utf-8")
    lock = desk.folder / "uv.lock"
    index = default_index().rstrip("/")
    through = await desk.run("uv", "lock", UV_DEFAULT_INDEX=index)
    assert through.code == 0, through.said
    ours = lock.read_text(encoding="utf-8")
    lock.unlink()
    assert (await desk.directly("uv", "lock", UV_DEFAULT_INDEX=index)).code == 0
    assert ours == lock.read_text(encoding="utf-8")


POETRY = (
    '[project]\nname = "desklook"\nversion = "0"\nrequires-python = ">=3.11,<4"\ndependencies = ["requests (>=2.31,<3)"]\n'
    "[tool.poetry]\npackage-mode = false\n"
)


async def test_poetry_locks_and_installs_from_the_real_index_without_a_trace_of_the_gate(desk: Desk) -> None:
    (desk.folder / "pyproject.toml").write_text(POETRY, encoding="utf-8")
    own = {
        "VIRTUAL_ENV": "",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    locked = await desk.run("poetry", "lock", **own)
    assert locked.code == 0, locked.said
    text = (desk.folder / "poetry.lock").read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert "[package.source]" not in text
    installed = await desk.run("poetry", "install", "--no-root", **own)
    assert installed.code == 0, installed.said
    asked = (await desk.run("log", "tail", "-n", "200")).said
    assert "file     requests-" in asked
    packages = {each["name"]: each for each in tomllib.loads(text)["package"]}
    assert packages["requests"]["description"] == "Python HTTP for Humans."
    assert set(packages["requests"]["dependencies"]) == {"certifi", "charset_normalizer", "idna", "urllib3"}


async def test_poetry_against_a_gate_shows_the_sentence(gate: Gate) -> None:
    folder = gate.folder()
    project = POETRY.replace("requests (>=2.31,<3)", "llmlook (==1.82.8)")
    source = f'[[tool.poetry.source]]\nname = "gate"\nurl = "{gate.simple}"\npriority = "primary"\n'
    (folder / "pyproject.toml").write_text(project + source, encoding="utf-8")
    own = {"VIRTUAL_ENV": "", "POETRY_VIRTUALENVS_IN_PROJECT": "true", "POETRY_CACHE_DIR": str(folder / "cache")}
    locked = await gate.run(gate.clients.binary("poetry"), "lock", cwd=folder, **own)
    installed = await gate.run(gate.clients.binary("poetry"), "install", "--no-root", cwd=folder, **own)
    sentence = "Pratique held llmlook 1.82.8: published 6 hours ago; new releases wait 3 days here. Use 1.82.6. pratique explain "
    assert sentence in locked.said + installed.said, locked.said + installed.said
    assert {notice.decision.artifact.name for notice in gate.notices.stopped.values()} == {ProjectName("llmlook")}


async def test_a_named_index_of_a_project_works_through_the_gate_and_the_lock_is_as_a_direct_run_writes_it(
    desk: Desk,
) -> None:
    """PyTorch's documented form: an explicit index of its own for some packages (tool.uv.index, tool.uv.sources)."""
    from pratique.adapters.clock import SystemClock

    now = SystemClock().now()
    other = SimulatedIndex(SimulatedClock(now))
    for version, age in (("2.0+cpu", 400 * DAY), ("2.1+cpu", REAL_NOW_BACK)):
        other.add("torchlook", wheel("torchlook", version, requires=["llmlook"]), now - age)
    async with serving(other) as url:
        form = (
            f'[[tool.uv.index]]\nname = "torchlook-cpu"\nurl = "{url}"\nexplicit = true\n'
            '[tool.uv.sources]\ntorchlook = { index = "torchlook-cpu" }\n'
        )
        project = PROJECT.replace('["parentlook"]', '["torchlook", "llmlook==1.82.6"]') + form
        (desk.folder / "pyproject.toml").write_text(project, encoding="utf-8")
        refused = await desk.run("uv", "lock")
        assert refused.code == 2
        assert f"pyproject.toml, line 8: {url} is an index that the settings do not know" in refused.said
        assert other.requests == []
        lines = refused.said[refused.said.index("[index.torchlook-cpu]") :]
        settings = "\n".join(line.strip() for line in lines.splitlines())
        config = desk.folder.parent / "config"
        (config / "pratique").mkdir(parents=True)
        (config / "pratique/pratique.toml").write_text(settings, encoding="utf-8")
        own = {"XDG_CONFIG_HOME": str(config), "VIRTUAL_ENV": ""}
        locked = await desk.run("uv", "lock", **own)
        assert locked.code == 0, locked.said
        ours = (desk.folder / "uv.lock").read_text(encoding="utf-8")
        assert (desk.folder / "pyproject.toml").read_text(encoding="utf-8") == project
        assert 'version = "2.0+cpu"' in ours, "its young release is held back like any other"
        assert (await desk.directly("uv", "lock", UV_NO_CONFIG="false")).code == 0
        assert (desk.folder / "uv.lock").read_text(encoding="utf-8") == ours
        synced = await desk.run("uv", "sync", "--frozen", **own)
        assert synced.code == 0, synced.said
        assert (desk.folder / "uv.lock").read_text(encoding="utf-8") == ours
        assert "torchlook-2.0+cpu-py3-none-any.whl" in (await desk.run("log", "tail", **own)).said


async def test_the_users_own_cooldown_is_kept_in_the_lock(desk: Desk) -> None:
    cooldown = '[tool.uv]\nexclude-newer = "2025-01-01T00:00:00Z"\n'
    (desk.folder / "pyproject.toml").write_text(PROJECT.replace('["parentlook"]', "[]") + cooldown, encoding="utf-8")
    assert (await desk.run("uv", "lock")).code == 0
    assert 'exclude-newer = "2025-01-01T00:00:00Z"' in (desk.folder / "uv.lock").read_text(encoding="utf-8")


async def test_what_a_local_folder_brought_is_named_recorded_and_makes_the_exit_code(
    desk: Desk, tmp_path: Path
) -> None:
    name, data = wheel("locallook", "1.0")
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / name).write_bytes(data)
    links = ("--find-links", str(tmp_path / "wheels"))
    for client in (("pip",), ("uv", "pip")):
        target = tmp_path / client[0]
        ended = await desk.run(*client, "install", "--target", str(target), *links, "locallook", "llmlook")
        assert ended.code == 13, ended.said
        assert "past the gate  locallook 1.0   a file" in ended.said
        assert "llmlook 1.82.6   a" not in ended.said
    assert "came-elsewhere  locallook 1.0 (file)" in (await desk.run("log", "tail")).said
    ended = await desk.run("pip", "install", "--target", str(tmp_path / "direct"), str(tmp_path / "wheels" / name))
    assert (ended.code, f"a file from file://{tmp_path}" in ended.said) == (13, True), ended.said
    assert (await desk.log("verify"))["intact"] is True


async def test_an_index_that_keeps_silent_ends_in_our_exit_code_with_its_sentence(desk: Desk) -> None:
    ended = await desk.run("pip", "download", "x", PIP_INDEX_URL="http://127.0.0.1:9/simple/")
    assert ended.code == 12, ended.said
    assert "\nindex public: index public broke off: " in ended.said


async def test_a_command_of_a_package_runs_outside_with_its_own_words(desk: Desk) -> None:
    (desk.folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    asked = "os.environ.get('HTTP_PROXY'), os.environ.get('UV_DEFAULT_INDEX') == os.environ['INDEX']"
    show = f"import os, sys, llmlook; print(sys.argv, {asked})"
    own = {"VIRTUAL_ENV": "", "INDEX": desk.index}
    for words in (("uv", "run", "python"), ("uv", "run", "--no-project", "--with", "llmlook", "python")):
        ended = await desk.run(*words, "-c", show, "-f", "--index", "https://index.example/", **own)
        assert ended.code == 0, ended.said
        assert "['-c', '-f', '--index', 'https://index.example/'] None True" in ended.said
    script = desk.folder / "s.py"
    script.write_text(
        '# /// script\n# dependencies = ["llmlook"]\n# ///\n' + show + "\nsys.exit(5)\n", encoding="utf-8"
    )
    ended = await desk.run("uv", "run", "s.py", "a", **own)
    assert (ended.code, "['s.py', 'a'] None True" in ended.said) == (5, True), ended.said
    ended = await desk.run("uvx", "--from", "llmlook", "python", "-c", show, "-f", **own)
    assert (ended.code, "['-c', '-f'] None True" in ended.said) == (0, True), ended.said
    assert sorted(path.name for path in desk.folder.iterdir()) == [".venv", "pyproject.toml", "s.py", "uv.lock"]


async def test_a_wrapper_that_is_killed_leaves_nothing_that_the_next_command_does_not_put_right(
    desk: Desk, tmp_path: Path
) -> None:
    text = PROJECT + f'[[tool.uv.index]]\nurl = "{desk.index}"\ndefault = true\n'
    project = desk.folder / "pyproject.toml"
    project.write_text(text, encoding="utf-8")
    assert (await desk.run("uv", "lock")).code == 0
    lock = (desk.folder / "uv.lock").read_bytes()
    ready = tmp_path / "ready"
    client = tmp_path / "bin" / "uv"
    client.parent.mkdir()
    client.write_text(f"#!/bin/sh\necho $$ > {ready}.part\nmv {ready}.part {ready}\nexec sleep 60\n", encoding="utf-8")
    client.chmod(0o755)
    path = f"{client.parent}{os.pathsep}{desk.variables['PATH']}"
    running = asyncio.ensure_future(desk.run("uv", "lock", PATH=path))
    while not ready.exists():  # noqa: ASYNC110 - another program makes it, and tells nobody
        await asyncio.sleep(0.05)
    assert "gate.pratique.invalid" in project.read_text(encoding="utf-8")
    [journal] = (tmp_path / "home/runs").glob("*.json")
    os.kill(json.loads(journal.read_bytes())["pid"], signal.SIGKILL)
    ended = await desk.run("uv", "lock", "--check")
    assert ended.code == 0, ended.said
    assert f"put right what a run that was killed left in {project}" in ended.said
    assert (project.read_text(encoding="utf-8"), (desk.folder / "uv.lock").read_bytes()) == (text, lock)
    assert list((tmp_path / "home/runs").glob("*.json")) == []
    assert (await running).code == -signal.SIGKILL
