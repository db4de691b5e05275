"""A gate for many: what is counted, what is healthy, what is logged, and how another policy comes into force."""

import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import msgspec
import pytest
from yarl import URL

from pratique.adapters.watched import WatchedUpstream
from pratique.app import open_world
from pratique.errors import NotFound, NotRecorded, Unavailable
from pratique.flow.world import World
from pratique.model.event import Decided, decode
from pratique.policy.load import default_policy, load
from pratique.settings import ServerOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.web.identity import everybody
from pratique.web.log import Lines, set_up
from pratique.web.operations import FAILURE_SECONDS, Operations
from pratique.web.serve import Serving, serving
from tests.conftest import DAY
from tests.web.test_gate import GOOD, HELD, Client


class Gate(Client):
    """A gate for many, with those who run it looking on."""

    def __init__(self, session: aiohttp.ClientSession, served: Serving, world: World, operations: Operations) -> None:
        super().__init__(session, served.url)
        self.served = served
        self.world = world
        self.operations = operations

    async def counts(self) -> dict[str, float]:
        text = await (await self.ask("/-/metrics")).text()
        lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    async def health(self) -> tuple[int, dict[str, object]]:
        answer = await self.ask("/-/health")
        return answer.status, await answer.json()


@pytest.fixture
async def gate(settings: Settings, clock: SimulatedClock, index: SimulatedIndex) -> AsyncIterator[Gate]:
    operations = Operations(clock)
    upstreams = {"public": WatchedUpstream(SimulatedUpstream("public", index), operations)}
    trusting = msgspec.structs.replace(settings, server=ServerOptions(trusted_proxies=("127.0.0.1",)))
    async with (
        open_world(trusting, clock=clock, upstreams=upstreams, observer=operations) as world,
        serving(world, "127.0.0.1", 0, everybody(), operations) as served,
        aiohttp.ClientSession() as session,
    ):
        yield Gate(session, served, world, operations)


async def test_requests_decisions_steers_and_indexes_are_counted(gate: Gate) -> None:
    await gate.ask(await gate.path("llmlook", HELD))
    await gate.ask(await gate.path("llmlook", GOOD))
    await gate.ask("/nothing/of/this/kind")
    counts = await gate.counts()
    assert counts['pratique_requests_total{status="200",what="page"}'] == 2
    assert counts['pratique_requests_total{status="403",what="file"}'] == 1
    assert counts['pratique_requests_total{status="404",what="other"}'] == 1
    assert counts['pratique_decisions_total{answer="held",condition="cooldown"}'] == 1
    assert counts['pratique_decisions_total{answer="served",condition=""}'] == 1
    assert counts["pratique_steered_pages_total"] == 2
    assert counts['pratique_index_requests_total{index="public",outcome="answered"}'] >= 1
    assert counts["pratique_ledger_entries"] == await gate.world.store.size() > 0
    assert counts['pratique_request_seconds_count{what="file"}'] == 2


async def test_the_counters_name_no_package_and_nobody(gate: Gate) -> None:
    await gate.ask(await gate.path("llmlook", HELD), X_Forwarded_For="198.51.100.7")
    text = await (await gate.ask("/-/metrics")).text()
    assert "llmlook" not in text
    assert "198.51.100.7" not in text


async def test_where_tokens_are_required_counters_are_for_their_holders(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    strict = msgspec.structs.replace(settings, server=ServerOptions(tokens_required=True))
    operations, upstreams = Operations(clock), {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(strict, clock=clock, upstreams=upstreams, observer=operations) as world,
        serving(world, "127.0.0.1", 0, everybody(), operations) as served,
        aiohttp.ClientSession() as session,
    ):
        assert (await session.get(f"{served.url}/-/metrics")).status == 401
        assert await (await session.get(f"{served.url}/-/health")).json() == {"status": "ok"}


async def test_a_wrapped_command_has_no_counters(world: World) -> None:
    async with serving(world, "127.0.0.1", 0, everybody()) as served, aiohttp.ClientSession() as session:
        assert (await session.get(f"{served.url}/-/metrics")).status == 404
        assert (await session.get(f"{served.url}/-/health")).status == 200


def test_a_gate_around_one_command_does_not_wait_for_the_library_of_counters() -> None:
    code = "import sys, pratique.cli.wrap; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


async def test_health_follows_the_ledger_and_says_which_index_is_silent(
    gate: Gate, index: SimulatedIndex, clock: SimulatedClock
) -> None:
    assert await gate.health() == (200, {"status": "ok", "ledger": "ok", "indexes": {}})
    index.behaviour.silent = True
    await gate.ask("/simple/llmlook/")
    assert await gate.health() == (200, {"status": "ok", "ledger": "ok", "indexes": {"public": "silent"}})
    index.behaviour.silent = False
    clock.advance(DAY)
    await gate.page("llmlook")
    assert (await gate.health())[1]["indexes"] == {"public": "ok"}
    gate.operations.not_recorded(NotRecorded("the disk is full"))
    assert await gate.health() == (503, {"status": "failing", "ledger": "not writable", "indexes": {"public": "ok"}})
    clock.advance(timedelta(seconds=FAILURE_SECONDS))
    assert (await gate.health())[0] == 200


async def test_a_ledger_that_cannot_be_read_is_no_healthy_one(gate: Gate) -> None:
    await gate.world.store.close()
    status, told = await gate.health()
    assert (status, told["status"], told["ledger"]) == (503, "failing", "not readable")


async def test_an_index_that_has_no_such_project_has_answered(index: SimulatedIndex, clock: SimulatedClock) -> None:
    operations = Operations(clock)
    upstream = WatchedUpstream(SimulatedUpstream("public", index), operations)
    with pytest.raises(NotFound):
        await upstream.get(f"{upstream.url}no-such-project/", accept="*/*", bytes_max=1000)
    assert operations.indexes["public"].reachable
    index.behaviour.silent = True
    with pytest.raises(Unavailable):
        await upstream.get(f"{upstream.url}llmlook/", accept="*/*", bytes_max=1000)
    assert not operations.indexes["public"].reachable


async def test_behind_a_proxy_two_people_are_two(gate: Gate) -> None:
    path = await gate.path("llmlook", HELD)
    for address in ("198.51.100.7", "198.51.100.8"):
        assert (await gate.ask(path, X_Forwarded_For=address)).status == 403
    entries = [decode(entry) for entry in await gate.world.store.entries(0, await gate.world.store.size())]
    refused = [one for one in entries if isinstance(one, Decided) and one.artifact.file == HELD]
    assert len({one.actor.name for one in refused[-2:]}) == 2


async def test_another_policy_comes_into_force_for_the_next_request_of_everybody(gate: Gate) -> None:
    path = await gate.path("llmlook", HELD)
    assert (await gate.ask(path)).status == 403
    laxer = load(default_policy().text.replace('workstation     = "3 days"', 'workstation     = "1 hour"'))
    assert laxer.digest != gate.world.policy.digest
    await gate.served.put_in_force(gate.world.under(laxer))
    assert (await gate.ask(path)).status == 200
    await gate.served.put_in_force(gate.world)
    assert (await gate.ask(path)).status == 403


async def test_a_connection_that_rests_is_closed_when_another_policy_comes_into_force(gate: Gate) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(gate.url).port)
    writer.write(b"GET /-/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.findall(rb"Content-Length: (\d+)", head)[0]))
    await gate.served.put_in_force(gate.world)
    assert await asyncio.wait_for(reader.read(), 30) == b""
    writer.close()


async def test_an_answer_that_is_under_way_is_finished_under_the_policy_it_began_with(gate: Gate) -> None:
    async with gate.session.get(gate.url + await gate.path("llmlook", GOOD)) as answer:
        await gate.served.put_in_force(gate.world)
        assert len(await answer.read()) == answer.content_length


def record(event: str, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("pratique.gate", logging.WARNING, "", 0, event, None, None)
    made.fields = fields
    return made


def test_a_line_of_the_log_is_one_line_in_words_or_in_json() -> None:
    one = record("held", file="x-1.whl", why="published\n6 hours \x1b[2J ago", seconds=0.25)
    told = json.loads(Lines("json").format(one))
    assert told.pop("at").endswith("Z")
    assert told == {
        "level": "warning",
        "event": "held",
        "file": "x-1.whl",
        "why": "published 6 hours [2J ago",
        "seconds": 0.25,
    }
    words = Lines("text").format(one)
    assert words.endswith(' warning held file=x-1.whl why="published 6 hours [2J ago" seconds=0.25')


async def test_refusals_steers_and_tokens_that_are_not_known_are_logged(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "pratique.gate"):
        refused = await gate.ask(await gate.path("llmlook", HELD))
        await gate.ask("/simple/llmlook/", Authorization="Bearer nobody", X_Forwarded_For="198.51.100.7")
    lines = [json.loads(Lines("json").format(each)) for each in caplog.records]
    assert [line["event"] for line in lines] == ["steered", "held", "turned away"]
    assert lines[1]["decision"] == refused.headers["X-Pratique-Decision-Id"]
    assert (lines[1]["file"], lines[1]["condition"]) == (HELD, "cooldown")
    assert lines[2]["address"] == "198.51.100.7"


async def test_ready_is_said_while_answers_can_be_recorded_and_nobody_has_told_it_to_end(
    gate: Gate, clock: SimulatedClock
) -> None:
    async def ready() -> tuple[int, str]:
        answer = await gate.ask("/-/ready")
        return answer.status, (await answer.json())["status"]

    assert await ready() == (200, "ready")
    gate.operations.not_recorded(NotRecorded("the disk is full"))
    assert await ready() == (503, "failing")
    clock.advance(timedelta(seconds=FAILURE_SECONDS))
    assert await ready() == (200, "ready")
    gate.operations.leaving = True
    assert await ready() == (503, "leaving")
    gate.operations.leaving = False
    await gate.world.store.close()
    assert await ready() == (503, "failing")


async def test_ready_is_said_to_a_balancer_without_a_token(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    strict = msgspec.structs.replace(settings, server=ServerOptions(tokens_required=True))
    async with (
        open_world(strict, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world,
        serving(world, "127.0.0.1", 0, everybody()) as served,
        aiohttp.ClientSession() as session,
    ):
        answer = await session.get(f"{served.url}/-/ready")
        assert (answer.status, await answer.json()) == (200, {"status": "ready"})


async def test_every_request_has_a_line_and_what_was_decided_for_it_bears_its_id(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    held, good = await gate.path("llmlook", HELD), await gate.path("llmlook", GOOD)
    with caplog.at_level(logging.DEBUG, "pratique.gate"):
        refused = await gate.ask(held, User_Agent="pip/26.3 {}")
        await asyncio.gather(*(gate.ask(good) for _ in range(3)))
    lines = [json.loads(Lines("json").format(each)) for each in caplog.records]
    decided = [line for line in lines if line["event"] in ("held", "served")]
    requests = {line["request"]: line for line in lines if line["event"] == "request"}
    assert len(requests) == len(decided) == 4
    assert {line["request"] for line in decided} == requests.keys()
    (no,) = (line for line in decided if line["event"] == "held")
    assert no["decision"] == refused.headers["X-Pratique-Decision-Id"]
    told = {key: value for key, value in requests[no["request"]].items() if key not in ("at", "seconds", "request")}
    assert told == {
        "level": "debug",
        "event": "request",
        "what": "file",
        "method": "GET",
        "path": held,
        "status": 403,
        "client": "pip/26.3",
    }


def test_lines_of_requests_are_for_programs_only() -> None:
    before = logging.getLogger("pratique")
    kept = before.handlers[:], before.level, before.propagate
    try:
        levels = []
        for form in ("text", "json"):
            set_up(form)
            levels.append(before.level)
        assert levels == [logging.INFO, logging.DEBUG]
    finally:
        before.handlers[:], before.level, before.propagate = kept
