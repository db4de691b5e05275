"""Requests that come again byte for byte are answered without being read anew, and in no other way than a new one."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.web_protocol import RequestHandler
from yarl import URL

from pratique.flow.people.tokens import issue
from pratique.model import limits
from pratique.model.scope import ActorKind, ScopeName
from pratique.policy.load import default_policy, load
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex
from pratique.web.log import Lines
from tests.conftest import DAY
from tests.web.test_gate import GOOD, LOCAL
from tests.web.test_operations import Gate, gate

__all__ = ["gate"]

LLMLOOK, PARENTLOOK = "/simple/llmlook/", "/simple/parentlook/"
DATE = re.compile(rb"\r\nDate: [^\r]+ GMT(?=\r\n)")


class Line:
    """One connection, spoken to in bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self, *, body: bool = True) -> tuple[bytes, bytes]:
        """The next answer: its head without the date, and its body."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 30)
        assert head.startswith(b"HTTP/1.")
        assert len(DATE.findall(head)) == 1
        length = re.search(rb"\r\nContent-Length: (\d+)\r\n", head)
        has_body = body and length is not None and b" 304 " not in head
        return DATE.sub(b"", head), await self.reader.readexactly(int(length[1])) if length and has_body else b""

    async def ask(self, head: bytes, *, body: bool = True) -> tuple[bytes, bytes]:
        self.writer.write(head)
        return await self.answer(body=body)

    async def warm(self, head: bytes) -> tuple[bytes, bytes]:
        """The answer that is given again from here on: the first ones may write down what they hold back."""
        for _ in range(2):
            await self.ask(head)
        return await self.ask(head)


@asynccontextmanager
async def connected(url: str, address: str = "127.0.0.1") -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(url).port, local_addr=(address, 0))
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


def get(path: str = LLMLOOK, *fields: str, version: str = "1.1", method: str = "GET") -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/{version}", "Host: gate.example", *fields, "", "")).encode()


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What aiohttp is given to read."""
    given: list[bytes] = []
    before = RequestHandler.data_received

    def received(handler: RequestHandler, data: bytes) -> None:
        if data:
            given.append(data)
        before(handler, data)

    with monkeypatch.context() as patch:
        patch.setattr(RequestHandler, "data_received", received)
        yield given


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ('User-Agent: pip/26.3 {"python":"3.12.3"}', "Accept: application/vnd.pypi.simple.v1+json"),
        ("User-Agent: uv/0.9", "Accept: application/vnd.pypi.simple.v1+json", "Accept-Encoding: gzip, br"),
        ("Accept: text/html", "Accept-Encoding: identity", "Cookie: a=b", "X-Forwarded-For: 10.0.0.7"),
    ],
)
async def test_it_is_answered_in_the_same_bytes_but_for_the_date(
    gate: Gate, read_anew: list[bytes], fields: tuple[str, ...]
) -> None:
    async with connected(gate.url) as one, connected(gate.url) as other:
        first = await one.ask(get(LLMLOOK, *fields))
        assert b"200 OK" in first[0]
        assert await one.ask(get(LLMLOOK, *fields)) == first, (
            "the first wrote down what it holds, which may change much"
        )
        read_anew.clear()
        for line in (one, other, one):
            assert await line.ask(get(LLMLOOK, *fields)) == first
        assert not read_anew
        etag = re.findall(rb"ETag: ([^\r]+)", first[0])[0].decode()
        unchanged = await one.ask(get(LLMLOOK, *fields, f"If-None-Match: {etag}"))
        assert b"304 Not Modified" in unchanged[0]
        for line in (one, other):
            assert await line.ask(get(LLMLOOK, *fields, f"If-None-Match: {etag}")) == unchanged
        assert len(read_anew) == 1
        assert b" 404 " in (await one.ask(get("/-/no-such-thing")))[0], "the connection serves what is new as before"


async def test_each_is_counted_and_logged_under_an_id_of_its_own(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "pratique.gate"):
        async with connected(gate.url) as line:
            for _ in range(3):
                await line.ask(get(LLMLOOK, "User-Agent: pip/26.3 {}"))
    told = [json.loads(Lines("json").format(each)) for each in caplog.records if each.getMessage() == "request"]
    assert len({each.pop("request") for each in told}) == 3
    for each in told:
        del each["at"], each["seconds"]
    assert told[0]["path"] == LLMLOOK
    assert told == [told[0]] * 3
    counts = await gate.counts()
    assert counts['pratique_requests_total{status="200",what="page"}'] == 3
    assert counts['pratique_request_seconds_count{what="page"}'] == 3


@pytest.mark.parametrize(
    "head",
    [
        get(LLMLOOK, "Authorization: Basic bm9ib2R5Om5vYm9keQ=="),
        get(LLMLOOK, "Connection: keep-alive", version="1.0"),
        get(method="HEAD"),
        get("/d/0"),
        get("/simple/no-such-project/"),
        get("/pypi/llmlook/1.82.6/json"),
        get("/-/health"),
    ],
)
async def test_what_the_bytes_alone_do_not_settle_is_read_each_time(
    gate: Gate, read_anew: list[bytes], head: bytes
) -> None:
    if b"Authorization" in head:
        await issue(gate.world, "nobody", "holder", ScopeName("workstation"), ActorKind.HUMAN, None, LOCAL)
    async with connected(gate.url) as line:
        first = await line.ask(head, body=not head.startswith(b"HEAD"))
        for _ in range(3):
            assert await line.ask(head, body=not head.startswith(b"HEAD")) == first
    assert read_anew == [head] * 4


async def test_a_body_that_follows_its_answer_belongs_to_its_request(gate: Gate, read_anew: list[bytes]) -> None:
    head = get(LLMLOOK, "Content-Length: 4")
    for number in range(6):
        async with connected(gate.url) as line:
            assert b"200 OK" in (await line.ask(head))[0]
            line.writer.write(b"body")
            await asyncio.sleep(0.02)
            assert b"200 OK" in (await line.ask(head))[0]
            assert read_anew[3 * number :] == [head, b"body", head]


async def test_a_connection_that_its_client_closes_is_closed(gate: Gate) -> None:
    for _ in range(4):
        async with connected(gate.url) as line:
            assert b"Connection: close" in (await line.ask(get(LLMLOOK, "Connection: close")))[0]
            assert await asyncio.wait_for(line.reader.read(), 30) == b""


async def test_lines_that_end_otherwise_hide_no_second_request(gate: Gate, read_anew: list[bytes]) -> None:
    two = get(LLMLOOK).replace(b"\r\n", b"\n") + get(PARENTLOOK)
    for _ in range(4):
        async with connected(gate.url) as line:
            assert (await line.ask(two))[0].startswith(b"HTTP/1.0 400 ")
    assert read_anew == [two] * 4


async def test_another_address_is_read_for_itself(gate: Gate, read_anew: list[bytes]) -> None:
    async with connected(gate.url) as here, connected(gate.url, "127.0.0.2") as there:
        answer = await here.warm(get())
        read_anew.clear()
        assert await there.ask(get()) == answer
    assert read_anew == [get()]


@pytest.mark.parametrize("pause", [0.0, 0.02])
async def test_requests_are_answered_in_their_order_however_their_bytes_come(gate: Gate, pause: float) -> None:
    heads = [get(LLMLOOK), get(PARENTLOOK), get("/-/no-such-thing"), get(LLMLOOK), get(LLMLOOK), get(PARENTLOOK)] * 4
    async with connected(gate.url) as line:
        alone = {head: await line.ask(head) for head in heads}
        assert len(set(alone.values())) == 3
        stream = b"".join(heads)
        for size in (len(stream), len(stream), len(stream), len(heads[0]), len(heads[0]) + 7, 41, 200):
            asked = asyncio.create_task(_spoken(line.writer, stream, size, pause))
            answers = [await line.answer() for _ in heads]
            await asked
            assert answers == [alone[head] for head in heads], size


async def _spoken(writer: asyncio.StreamWriter, stream: bytes, size: int, pause: float) -> None:
    for start in range(0, len(stream), size):
        writer.write(stream[start : start + size])
        await asyncio.sleep(pause)


async def test_what_is_known_waits_for_what_was_asked_before(gate: Gate) -> None:
    file = get("/" + (await gate.path("llmlook", GOOD)).removeprefix("/"))
    async with connected(gate.url) as line:
        page = await line.warm(get(LLMLOOK))
        line.writer.write(file)
        await asyncio.sleep(0.01)
        line.writer.write(get(LLMLOOK))
        assert b"application/zip" in (await line.answer())[0]
        assert await line.answer() == page


@pytest.fixture
async def held_up(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, the ledger does not say how long it is."""
    event, before = asyncio.Event(), gate.world.store.size

    async def size() -> int:
        await event.wait()
        return await before()

    async with connected(gate.url) as line:
        await line.warm(get())
    monkeypatch.setattr(gate.world.store, "size", size)
    return event


async def test_what_comes_during_an_answer_is_answered_after_it(gate: Gate, held_up: asyncio.Event) -> None:
    async with connected(gate.url) as line:
        line.writer.write(get())
        await asyncio.sleep(0.05)
        for part in (get(PARENTLOOK), get("/-/no-such-thing")[:20], get("/-/no-such-thing")[20:], get()):
            line.writer.write(part)
            await asyncio.sleep(0.01)
        held_up.set()
        answers = [await line.answer() for _ in range(4)]
        assert answers[0] == answers[3]
        assert b"llmlook" in answers[0][1]
        assert [b"parentlook" in body for _, body in answers] == [False, True, False, False]
        assert answers[2][0].startswith(b"HTTP/1.1 404 ")


async def test_what_comes_during_an_answer_is_not_taken_without_end(gate: Gate, held_up: asyncio.Event) -> None:
    async with connected(gate.url) as line:
        line.writer.write(get())
        await asyncio.sleep(0.05)
        for _ in range(64):
            line.writer.write(b"x" * 1_000_000)
            await asyncio.sleep(0.002)
        assert line.writer.transport.get_write_buffer_size() > 32_000_000
        held_up.set()
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        line.writer.transport.abort()


async def test_an_answer_that_is_given_again_while_the_policy_changes_is_the_last_of_its_connection(
    gate: Gate, held_up: asyncio.Event
) -> None:
    async with connected(gate.url) as line:
        line.writer.write(get())
        await asyncio.sleep(0.05)
        await gate.served.put_in_force(gate.world)
        held_up.set()
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        assert await asyncio.wait_for(line.reader.read(), 30) == b""


async def test_a_client_that_goes_during_its_answer_is_forgotten(gate: Gate, held_up: asyncio.Event) -> None:
    async with connected(gate.url) as line:
        line.writer.write(get())
        await asyncio.sleep(0.05)
    held_up.set()
    async with connected(gate.url) as line:
        assert (await line.ask(get()))[0].startswith(b"HTTP/1.1 200 ")


async def test_a_connection_on_which_answers_are_given_again_is_not_idle(
    gate: Gate, read_anew: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(gate.url) as line:
        await line.warm(get())
    read_anew.clear()
    monkeypatch.setattr(limits, "CLIENT_HEAD_SECONDS_MAX", 0.5)
    monkeypatch.setattr(limits, "CLIENT_IDLE_SECONDS_MAX", 0.5)
    async with connected(gate.url) as line:
        for _ in range(8):
            await line.ask(get())
            await asyncio.sleep(0.2)
        assert not read_anew
        assert await asyncio.wait_for(line.reader.read(), 30) == b""


async def test_to_a_client_that_does_not_read_nothing_is_given_again(
    gate: Gate, index: SimulatedIndex, clock: SimulatedClock, read_anew: list[bytes]
) -> None:
    for number in range(2_000):
        index.add("longlook", (f"longlook-1.{number}-py3-none-any.whl", b"x"), clock.now() - 400 * DAY)
    async with connected(gate.url) as line:
        ask = get("/simple/longlook/", "Accept: application/vnd.pypi.simple.v1+json")
        first = await line.warm(ask)
        read_anew.clear()
        asked = 1 + 16_000_000 // len(first[1])
        for _ in range(asked):
            line.writer.write(ask)
            await asyncio.sleep(0.002)
        assert read_anew, "more waits than the kernel takes"
        for _ in range(asked):
            assert await line.answer() == first


async def test_nothing_is_given_again_under_another_policy(gate: Gate, read_anew: list[bytes]) -> None:
    ask = get(LLMLOOK, "Accept: application/vnd.pypi.simple.v1+json")
    async with connected(gate.url) as resting:
        before = await resting.ask(ask)
        for _ in range(3):
            assert await resting.ask(ask) == before
        assert len(read_anew) == 2
        laxer = load(default_policy().text.replace('workstation     = "3 days"', 'workstation     = "1 hour"'))
        await gate.served.put_in_force(gate.world.under(laxer))
        assert await asyncio.wait_for(resting.reader.read(), 30) == b""
    async with connected(gate.url) as line:
        after = await line.ask(ask)
        assert b"held" in before[1]
        assert b"held" not in after[1]
        assert await line.ask(ask) == after
    assert len(read_anew) == 3, "the new policy holds nothing, so nothing was written down"


async def test_nothing_is_given_again_once_the_index_says_something_else_or_may(
    gate: Gate, index: SimulatedIndex, clock: SimulatedClock
) -> None:
    ask = get(LLMLOOK, "Accept: application/vnd.pypi.simple.v1+json")
    async with connected(gate.url) as line:
        before = await line.warm(ask)
        index.yank(GOOD, clock.now(), "broken")
        clock.advance(DAY)
        after = await line.ask(ask)
        assert b"broken" not in before[1]
        assert b"broken" in after[1]
