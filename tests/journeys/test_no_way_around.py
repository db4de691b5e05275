"""No way around: with the reading of configuration switched off, the wall and the proxy alone keep a real client to its gate."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import wheel
from tests.conftest import DAY
from tests.journeys.conftest import Clients, Ended, Gate

pytestmark = pytest.mark.journey

BLIND = (
    "import sys; from pratique.adapters.clients.wrapping import Wrapping; Wrapping.refuse_others = lambda *_: None; "
    "from pratique.adapters.clients import pip, uv, poetry; from pratique.cli.main import main; main()"
)
"""Pratique with eyes shut: nothing that it reads refuses a run."""
PROJECT = '[project]\nname = "desklook"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["llmlook"]\n'
SCRIPT = '# /// script\n# dependencies = ["llmlook"]\n# [[tool.uv.index]]\n# url = "{other}"\n# ///\n'
LOCK = """version = 1
requires-python = ">=3.11"
[[package]]
name = "desklook"
version = "0"
source = {{ virtual = "." }}
dependencies = [{{ name = "llmlook" }}]
[[package]]
name = "llmlook"
version = "9.0"
source = {{ registry = "{other}" }}
wheels = [{{ url = "{files}/llmlook-9.0-py3-none-any.whl", hash = "sha256:{digest}" }}]
"""
INDEX = '[[tool.uv.index]]\nname = "other"\nurl = "{other}"\n'
SOURCES = '[tool.uv.sources]\nllmlook = {{ index = "other" }}\n'


class Around:
    """A project folder, the index of this machine, and another one that nobody may be asked."""

    def __init__(self, folder: Path, index: str, gate: Gate, clients: Clients) -> None:
        self.folder = folder
        self._index = index
        self._gate = gate
        self._clients = clients
        self.asked = 0

    async def run(self, *arguments: str, variables: dict[str, str], blind: bool = True) -> Ended:
        own = {
            "HOME": str(self.folder.parent),
            "PRATIQUE_HOME": str(self.folder.parent / "pratique"),
            "PATH": f"{self._clients.folder / 'current/bin'}:/usr/bin:/bin",
            "VIRTUAL_ENV": str(self._clients.folder / "current"),
            "PIP_INDEX_URL": self._index,
            "UV_DEFAULT_INDEX": self._index,
            "UV_NO_CONFIG": "",
            "UV_HTTP_RETRIES": "0",
            "PIP_RETRIES": "0",
        }
        start = ["-c", BLIND] if blind else ["-m", "pratique"]
        return await self._gate.run(sys.executable, *start, *arguments, cwd=self.folder, **{**own, **variables})


@pytest.fixture
async def around(tmp_path: Path, gate: Gate, clients: Clients) -> AsyncIterator[Around]:
    from pratique.adapters.system import SystemClock

    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    index.add("llmlook", wheel("llmlook", "1.0"), now - 400 * DAY)
    folder = tmp_path / "project"
    folder.mkdir()
    async with serving(index) as url:
        yield Around(folder, url, gate, clients)


WAYS: dict[str, tuple[list[str], dict[str, str], dict[str, str]]] = {
    "pip, an option": (["pip", "download", "--no-deps", "--extra-index-url", "{other}", "llmlook"], {}, {}),
    "pip, the index": (["pip", "download", "--no-deps", "--index-url={other}", "llmlook"], {}, {}),
    "pip, abbreviated": (["pip", "download", "--no-deps", "--extra-i", "{other}", "llmlook"], {}, {}),
    "pip, clustered": (["pip", "download", "--no-deps", "-qi", "{other}", "llmlook"], {}, {}),
    "pip, links": (["pip", "download", "--no-deps", "-f", "{other}llmlook/", "llmlook"], {}, {}),
    "pip, isolated": (["pip", "--isolated", "download", "--no-deps", "-i", "{other}", "llmlook"], {}, {}),
    "pip, a proxy": (["pip", "--proxy={origin}", "download", "--no-deps", "llmlook"], {}, {}),
    "pip, a file": (
        ["pip", "download", "--no-deps", "-r", "r.txt"],
        {"r.txt": "--extra-index-url {other}\nllmlook\n"},
        {},
    ),
    "pip, a file in a file": (
        ["pip", "download", "--no-deps", "-r", "r.txt"],
        {"r.txt": "-r a.txt\n", "a.txt": "-r b.txt\n", "b.txt": "-i {other}\nllmlook\n"},
        {},
    ),
    "pip, a variable": (["pip", "download", "--no-deps", "llmlook"], {}, {"PIP_EXTRA_INDEX_URL": "{other}"}),
    "pip, the user's file": (
        ["pip", "download", "--no-deps", "llmlook"],
        {"../.config/pip/pip.conf": "[global]\nextra-index-url = {other}\n"},
        {"PIP_CONFIG_FILE": ""},
    ),
    "pip, a direct file": (["pip", "download", "--no-deps", "{origin}/llmlook-9.0-py3-none-any.whl"], {}, {}),
    "pip, proxies": (["pip", "download", "--no-deps", "llmlook"], {}, {"no_proxy": "*", "PIP_PROXY": "{origin}"}),
    "uv, an option": (["uv", "pip", "compile", "r.in", "--index", "{other}"], {"r.in": "llmlook\n"}, {}),
    "uv, the index": (["uv", "pip", "compile", "r.in", "--default-index={other}"], {"r.in": "llmlook\n"}, {}),
    "uv, links": (["uv", "pip", "compile", "r.in", "-f{other}llmlook/"], {"r.in": "llmlook\n"}, {}),
    "uv, a file": (["uv", "pip", "compile", "r.in"], {"r.in": "--extra-index-url {other}\nllmlook\n"}, {}),
    "uv, a variable": (["uv", "pip", "compile", "r.in"], {"r.in": "llmlook\n"}, {"UV_INDEX": "{other}"}),
    "uv, no proxy": (["uv", "pip", "compile", "r.in"], {"r.in": "llmlook\n"}, {"NO_PROXY": "*", "UV_INDEX": "{other}"}),
    "uv, the project": (["uv", "lock"], {"pyproject.toml": PROJECT + INDEX}, {}),
    "uv, sources": (["uv", "lock"], {"pyproject.toml": PROJECT + INDEX + "explicit = true\n" + SOURCES}, {}),
    "uv, another folder": (["uv", "--directory", "sub", "lock"], {"sub/pyproject.toml": PROJECT + INDEX}, {}),
    "uv, a configuration": (
        ["uv", "--config-file", "own.toml", "lock"],
        {"pyproject.toml": PROJECT, "own.toml": '[[index]]\nurl = "{other}"\n'},
        {},
    ),
    "uv, the user's file": (
        ["uv", "lock"],
        {"pyproject.toml": PROJECT, "../.config/uv/uv.toml": '[[index]]\nname = "x"\nurl = "{other}"\n'},
        {},
    ),
    "uv, a script": (["uv", "lock", "--script", "s.py"], {"s.py": SCRIPT}, {}),
    "uv, a lock": (["uv", "sync", "--frozen"], {"pyproject.toml": PROJECT, "uv.lock": LOCK}, {}),
    "uv, a lock in other words": (
        ["uv", "sync", "--frozen"],
        {
            "pyproject.toml": PROJECT,
            "uv.lock": LOCK.replace('source = {{ registry = "{other}" }}', "source.registry = '{other}'"),
        },
        {},
    ),
    "poetry, a source": (
        ["poetry", "lock"],
        {
            "pyproject.toml": PROJECT
            + '[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "o"\nurl = "{other}"\n'
        },
        {},
    ),
    "poetry, another folder": (
        ["poetry", "-C", "sub", "lock"],
        {"sub/pyproject.toml": PROJECT + '[[tool.poetry.source]]\nname = "o"\nurl = "{other}"\n'},
        {},
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_another_index_is_never_asked_however_it_is_named(way: str, around: Around) -> None:
    arguments, files, variables = WAYS[way]
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.readline()
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        said = {"origin": origin, "other": f"{origin}/simple/", "files": f"{origin}/files", "digest": "0" * 64}
        for name, content in files.items():
            path = around.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content.format(**said), encoding="utf-8")
        spelled = [each.format(**said) for each in arguments]
        told = {name: value.format(**said) for name, value in variables.items()}
        ended = await around.run(*spelled, variables=told)
        assert asked == 0, ended.said
        if way != "pip, proxies":
            refused = await around.run(*spelled, variables=told, blind=False)
            assert refused.code == 2, refused.said
            assert f"127.0.0.1:{said['origin'].rpartition(':')[2]}" in refused.said or "no proxy" in refused.said
        assert asked == 0
    assert (around.folder / "pyproject.toml").exists() is ("pyproject.toml" in files)
    for name, content in files.items():
        assert (around.folder / name).read_text(encoding="utf-8") == content.format(**said)
