"""Real clients, each in an environment of its own, made once and kept in pytest's cache."""

import asyncio
import json
import os
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pratique.adapters.clients import default_index
from pratique.app import open_world
from pratique.cli.notices import Notices
from pratique.flow.record.replay import replay
from pratique.flow.world import World
from pratique.model.event import Decided, decode
from pratique.model.scope import Actor, ActorKind
from pratique.settings import IndexOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import metadata, sdist, wheel
from pratique.web.serve import running
from tests.conftest import DAY, NOW

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_MAX = 240


@dataclass(frozen=True, slots=True)
class Ended:
    """How a client ended, and all it said."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Clients:
    """Where each client is."""

    folder: Path

    def python(self, name: str) -> str:
        return str(self.folder / name / "bin" / "python")

    @property
    def path(self) -> str:
        """Folders in which they are found, with those of the system behind them."""
        return os.pathsep.join([*(str(self.folder / each / "bin") for each in ("current", "pdm")), os.defpath])

    def binary(self, name: str) -> str:
        return str(self.folder / ("pdm" if name == "pdm" else "current") / "bin" / name)


async def ran(*command: str, cwd: Path, environment: dict[str, str]) -> Ended:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), SECONDS_MAX)
    return Ended(process.returncode or 0, said.decode(errors="replace"))


def made(folder: Path, name: str, *arguments: str) -> None:
    """Make an environment with a client in it, unless it is there and was made of the same."""
    target = folder / name
    lists = [Path(each).read_text(encoding="utf-8") for each in arguments if each.endswith(".txt")]
    made_of = "\n".join([*arguments, *lists])
    ready = target / "ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == made_of:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(target)], check=True, timeout=SECONDS_MAX)
    command = [str(target / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, timeout=SECONDS_MAX)
    ready.write_text(made_of, encoding="utf-8")


@pytest.fixture(scope="session")
def clients(request: pytest.FixtureRequest) -> Clients:
    """The current pip, pipx, Poetry and uv, and others apart from them.

    These are pdm, whose parts do not go together with theirs, pip 23.2, and pip 25.3, which cannot read the requires_python_note.
    """
    folder = Path(request.config.cache.mkdir("clients"))
    made(folder, "current", "--require-hashes", "-r", str(ROOT / "requirements/clients.txt"))
    made(folder, "pdm", "--require-hashes", "-r", str(ROOT / "requirements/pdm.txt"))
    made(folder, "pip-23.2", "pip==23.2")
    made(folder, "pip-25.3", "pip==25.3")
    return Clients(folder)


def shape(index: SimulatedIndex) -> None:
    """What the journeys install: releases in and out of an attack window, parents, extras, previews, yanks, sources."""
    old, young = NOW - 400 * DAY, NOW - timedelta(hours=6)
    for version, at in (("1.82.5", NOW - 430 * DAY), ("1.82.6", old), ("1.82.8", young)):
        hosted = index.add("llmlook", wheel("llmlook", version), at)
        hosted.core_metadata = metadata("llmlook", version)
    parent = {"requires": ["llmlook>=1.64", 'sidelook; extra == "side"'], "extras": ["side"]}
    index.add("parentlook", wheel("parentlook", "1.0", **parent), old)  # type: ignore[arg-type]  # the keywords of wheel
    index.add("pinlook", wheel("pinlook", "1.0", requires=["llmlook==1.82.8"]), old)
    index.add("sidelook", wheel("sidelook", "0.3"), old)
    index.add("prelook", wheel("prelook", "1.0"), old)
    index.add("prelook", wheel("prelook", "2.0rc1"), old + DAY)
    index.add("yanklook", wheel("yanklook", "1.0"), old)
    index.add("yanklook", wheel("yanklook", "1.1"), old + DAY)
    index.yank("yanklook-1.1-py3-none-any.whl", old + 2 * DAY, "breaks on Windows")
    index.add("sdlook", sdist("sdlook", "1.0"), old)
    index.add("latelook", wheel("latelook", "0.9"), old)
    index.add("latelook", sdist("latelook", "1.0"), old)
    index.add("latelook", wheel("latelook", "1.0"), young)
    for version, at in (("1.0rc1", old), ("1.0", old), ("2.0rc1", old), ("2.0", young)):
        index.add("besidelook", wheel("besidelook", version), at)
    for version, at in (("1.0b1", old), ("1.0", young)):
        index.add("firstlook", wheel("firstlook", version), at)
    index.add("escapelook", wheel("escapelook", "1.0+cpu"), old, escapes=True, query="?sig=a%2Bb")


class Gate:
    """A gate, and clients run against it."""

    def __init__(self, world: World, url: str, clients: Clients, scratch: Path, notices: Notices) -> None:
        self.world = world
        self.url = url
        self.clients = clients
        self.scratch = scratch
        self.notices = notices
        self._count = 0

    @property
    def simple(self) -> str:
        return f"{self.url}/simple/"

    def folder(self) -> Path:
        self._count += 1
        folder = self.scratch / str(self._count)
        folder.mkdir()
        return folder

    async def run(self, *command: str, cwd: Path | None = None, **variables: str) -> Ended:
        """Run a client with no configuration but this gate."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "POETRY_"))}  # noqa: TID251 - a child needs the environment
        environment = {
            **kept,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.simple,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_DEFAULT_INDEX": self.simple,
            "UV_NO_CACHE": "1",
            "UV_NO_CONFIG": "1",
            "UV_PYTHON": sys.executable,
            "NO_COLOR": "1",
            "COLUMNS": "400",
            **variables,
        }
        return await ran(*command, cwd=cwd or self.scratch, environment=environment)

    async def pip(self, which: str, *arguments: str) -> tuple[Ended, set[str]]:
        """`pip install` into a fresh folder; what is in it then."""
        target = self.folder()
        command = (self.clients.python(which), "-m", "pip", "install", "--target", str(target), *arguments)
        ended = await self.run(*command)
        return ended, {path.name.removesuffix(".dist-info") for path in target.glob("*.dist-info")}

    async def uv(self, *arguments: str) -> tuple[Ended, set[str]]:
        """`uv pip install` into a fresh folder; what is in it then."""
        target = self.folder()
        ended = await self.run(self.clients.binary("uv"), "pip", "install", "--target", str(target), *arguments)
        return ended, {path.name.removesuffix(".dist-info") for path in target.glob("*.dist-info")}

    async def every_decision_replays(self) -> int:
        """Decide again everything in the ledger; how much that was."""
        count = 0
        for place, entry in enumerate(await self.world.store.entries(0, await self.world.store.size())):
            if isinstance(decode(entry), Decided):
                assert (await replay(self.world.store, place)).differences == ()
                count += 1
        return count


class Account:
    """Somebody's home with a project in it, where Pratique and the clients run as they do for a person.

    Without an `index` the clients ask the one that this machine's configuration names.
    """

    def __init__(self, folder: Path, clients: Clients, index: str = "") -> None:
        self.home = folder / "account"
        self.project = self.home / "project"
        self.project.mkdir(parents=True)
        self.clients = clients
        self.environment = {
            "HOME": str(self.home),
            "PATH": clients.path,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "PDM_CHECK_UPDATE": "0",
            "POETRY_VIRTUALENVS_IN_PROJECT": "true",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "NO_COLOR": "1",
            "COLUMNS": "400",
        }
        if index:
            self.environment |= {
                "PIP_INDEX_URL": index,
                "UV_DEFAULT_INDEX": index,
                "PDM_PYPI_URL": index.rstrip("/"),
                "XDG_CONFIG_DIRS": str(folder / "none"),
            }

    def settings(self, text: str) -> Path:
        """Write the settings of Pratique for this account."""
        path = self.home / ".config/pratique/pratique.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    async def alone(self, client: str, *arguments: str, **variables: str) -> Ended:
        """Run a client without Pratique."""
        return await self.run(self.clients.binary(client), *arguments, **variables)

    async def pratique(self, *arguments: str, **variables: str) -> Ended:
        return await self.run(sys.executable, "-m", "pratique", *arguments, **variables)

    async def run(self, *command: str, **variables: str) -> Ended:
        return await ran(*command, cwd=self.project, environment={**self.environment, **variables})

    async def intact(self) -> bool:
        """Whether the record is as it was written."""
        verified = await self.pratique("log", "verify", "--json")
        return json.loads(verified.said)["intact"] is True

    def holding(self, *texts: str) -> list[Path]:
        """The files of this home in which one of these texts stands, as it is or packed by gzip."""
        found = []
        for path in sorted(self.home.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            data = path.read_bytes()
            if data.startswith(b"\x1f\x8b"):
                data += zlib.decompressobj(wbits=31).decompress(data)
            if any(text.encode() in data for text in texts):
                found.append(path)
        return found


@pytest.fixture
async def gate(tmp_path: Path, clients: Clients) -> AsyncIterator[Gate]:
    """A gate in front of the simulator, during an attack window. At its end every decision is made again."""
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    shape(index)
    upstreams = {"public": SimulatedUpstream("public", index)}
    settings = Settings(home=str(tmp_path / "home"))
    (tmp_path / "scratch").mkdir()
    notices = Notices()
    async with (
        open_world(settings, clock=clock, upstreams=upstreams, observer=notices) as world,
        running(world, "127.0.0.1", 0, Actor(ActorKind.HUMAN, "journey")) as url,
    ):
        gate = Gate(world, url, clients, tmp_path / "scratch", notices)
        yield gate
        await gate.every_decision_replays()


@pytest.fixture
async def real(tmp_path: Path, clients: Clients) -> AsyncIterator[Gate]:
    """A gate in front of the index this machine uses."""
    settings = Settings(home=str(tmp_path / "home"), index={"public": IndexOptions(url=default_index())})
    (tmp_path / "scratch").mkdir()
    notices = Notices()
    async with (
        open_world(settings, observer=notices) as world,
        running(world, "127.0.0.1", 0, Actor(ActorKind.HUMAN, "journey")) as url,
    ):
        gate = Gate(world, url, clients, tmp_path / "scratch", notices)
        yield gate
        await gate.every_decision_replays()
