"""What clients may hold open: so many connections, so many of one address, none for long without a request.

aiohttp waits for the head of a request without end, and counts nothing. So its protocol stands behind one of ours that keeps the
time: a connection on which no request is being answered is closed after `CLIENT_HEAD_SECONDS_MAX` when it is new, after
`CLIENT_IDLE_SECONDS_MAX` otherwise, however many bytes of a half request have dripped in. Where there is no room for a new
connection, the one that has been idle longest makes it.

The same protocol knows when every request of its connection is answered, and gives answers again (`repeats.py`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import web

from pratique.model import limits
from pratique.web.repeats import Repeat, Repeats

_FULL: Final = (
    b"HTTP/1.1 503 Pratique: too many connections are open; close some or try again later\r\n"
    b"Content-Length: 0\r\nConnection: close\r\nServer: pratique\r\n\r\n"
)

_HEAD_ENDS: Final = b"\r\n\r\n"


class Connections:
    """The connections of one gate."""

    def __init__(self) -> None:
        self._by_address: dict[str, set[Connection]] = {}
        self._by_inner: dict[int, Connection] = {}
        self._idle: dict[Connection, None] = {}
        """Those that answer nothing, the longest idle first."""
        self._all_gone = asyncio.Event()
        self._all_gone.set()

    def __len__(self) -> int:
        return len(self._by_inner)

    async def all_gone(self) -> None:
        """Return once none is open: all that was written is sent."""
        await self._all_gone.wait()

    def protocol(self, inner: asyncio.Protocol, repeats: Repeats) -> "Connection":
        """The protocol to listen with, before aiohttp's own."""
        return Connection(self, inner, repeats)

    def of(self, request: web.Request) -> "Connection | None":
        """The connection of a request, unless it is gone."""
        return self._by_inner.get(id(request.protocol))

    def busy(self, connection: "Connection") -> None:
        """From here on a request is answered on it: it is not idle."""
        self._idle.pop(connection, None)
        connection.keep()

    def done(self, connection: "Connection") -> None:
        """The answer has ended; the connection is idle, unless it is gone."""
        if id(connection.inner) in self._by_inner:
            self._rest(connection, limits.CLIENT_IDLE_SECONDS_MAX)

    def diverted(self, request: web.Request) -> asyncio.StreamReader:
        """What the client sends from here on, in place of further requests. Only while the request is answered."""
        return self._by_inner[id(request.protocol)].divert()

    def admit(self, connection: "Connection") -> bool:
        """Count a new connection in, if there is room or can be made."""
        own = self._by_address.setdefault(connection.address, set())
        if len(own) >= limits.CONNECTIONS_PER_ADDRESS_MAX:
            self._make_room(own)
        elif len(self._by_inner) >= limits.CONNECTIONS_MAX:
            self._make_room(None)
        own = self._by_address.setdefault(connection.address, set())
        if len(own) >= limits.CONNECTIONS_PER_ADDRESS_MAX or len(self._by_inner) >= limits.CONNECTIONS_MAX:
            return False
        own.add(connection)
        self._by_inner[id(connection.inner)] = connection
        self._all_gone.clear()
        self._rest(connection, limits.CLIENT_HEAD_SECONDS_MAX)
        return True

    def close_idle(self) -> None:
        """Close the connections that answer nothing: aiohttp, told to end, stops reading them and leaves them open."""
        for connection in list(self._idle):
            connection.close()

    def lost(self, connection: "Connection") -> None:
        """Count a connection out. Idempotent."""
        self._idle.pop(connection, None)
        self._by_inner.pop(id(connection.inner), None)
        own = self._by_address.get(connection.address, set())
        own.discard(connection)
        if not own:
            self._by_address.pop(connection.address, None)
        if not self._by_inner:
            self._all_gone.set()

    def _rest(self, connection: "Connection", seconds: float) -> None:
        self._idle[connection] = None
        connection.close_after(seconds)

    def _make_room(self, among: "set[Connection] | None") -> None:
        longest = next((each for each in self._idle if among is None or each in among), None)
        if longest is not None:
            longest.abort()
            self.lost(longest)


class Connection(asyncio.Protocol):
    """One connection, on its way to aiohttp's protocol."""

    def __init__(self, connections: Connections, inner: asyncio.Protocol, repeats: Repeats) -> None:
        self.inner = inner
        self.address = ""
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._ends: float | None = None
        """When it is closed unless it is kept before, by the loop's clock."""
        self._timer: asyncio.TimerHandle | None = None
        self._admitted = False
        self._diverted: asyncio.StreamReader | None = None
        self._repeats = repeats
        self._all_answered = True
        """Whether every byte that came belongs to a request whose answer was written."""
        self._head: bytes | None = None
        """What came since then, if it is one whole head and nothing else."""
        self._repeating: asyncio.Task[None] | None = None
        self._behind: list[bytes] = []
        """What came while an answer was given again."""

    def keep(self) -> None:
        """Let it live on."""
        self._ends = None

    def close_after(self, seconds: float) -> None:
        """Close it, unless it is kept before. A timer that runs is left to run: busy connections would set very many."""
        loop = asyncio.get_running_loop()
        self._ends = loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._ends:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = loop.call_at(self._ends, self._due)

    def _due(self) -> None:
        """The timer's end: close, or wait for what was put off meanwhile."""
        loop = asyncio.get_running_loop()
        self._timer = None
        if self._ends is None:
            return
        if self._ends <= loop.time():
            self.abort()
        else:
            self._timer = loop.call_at(self._ends, self._due)

    @property
    def is_closing(self) -> bool:
        """Whether nothing more can be written to it."""
        return self._transport is None or self._transport.is_closing()

    @property
    def _open(self) -> asyncio.Transport:
        assert self._transport is not None  # noqa: S101 - something came on it
        return self._transport

    def abort(self) -> None:
        """Close it now; what was not sent yet is dropped."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close it once what was written is sent."""
        if self._transport is not None:
            self._transport.close()

    def divert(self) -> asyncio.StreamReader:
        """Keep from the protocol behind what comes from here on: it is for the reader."""
        self._diverted = asyncio.StreamReader()
        self._diverted.set_transport(self._open)
        return self._diverted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As `asyncio.Protocol`."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's promise for stream sockets
        self._transport = transport
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._admitted = self._connections.admit(self)
        if self._admitted:
            self.inner.connection_made(transport)
        else:
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """As `asyncio.Protocol`."""
        self.keep()
        if self._timer is not None:
            self._timer.cancel()
        if self._diverted is not None:
            self._diverted.feed_eof()
        if self._admitted:
            self._connections.lost(self)
            self.inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As `asyncio.Protocol`."""
        if self._diverted is not None:
            self._diverted.feed_data(data)
        elif self._repeating is not None:
            self._behind.append(data)
            self._open.pause_reading()
        elif self._admitted:
            self._receive(data)

    def _receive(self, data: bytes) -> None:
        """Give an answer again, or leave the data to aiohttp."""
        is_head = self._all_answered and data.find(_HEAD_ENDS) == len(data) - len(_HEAD_ENDS)
        repeat = self._repeats.find(self.address, data) if is_head else None
        if repeat is None or self._open.get_write_buffer_size():
            self._pass_on(data, is_head=is_head)
        else:
            self._repeating = asyncio.get_running_loop().create_task(self._repeat(data, repeat))

    def _pass_on(self, data: bytes, *, is_head: bool) -> None:
        self._head, self._all_answered = data if is_head else None, False
        self.inner.data_received(data)

    async def _repeat(self, head: bytes, repeat: Repeat) -> None:
        """Give an answer again; a request for which there is none any more is left to aiohttp."""
        start, given = time.monotonic(), None
        self._connections.busy(self)
        try:
            given = await repeat.sent()
            if given is not None and not self.is_closing:
                self._open.writelines(given)
                repeat.told(time.monotonic() - start)
        finally:
            self._connections.done(self)
            self._repeating = None
            if given is None:
                self._pass_on(head, is_head=True)
            if self._repeats.closed:
                self.close()
            behind, self._behind = b"".join(self._behind), []
            if behind and not self.is_closing:
                self._open.resume_reading()
                self._receive(behind)

    def answered(self, request: web.Request, response: web.StreamResponse) -> None:
        """The answer to a request was written; so are all, if it was the only one."""
        if self._head is not None:
            self._repeats.keep(self.address, self._head, request, response)
            self._head, self._all_answered = None, True

    def eof_received(self) -> bool | None:
        """As `asyncio.Protocol`."""
        if self._diverted is not None:
            self._diverted.feed_eof()
            return True
        return self.inner.eof_received() if self._admitted else None

    def pause_writing(self) -> None:
        """As `asyncio.Protocol`."""
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        """As `asyncio.Protocol`."""
        self.inner.resume_writing()


CONNECTIONS = web.AppKey("connections", Connections)


@web.middleware
async def busy(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """A connection is idle except while a request on it is answered, which ends when the answer is written."""
    connections = request.app[CONNECTIONS]
    connection = connections.of(request)
    if connection is None:
        return await handler(request)
    connections.busy(connection)
    try:
        response = await handler(request)
        with suppress(ConnectionError):
            if not connection.is_closing:
                await response.prepare(request)
                await response.write_eof()
                connection.answered(request, response)
        return response
    finally:
        connections.done(connection)
