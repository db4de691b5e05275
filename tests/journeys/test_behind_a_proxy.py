"""A company's proxy that wants a password: the gate asks its indexes through it, the client asks nobody but the gate.

The proxy is one of a few lines that does what they all do: it forwards plain HTTP, opens tunnels for HTTPS, and refuses with 407
whoever does not bring its password.
"""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pratique.adapters.clients import HOST, default_index
from pratique.adapters.clock import SystemClock
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import metadata, wheel
from tests.conftest import DAY
from tests.journeys.conftest import Account, Clients

pytestmark = pytest.mark.journey

LOGIN = "ann:SECRET-of-ann"
SECRETS = ("SECRET", b64encode(LOGIN.encode()).decode())
EVIDENCE_MISSING = 12
CLIENTS = pytest.mark.parametrize(
    "words",
    [
        "pip install --target t toollook",
        "uv pip install --target t toollook",
        "uv add toollook",
        "pdm add --no-self toollook",
        "pipx install toollook",
        "uvx toollook",
    ],
)
PROJECT = '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11,<4"\n'


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came to the proxy."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass
class Proxy:
    """A proxy on loopback, and what it was asked."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    def variables(self, login: str = LOGIN) -> dict[str, str]:
        """What tells programs of it, in each spelling, with pip's own besides."""
        url = f"http://{login}@127.0.0.1:{self.port}"
        return dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "PIP_PROXY"), url)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")[:-2]
            method, target, _ = first.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            self.asked.append(Asked(method, target, headers))
            if headers.get("proxy-authorization") != f"Basic {SECRETS[1]}":
                writer.write(
                    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n'
                    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            if method == "CONNECT":
                await self._tunnel(reader, writer, target)
            else:
                await self._forward(writer, method, target, headers)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str) -> None:
        host, _, port = target.rpartition(":")
        there, back = await asyncio.open_connection(host, int(port))
        with contextlib.closing(back):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            both = [asyncio.ensure_future(_poured(reader, back)), asyncio.ensure_future(_poured(there, writer))]
            await asyncio.wait(both)

    async def _forward(self, writer: asyncio.StreamWriter, method: str, target: str, headers: dict[str, str]) -> None:
        parts = urlsplit(target)
        there, back = await asyncio.open_connection(parts.hostname, parts.port or 80)
        kept = {name: value for name, value in headers.items() if not name.startswith(("proxy-", "connection"))}
        lines = [f"{name}: {value}" for name, value in {**kept, "connection": "close"}.items()]
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with contextlib.closing(back):
            back.write("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1"))
            await _poured(there, writer)


async def _poured(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        target.write_eof()


@asynccontextmanager
async def standing() -> AsyncIterator[Proxy]:
    proxy = Proxy()
    async with await asyncio.start_server(proxy.answer, "127.0.0.1", 0) as server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with standing() as proxy:
        yield proxy


@pytest.fixture
async def account(tmp_path: Path, clients: Clients) -> AsyncIterator[Account]:
    """An account whose clients ask a simulated index, which lies beyond the proxy."""
    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    entry = {"toollook-1.0.dist-info/entry_points.txt": "[console_scripts]\ntoollook = toollook:main\n"}
    files = {"toollook/__init__.py": "def main():\n    print('here')\n", **entry}
    index.add("toollook", wheel("toollook", "1.0", files), now - 400 * DAY).core_metadata = metadata("toollook", "1.0")
    async with serving(index) as url:
        account = Account(tmp_path, clients, url)
        (account.project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        yield account


@CLIENTS
async def test_the_gate_asks_through_the_proxy_and_the_client_does_not(
    words: str, account: Account, proxy: Proxy
) -> None:
    ended = await account.pratique(*words.split(), **proxy.variables())
    assert ended.code == 0, ended.said
    index = urlsplit(account.environment["UV_DEFAULT_INDEX"]).netloc
    assert {(urlsplit(each.target).netloc, each.headers["user-agent"].partition("/")[0]) for each in proxy.asked} == {
        (index, "pratique")
    }
    assert any(each.target.endswith("/toollook-1.0-py3-none-any.whl") for each in proxy.asked)
    assert not any(secret in ended.said for secret in SECRETS), ended.said
    assert account.holding(*SECRETS, HOST) == []


@CLIENTS
async def test_a_proxy_that_refuses_is_named(words: str, account: Account, proxy: Proxy) -> None:
    ended = await account.pratique(*words.split(), **proxy.variables(LOGIN[:-1]))
    assert ended.code == EVIDENCE_MISSING, ended.said
    sentence = "the proxy to index public wants other credentials than this gate has (407)"
    advice = "check the user and the password in HTTP_PROXY and HTTPS_PROXY"
    assert f"\nindex public: {sentence}; {advice}\n" in ended.said
    assert proxy.asked != []
    assert "SECRET" not in ended.said
    assert account.holding("SECRET") == []


@pytest.mark.parametrize("words", ["pip install --target t idna==3.10", "uv add idna==3.10", "poetry add idna==3.10"])
async def test_the_real_index_is_reached_through_tunnels_of_the_gates_own(
    words: str, tmp_path: Path, clients: Clients, proxy: Proxy
) -> None:
    if not default_index().startswith("https:"):
        pytest.skip("this machine's index is asked without TLS, so there is no tunnel to it")
    account = Account(tmp_path, clients)
    (account.project / "pyproject.toml").write_text(PROJECT + "[tool.poetry]\npackage-mode = false\n", encoding="utf-8")
    ended = await account.pratique(*words.split(), **proxy.variables())
    assert ended.code == 0, ended.said
    assert list(account.project.rglob("idna-3.10.dist-info")) != []
    assert {each.method for each in proxy.asked} == {"CONNECT"}
    assert f"{urlsplit(default_index()).hostname}:443" in {each.target for each in proxy.asked}
    assert {each.headers["user-agent"].partition("/")[0] for each in proxy.asked} == {"pratique"}
    assert not any(secret in ended.said for secret in SECRETS), ended.said
    assert account.holding(*SECRETS, HOST) == []


async def test_without_a_gate_the_client_would_have_asked_the_proxy_itself(account: Account, proxy: Proxy) -> None:
    """Or else the other tests show nothing: this is whom it asks when nobody stands around it."""
    ended = await account.run(
        account.clients.python("current"), "-m", "pip", "download", "toollook", **proxy.variables()
    )
    assert ended.code == 0, ended.said
    assert {each.headers["user-agent"].partition("/")[0] for each in proxy.asked} == {"pip"}
