"""Run the gate on a port for as long as a context lasts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from pratique.flow.world import World
from pratique.model.scope import Actor
from pratique.web.gate import application


@asynccontextmanager
async def running(world: World, host: str, port: int, local: Actor) -> AsyncIterator[str]:
    """Serve `world`; yields the base URL without a slash at the end. Port 0 takes any free one.

    Raises `OSError` when the address cannot be listened on.
    """
    runner = web.AppRunner(application(world, local), access_log=None, handle_signals=False, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        await runner.cleanup()
