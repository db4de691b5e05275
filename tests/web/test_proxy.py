"""The gate as the proxy of a client: it answers for itself, and for no other host that the policy does not name."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from pratique.app import open_world
from pratique.flow.observer import Unobserved
from pratique.flow.urls import ORIGIN
from pratique.flow.world import World
from pratique.model.event import AskedElsewhere, decode
from pratique.model.scope import Actor, ActorKind
from pratique.policy.load import load
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.web.operations import Operations
from pratique.web.serve import serving

POLICY = (
    '[elsewhere]\nhosts = [{hosts}]\n[cooldown]\nworkstation = "3 days"\n[fixed-bytes]\n[malware]\nmalicious = "deny"\n'
)


@dataclass(slots=True)
class Heard(Unobserved):
    """The hosts it was told of."""

    hosts: list[tuple[str, bool]] = field(default_factory=list)

    def elsewhere(self, host: str, *, let_through: bool) -> None:
        self.hosts.append((host, let_through))


@dataclass(frozen=True, slots=True)
class Proxy:
    """A gate, spoken to byte by byte."""

    world: World
    heard: Heard
    port: int

    async def say(self, text: str, then: bytes = b"") -> str:
        """All that the gate answers to one request, and to what is sent behind it once it answered."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(text.replace("\n", "\r\n").encode())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        writer.write(then)
        if then:
            writer.write_eof()
        while piece := await asyncio.wait_for(reader.read(65536), 10):
            answer += piece
        writer.close()
        return answer.decode()

    async def get(self, url: str) -> str:
        return await self.say(f"GET {url} HTTP/1.1\nHost: whatever.example\nConnection: close\n\n")

    async def connect(self, host: str, then: bytes = b"") -> str:
        return await self.say(f"CONNECT {host} HTTP/1.1\nHost: {host}\n\n", then)

    async def recorded(self) -> list[tuple[str, bool]]:
        entries = await self.world.store.entries(0, await self.world.store.size())
        events = [decode(entry) for entry in entries]
        return [(event.host, event.let_through) for event in events if isinstance(event, AskedElsewhere)]


Opens = Callable[[str], AsyncIterator[Proxy]]


@asynccontextmanager
async def opened(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, hosts: str, *, for_many: bool = False
) -> AsyncIterator[Proxy]:
    heard = Heard()
    upstreams = {"public": SimulatedUpstream("public", index)}
    policy = load(POLICY.format(hosts=hosts))
    async with (
        open_world(settings, clock=clock, upstreams=upstreams, policy=policy, observer=heard) as world,
        serving(
            world,
            "127.0.0.1",
            0,
            Actor(ActorKind.HUMAN, "annabel.quarrington"),
            Operations(clock) if for_many else None,
        ) as gate,
    ):
        yield Proxy(world, heard, int(gate.url.rpartition(":")[2]))


@pytest.fixture
async def proxy(settings: Settings, clock: SimulatedClock, index: SimulatedIndex) -> AsyncIterator[Proxy]:
    async with opened(settings, clock, index, "") as proxy:
        yield proxy


async def test_its_constant_origin_and_its_own_address_are_answered_in_absolute_form(proxy: Proxy) -> None:
    direct = await proxy.get("/simple/parentlook/")
    assert direct.startswith("HTTP/1.1 200")
    for origin in (ORIGIN, ORIGIN.upper().replace("HTTP", "http"), f"http://127.0.0.1:{proxy.port}"):
        through = await proxy.get(f"{origin}/simple/parentlook/")
        assert through.partition("\r\n\r\n")[2] == direct.partition("\r\n\r\n")[2]
    assert proxy.heard.hosts == []


async def test_a_document_with_absolute_urls_is_in_the_words_of_whoever_asked(proxy: Proxy) -> None:
    assert f'"url":"{ORIGIN}/files/public/' in await proxy.get(f"{ORIGIN}/pypi/llmlook/1.82.6/json")
    assert f'"url":"http://127.0.0.1:{proxy.port}/files/public/' in await proxy.get("/pypi/llmlook/1.82.6/json")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://index.example/simple/llmlook/", "index.example:80"),
        ("http://index.example:8080/simple/llmlook/", "index.example:8080"),
        (f"{ORIGIN}.example/simple/llmlook/", "gate.pratique.invalid.example:80"),
        (f"{ORIGIN}:8080/simple/llmlook/", "gate.pratique.invalid:8080"),
        ("http://gate.pratique.invalid@index.example/simple/llmlook/", "index.example:80"),
        ("http://127.0.0.1/simple/llmlook/", "127.0.0.1:80"),
        ("http://index.example/-/health", "index.example:80"),
    ],
)
async def test_another_host_is_answered_421_told_and_recorded(proxy: Proxy, url: str, host: str) -> None:
    answer = await proxy.get(url)
    assert answer.startswith(
        f"HTTP/1.1 421 Pratique: this gate does not answer for {host}. name an index in the settings"
    )
    assert proxy.heard.hosts == [(host, False)]
    assert await proxy.recorded() == [(host, False)]


async def test_a_tunnel_is_refused_told_and_recorded_once(proxy: Proxy) -> None:
    for _ in range(3):
        answer = await proxy.connect("index.example:443")
        assert answer.startswith("HTTP/1.1 403 Pratique: this gate lets nothing through to index.example:443. ")
    assert proxy.heard.hosts == [("index.example:443", False)] * 3
    assert await proxy.recorded() == [("index.example:443", False)]


async def test_what_is_no_host_at_all_is_refused_too(proxy: Proxy) -> None:
    for host in ("nonsense", "index.example:0", "index.example:99999999", "[::1]:443", "x" * 3000):
        assert (await proxy.connect(host)).startswith(("HTTP/1.1 403", "HTTP/1.1 400", "HTTP/1.0 400"))


async def test_a_tunnel_to_a_host_that_the_policy_names_carries_bytes_both_ways(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece.upper())
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with opened(settings, clock, index, f'"127.0.0.1:{port}", "git.example"') as proxy:
            sent = b"GET /simple/llmlook/ HTTP/1.1\r\n\r\n" + b"x" * 3_000_000
            answer = await proxy.connect(f"127.0.0.1:{port}", sent)
            assert answer == "HTTP/1.1 200 Connection established\r\n\r\n" + sent.decode().upper()
            assert (await proxy.connect("git.example:80")).startswith("HTTP/1.1 403")
            assert await proxy.recorded() == [(f"127.0.0.1:{port}", True), ("git.example:80", False)]


async def test_a_gate_for_many_is_no_way_to_the_hosts_that_its_policy_names(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with opened(settings, clock, index, f'"{host}"', for_many=True) as proxy:
            assert (await proxy.connect(host)).startswith("HTTP/1.1 403")
            assert await proxy.recorded() == [(host, False)]


async def test_a_named_host_that_cannot_be_reached_is_said(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    async with opened(settings, clock, index, '"127.0.0.1:1"') as proxy:
        answer = await proxy.connect("127.0.0.1:1")
        assert answer.startswith("HTTP/1.1 424 Pratique: 127.0.0.1 cannot be reached")
