"""Run the gate on a port for as long as a context lasts; put another policy in force while it runs."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from aiohttp import web

from pratique.flow.world import World
from pratique.model.scope import Actor
from pratique.web.connections import CONNECTIONS, Connections
from pratique.web.gate import application
from pratique.web.operations import Operations
from pratique.web.repeats import REPEATS, Repeats

_LINGER_SECONDS = 2.0
"""How long the rest of a request's body is read and thrown away, so that the client reads the answer."""

_KEEP_ALIVE_SECONDS = timedelta(days=3650).total_seconds()
"""Never: `Connections` keeps the time, and aiohttp does not see every request."""


class Serving:
    """A gate that listens. Each connection belongs to the world that was in force when it was made."""

    def __init__(self, local: Actor, operations: Operations | None) -> None:
        self.url = ""
        self.listener: asyncio.Server | None = None
        self._local = local
        self._operations = operations
        self._connections = Connections()
        self._runners: list[web.AppRunner] = []
        self._repeats = Repeats()

    async def put_in_force(self, world: World) -> None:
        """Let new connections meet this world. Those that are open end with the answers they are at."""
        app = application(world, self._local, self._operations)
        app[CONNECTIONS] = self._connections
        self._repeats.close()
        self._repeats = app[REPEATS]
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=2.0,
            lingering_time=_LINGER_SECONDS,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
        )
        await runner.setup()
        before, self._runners = self._runners, [runner]
        for each in before:
            server = _server(each)
            server.pre_shutdown()
            self._connections.close_idle()
            if server.connections:
                self._runners.insert(0, each)
            else:
                await each.cleanup()

    def connection(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        return self._connections.protocol(_server(self._runners[-1])(), self._repeats)

    async def finish(self, seconds: float, hurried: asyncio.Event) -> int:
        """Listen no more, and let the answers that are under way end within a time, or until somebody is in a hurry.

        Returns how many connections were still at an answer then; `close` cuts them off.
        """
        if self.listener is not None:
            self.listener.close()
        self._repeats.close()
        for runner in self._runners:
            _server(runner).pre_shutdown()
        self._connections.close_idle()
        ends = {asyncio.ensure_future(end) for end in (self._connections.all_gone(), hurried.wait())}
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in ends:
            each.cancel()
        return len(self._connections)

    async def close(self) -> None:
        """End every connection."""
        for runner in self._runners:
            await runner.cleanup()


def _server(runner: web.AppRunner) -> web.Server:
    server = runner.server
    assert server is not None  # noqa: S101 - there after set-up
    return server


@asynccontextmanager
async def serving(
    world: World, host: str, port: int, local: Actor, operations: Operations | None = None
) -> AsyncIterator[Serving]:
    """Serve `world`, and whatever is put in force after it. Port 0 takes any free one.

    Raises `OSError` when the address cannot be listened on.
    """
    gate = Serving(local, operations)
    async with _listening(gate, world, partial(asyncio.get_running_loop().create_server, host=host, port=port)):
        yield gate


@asynccontextmanager
async def running(world: World, host: str, port: int, local: Actor) -> AsyncIterator[str]:
    """Serve one world; yields the base URL without a slash at the end. Raises as `serving` does."""
    async with serving(world, host, port, local) as gate:
        yield gate.url


@asynccontextmanager
async def running_at(world: World, listening: socket.socket, local: Actor) -> AsyncIterator[None]:
    """Serve one world at a socket that listens already, and close it in the end."""
    gate = Serving(local, None)
    async with _listening(gate, world, partial(asyncio.get_running_loop().create_server, sock=listening)):
        yield


@asynccontextmanager
async def _listening(
    gate: Serving, world: World, listen: Callable[[Callable[[], asyncio.Protocol]], Awaitable[asyncio.Server]]
) -> AsyncIterator[None]:
    try:
        await gate.put_in_force(world)
        server = gate.listener = await listen(gate.connection)
        try:
            bound = server.sockets[0].getsockname()
            shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
            gate.url = f"http://{shown}:{bound[1]}"
            yield
        finally:
            server.close()
    finally:
        await gate.close()
