"""Run the gate on a port for as long as a context lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from pratique.flow.world import World
from pratique.model.scope import Actor
from pratique.web.connections import CONNECTIONS
from pratique.web.gate import application

_LINGER_SECONDS = 2.0
"""How long the rest of a request's body is read and thrown away, so that the client reads the answer."""


@asynccontextmanager
async def running(world: World, host: str, port: int, local: Actor) -> AsyncIterator[str]:
    """Serve `world`; yields the base URL without a slash at the end. Port 0 takes any free one.

    Raises `OSError` when the address cannot be listened on.
    """
    app = application(world, local)
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=2.0, lingering_time=_LINGER_SECONDS
    )
    await runner.setup()
    try:
        make = runner.server
        assert make is not None  # noqa: S101 - there after set-up
        connections = app[CONNECTIONS]
        server = await asyncio.get_running_loop().create_server(lambda: connections.protocol(make()), host, port)
        try:
            bound = server.sockets[0].getsockname()
            shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
            yield f"http://{shown}:{bound[1]}"
        finally:
            server.close()
    finally:
        await runner.cleanup()
