"""No way around: another index is never asked, also where nothing that is read refuses the run and the wall alone holds.

Each way is gone three times, in a fresh folder each: by the client alone, which shows that the way leads there; through Pratique
with eyes shut, where the proxy and the wall are all there is; and, where it leads there, through Pratique as it is, which names
the place. Whoever listens there counts connections and has nothing to give.
"""

import asyncio
import logging
import os
import sys
import venv
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest

from pratique.adapters.clock import SystemClock
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import wheel
from tests.conftest import DAY
from tests.journeys.conftest import Clients, Ended, ran
from tests.journeys.ways import HOME, ORIGIN, OTHER, Way, every_way

pytestmark = pytest.mark.journey
_LOG = logging.getLogger(__name__)

BLIND = (
    "import sys; from pratique.adapters.clients.wrapping import Wrapping; Wrapping.refuse_others = lambda *_: None; "
    "from pratique.adapters.clients import pdm; pdm.in_files = lambda *_: ([], []); from pratique.cli.main import main; main()"
)
"""Pratique with eyes shut: nothing that it reads refuses a run."""
CLIENT = {"uvx": "uv"}
"""Names of programs by which a client is called too."""
LEADING: dict[str, dict[str, tuple[str, ...]]] = {
    "pip": {"pip": ("--index-url", "--extra-index-url", "--find-links")},
    "uv": dict.fromkeys(("uv lock", "uv pip compile"), ("--index", "--default-index", "--extra-index-url")),
    "poetry": {},
    "pdm": {},
    "pipx": {},
}
"""Options that surely lead to another index, in both spellings; or else the matrix shows nothing."""


_BUILT = [f"{whose} {what}" for whose in ("a build's", "an install's") for what in ("requirement", "backend", "client")]
WALL_ALONE = (*_BUILT, "a pylock")
"""Ends of the names of ways that the reading does not see: the wall holds them, and the client fails in its own words."""


Start: TypeAlias = Callable[[Sequence[str], Mapping[str, str]], tuple[str, ...]]
"""The command that goes a way, from its arguments and its environment."""


@dataclass
class Listener:
    """Whoever listens where nobody may ask; each way has a port of its own, so that a connection alone is told."""

    port: int
    asked: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.asked += 1
        await reader.readline()
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    listener = Listener(0)
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


@dataclass
class Matrix:
    """The index of this machine, the clients, and as many runs at a time as there are processors."""

    scratch: Path
    index: str
    clients: Clients
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))
    number: Iterator[int] = field(default_factory=count)

    async def gone(self, name: str, way: Way, start: Start) -> tuple[Ended, Listener]:
        """A way gone once: how the command ended, and who was asked."""
        async with self.turn, listening() as listener:
            home = self.scratch / f"{next(self.number)}"
            folder = home / "project"
            folder.mkdir(parents=True)

            def said(text: str) -> str:
                text = text.replace(OTHER, f"{listener.origin}/simple/").replace(ORIGIN, listener.origin)
                return text.replace(HOME, str(home))

            environment = self._environment(home)
            if any(path.startswith("../env/") for path in way.files):
                await asyncio.to_thread(self._environment_of_its_own, home / "env")
                environment["VIRTUAL_ENV"] = str(home / "env")
            for path, content in way.files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(said(content), encoding="utf-8")
            environment |= {variable: said(value) for variable, value in way.variables.items()}
            command = start([*map(said, way.arguments)], environment)
            ended = await ran(*command, cwd=folder, environment=environment)
            if refused(ended, listener):
                for path, content in way.files.items():
                    assert (folder / path).read_text(encoding="utf-8") == said(content), f"{name}: {path} was changed"
            return ended, listener

    def _environment(self, home: Path) -> dict[str, str]:
        own = self.clients.folder / "current"
        return {
            "HOME": str(home),
            "PRATIQUE_HOME": str(home / "pratique"),
            "PATH": self.clients.path,
            "VIRTUAL_ENV": str(own),
            "PIP_INDEX_URL": self.index,
            "PIP_RETRIES": "0",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_CACHE_DIR": "1",
            "UV_DEFAULT_INDEX": self.index,
            "PDM_PYPI_URL": self.index,
            "PDM_CHECK_UPDATE": "0",
            "UV_HTTP_RETRIES": "0",
            "UV_PYTHON": sys.executable,
            "UV_CACHE_DIR": str(home / "cache"),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "POETRY_CACHE_DIR": str(home / "poetry"),
            "XDG_CONFIG_DIRS": str(home / "none"),
            "NO_COLOR": "1",
            "COLUMNS": "400",
        }

    def _environment_of_its_own(self, folder: Path) -> None:
        """An environment with the clients of another one, and a configuration of its own."""
        venv.create(folder, with_pip=False)
        packages = next((folder / "lib").glob("python*/site-packages"))
        theirs = next((self.clients.folder / "current/lib").glob("python*/site-packages"))
        (packages / "clients.pth").write_text(f"{theirs}\n", encoding="utf-8")

    def alone(self, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
        """The client itself."""
        name, *rest = arguments
        if name == "pip":
            return str(Path(environment["VIRTUAL_ENV"]) / "bin/python"), "-m", "pip", *rest
        return self.clients.binary(name), *rest

    async def all_gone(self, ways: Mapping[str, Way], start: Start) -> dict[str, tuple[Ended, Listener]]:
        ended = await asyncio.gather(*(self.gone(name, way, start) for name, way in ways.items()))
        return dict(zip(ways, ended, strict=True))


def blind(arguments: Sequence[str], _: Mapping[str, str]) -> tuple[str, ...]:
    return sys.executable, "-c", BLIND, *arguments


def seeing(arguments: Sequence[str], _: Mapping[str, str]) -> tuple[str, ...]:
    return sys.executable, "-m", "pratique", *arguments


def refused(ended: Ended, listener: Listener) -> bool:
    """Whether Pratique itself named the place; uv ends with 2 and an address too, when it could not reach one."""
    ours = [line for line in ended.said.splitlines() if line.startswith("pratique: ")]
    return ended.code == 2 and any(f":{listener.port}" in line or "no proxy" in line for line in ours)


@pytest.fixture
async def matrix(tmp_path: Path, clients: Clients) -> AsyncIterator[Matrix]:
    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    index.add("llmlook", wheel("llmlook", "1.0"), now - 400 * DAY)
    async with serving(index) as url:
        yield Matrix(tmp_path, url, clients)


@pytest.mark.parametrize("client", ["pip", "uv", "poetry", "pdm", "pipx"])
async def test_another_index_is_never_asked_however_it_is_named(client: str, matrix: Matrix) -> None:
    every = every_way(matrix.clients.binary)
    assert len(every) >= 200
    ways = {name: way for name, way in every.items() if CLIENT.get(way.arguments[0], way.arguments[0]) == client}
    alone = await matrix.all_gone(ways, matrix.alone)
    leading = {name: ways[name] for name, (_, listener) in alone.items() if listener.asked}
    surely = {
        f"{words} {option}{sign}{OTHER}"
        for words, options in LEADING[client].items()
        for option in options
        for sign in " ="
    }
    assert surely <= set(leading)
    shut = await matrix.all_gone(ways, blind)
    assert {name: ended.said for name, (ended, listener) in shut.items() if listener.asked} == {}
    told = await matrix.all_gone(leading, seeing)
    assert {name: ended.said for name, (ended, listener) in told.items() if listener.asked} == {}
    silent = {name: ended for name, (ended, listener) in told.items() if not refused(ended, listener)}
    _LOG.info("%s: %d ways, of which %d lead the client there; let run: %s", client, len(ways), len(leading), [*silent])
    unnamed = [name for name, ended in silent.items() if ended.code and not name.endswith(WALL_ALONE)]
    assert unnamed == [], silent[unnamed[0]].said
