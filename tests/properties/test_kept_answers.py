"""A kept page is never given where a fresh one would differ, nor to anybody for whom what it holds back is not on record.

A gate that has answered before stands beside one that has not, over the same ledger, indexes and clock. Whatever happens in
between, both give the same answer, and the second finds nothing left to write down.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import aiohttp
import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pratique.app import open_world
from pratique.ecosystems.pypi.steering import python_of
from pratique.flow.gate.steer import steer
from pratique.flow.people.tokens import issue, requester_with
from pratique.flow.people.waivers import fresh_waiver_id, grant, revoke
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.load import default_policy, load
from pratique.settings import Settings, StoreOptions
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import sdist, wheel
from pratique.web.serve import Serving, running, serving
from tests.conftest import DAY, NOW

ANN = Actor(ActorKind.HUMAN, "ann")
LATE = "keptlook-2.0-py3-none-any.whl"
PLAIN = default_policy().text.partition("[[test]]")[0]
POLICIES = (
    PLAIN,
    PLAIN.replace('"3 days"', '"5 days"'),
    PLAIN.replace('workstation = { mode = "enforce" }', 'workstation = { mode = "warn" }'),
    PLAIN
    + '\n[[rule]]\nid = "young"\nwhen = "release.age < duration(\'100h\')"\nthen = "hold"\nwhy = "Young."\nuse = "another"\n',
)

Step: TypeAlias = tuple[str, object]


def _ask(scope: str, agent: str, accept: str, encoding: str, token: int, revalidates: bool) -> Step:  # noqa: FBT001 - a step as hypothesis makes it
    return "ask", (scope, agent, accept, encoding, token, revalidates)


asks = st.builds(
    _ask,
    st.sampled_from(["", "", "", "/ci"]),
    st.sampled_from(
        [
            'pip/26.3 {"python":"3.12.3"}',
            'pip/26.3 {"python":"3.8.1"}',
            'uv/0.9 {"python":"3.12.3"}',
            "pip/25.1",
            "curl/8",
        ]
    ),
    st.sampled_from(["application/vnd.pypi.simple.v1+json", "text/html"]),
    st.sampled_from(["gzip", "identity"]),
    st.integers(0, 2),
    st.booleans(),
)
advances = st.tuples(
    st.just("advance"),
    st.sampled_from(
        [
            timedelta(seconds=1),
            timedelta(minutes=1),
            timedelta(minutes=6),
            timedelta(minutes=10),
            timedelta(minutes=31),
            timedelta(hours=1),
            timedelta(hours=12),
            timedelta(days=1),
            timedelta(hours=65, minutes=40) - timedelta(seconds=1),
            timedelta(hours=65, minutes=40),
            timedelta(days=8),
            -timedelta(hours=1),
            -timedelta(minutes=6),
        ]
    ),
)
waivers = st.tuples(
    st.just("grant"), st.tuples(st.sampled_from([0, 1, 2]), st.sampled_from([timedelta(minutes=5), 2 * DAY]))
)
others = st.sampled_from(
    [
        ("revoke", None),
        ("use", None),
        ("upload", None),
        ("remove", None),
        ("yank", None),
        ("quarantine", None),
        ("bytes", None),
        ("odd", None),
        *(("policy", number) for number in range(len(POLICIES))),
    ]
)
steps = st.lists(asks | asks | asks | advances | waivers | others, min_size=4, max_size=24)


@dataclass(slots=True)
class Scene:
    """A gate with a memory, and what happens around it."""

    clock: SimulatedClock
    index: SimulatedIndex
    world: World
    gate: Serving
    session: aiohttp.ClientSession
    granted: list[str] = field(default_factory=list)
    etag: str = ""
    uploads: int = 0

    async def ask(self, scope: str, agent: str, accept: str, encoding: str, token: int, revalidates: bool) -> None:  # noqa: FBT001 - a step as hypothesis makes it
        headers = {"User-Agent": agent, "Accept": accept, "Accept-Encoding": encoding}
        if token and not scope:
            headers["Authorization"] = f"Bearer {'secret' * token}"
        if revalidates and self.etag:
            headers["If-None-Match"] = self.etag
        path = f"{scope}/simple/keptlook/"
        kept = await self._answer(self.gate.url + path, headers)
        size = await self.world.store.size()
        holder = "" if scope else "secret" * token
        requester = Requester(Scope(ScopeName(scope.strip("/") or "workstation")), ANN)
        if holder:
            requester = await requester_with(self.world, holder, agent, "")
        await steer(self.world, ProjectName("keptlook"), requester, runtime=python_of(agent))
        assert await self.world.store.size() == size, "something that is held back was not on record"
        async with running(self.world, "127.0.0.1", 0, ANN) as url:
            assert kept == await self._answer(url + path, headers)
        assert kept[0] in (200, 304)
        self.etag = kept[1].get("ETag", "")

    async def _answer(self, url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        async with self.session.get(url, headers=headers) as response:
            told = {name: value for name, value in response.headers.items() if name != "Date"}
            return response.status, told, await response.read()

    async def advance(self, by: timedelta) -> None:
        self.clock.advance(by)

    async def grant(self, what: tuple[int, timedelta]) -> None:
        waiver = Waiver(
            id=fresh_waiver_id(self.world),
            condition="cooldown",
            package="pkg:pypi/keptlook@2.0",
            scopes=(ScopeName("workstation"),),
            owner="ann",
            approved_by="bob",
            approver_group="security",
            reason="We have read the diff.",
            expires=self.clock.now() + what[1],
            uses_max=what[0],
        )
        await grant(self.world, waiver, ANN)
        self.granted.append(waiver.id)

    async def revoke(self, _: None) -> None:
        if self.granted:
            await revoke(self.world, self.granted.pop(), ANN)

    async def use(self, _: None) -> None:
        async with self.session.get(self.gate.url + f"/files/public{self.index.files[LATE].path}") as response:
            await response.read()

    async def upload(self, _: None) -> None:
        self.uploads += 1
        self.index.add("keptlook", wheel("keptlook", f"3.{self.uploads}"), self.clock.now() - timedelta(minutes=30))

    async def remove(self, _: None) -> None:
        self.index.remove(LATE, self.clock.now())

    async def yank(self, _: None) -> None:
        self.index.yank("keptlook-1.0-py3-none-any.whl", self.clock.now(), "broken")

    async def quarantine(self, _: None) -> None:
        self.index.quarantine("keptlook", self.clock.now(), "malware")

    async def bytes(self, _: None) -> None:
        self.index.change_bytes("keptlook-1.5-py3-none-any.whl", b"other bytes")

    async def odd(self, _: None) -> None:
        self.index.add("keptlook", ("keptlook-?.whl", b"x"), NOW - 50 * DAY)

    async def policy(self, number: int) -> None:
        self.world = self.world.under(load(POLICIES[number]))
        await self.gate.put_in_force(self.world)


async def _play(happening: list[Step]) -> None:
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    index.add("keptlook", wheel("keptlook", "1.0"), NOW - 430 * DAY)
    index.add("keptlook", wheel("keptlook", "1.5"), NOW - 400 * DAY, requires_python=">=3.9")
    index.add("keptlook", wheel("keptlook", "1.9"), NOW - timedelta(hours=5, minutes=20))
    index.add("keptlook", wheel("keptlook", "2.0rc1"), NOW - 30 * DAY)
    index.add("keptlook", wheel("keptlook", "2.0"), NOW - timedelta(hours=6, minutes=20))
    index.add("keptlook", sdist("keptlook", "1.0"), NOW - 430 * DAY)
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(
            open_world(
                msgspec.structs.replace(Settings(), store=StoreOptions(kind="memory")),
                clock=clock,
                upstreams={"public": SimulatedUpstream("public", index)},
                policy=load(PLAIN),
            )
        )
        for number in (1, 2):
            name = f"holder {number}"
            await issue(world, "secret" * number, name, ScopeName("workstation"), ActorKind.HUMAN, None, ANN)
        gate = await stack.enter_async_context(serving(world, "127.0.0.1", 0, ANN))
        connector = aiohttp.TCPConnector(force_close=True)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, auto_decompress=False))
        scene = Scene(clock, index, world, gate, session)
        for name, what in happening:
            act: Callable[..., object] = getattr(scene, name)
            await (act(*what) if name == "ask" else act(what))  # type: ignore[misc]  # every method is a coroutine


PIP, JSON = 'pip/26.3 {"python":"3.12.3"}', "application/vnd.pypi.simple.v1+json"
AGAIN = _ask("", PIP, JSON, "gzip", 0, revalidates=True)
OTHER = _ask("", 'uv/0.9 {"python":"3.12.3"}', JSON, "gzip", 0, revalidates=False)
UNNAMED = _ask("", "curl/8", JSON, "gzip", 0, revalidates=False)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(
    [
        AGAIN,
        ("advance", timedelta(hours=65, minutes=40) - timedelta(seconds=1)),
        AGAIN,
        ("advance", timedelta(seconds=1)),
        AGAIN,
    ]
)
@example(
    [
        ("grant", (1, 2 * DAY)),
        AGAIN,
        ("use", None),
        AGAIN,
        _ask("", PIP, JSON, "gzip", 1, revalidates=False),
        ("advance", DAY),
        AGAIN,
    ]
)
@example(
    [
        ("grant", (0, timedelta(minutes=5))),
        AGAIN,
        ("advance", timedelta(minutes=10)),
        AGAIN,
        ("advance", -timedelta(hours=1)),
        AGAIN,
    ]
)
@example([AGAIN, ("policy", 2), AGAIN, ("policy", 3), AGAIN, ("advance", timedelta(hours=31)), AGAIN])
@example(
    [AGAIN, ("grant", (0, 2 * DAY)), AGAIN, ("revoke", None), AGAIN, _ask("", PIP, JSON, "gzip", 1, revalidates=False)]
)
@example([("grant", (0, timedelta(minutes=5))), AGAIN, AGAIN, ("advance", timedelta(minutes=6)), AGAIN])
@example(
    [AGAIN, AGAIN, ("remove", None), ("advance", timedelta(minutes=31)), AGAIN, ("odd", None), ("advance", DAY), AGAIN]
)
@example([("advance", timedelta(minutes=42)), AGAIN, ("advance", -timedelta(minutes=6)), AGAIN])
@example(
    [
        ("grant", (1, 2 * DAY)),
        ("use", None),
        ("advance", timedelta(hours=11, minutes=58)),
        AGAIN,
        AGAIN,
        ("advance", timedelta(minutes=3)),
        AGAIN,
    ]
)
@example([*[OTHER, UNNAMED, AGAIN] * 3, ("grant", (0, 2 * DAY)), AGAIN, OTHER, AGAIN, OTHER])
@example(
    [
        *[_ask("", PIP, JSON, "gzip", 0, revalidates=False)] * 3,
        ("grant", (0, 2 * DAY)),
        AGAIN,
        ("revoke", None),
        AGAIN,
        AGAIN,
    ]
)
@given(steps)
def test_a_kept_answer_is_the_fresh_one(happening: list[Step]) -> None:
    asyncio.run(_play(happening))
