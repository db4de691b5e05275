"""The gate of one wrapped command: it listens from the start, and opens when somebody comes or something is to be recorded."""

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import NoReturn, Self

from pratique.cli.notices import Notices
from pratique.flow.world import World
from pratique.here import person
from pratique.policy.policy import Policy
from pratique.settings import Settings


class OneGate:
    """Entered before the client starts, so that its port is known; left when all is said.

    A client that finds everything in place asks for nothing: then no ledger is opened, and what serves is not even imported.
    """

    def __init__(self, settings: Settings, policy: Policy, notices: Notices) -> None:
        self._settings = settings
        self._policy = policy
        self._notices = notices
        self._listening: socket.socket
        self._stack = AsyncExitStack()
        self._world: World | None = None
        self._one = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what was opened."""
        await self._stack.aclose()
        self._listening.close()

    @property
    def port(self) -> int:
        """Where the client meets it, once it is entered."""
        port: int = self._listening.getsockname()[1]
        return port

    async def world(self) -> World:
        """The world behind it, opened when it is first needed. Raises as `open_world` does, and `Tampered`."""
        async with self._one:
            if self._world is None:
                from pratique.app import open_world
                from pratique.cli.session import opened

                opening = open_world(self._settings, policy=self._policy, observer=self._notices)
                world = await self._stack.enter_async_context(opening)
                await opened(world)
                self._world = world
            return self._world

    async def serve(self) -> NoReturn:
        """Open when a client comes, and serve until this is cancelled. Raises as `world` does: then nobody waits any more."""
        await self._somebody()
        try:
            world = await self.world()
        finally:
            if self._world is None:
                self._listening.close()
        from pratique.web.serve import running_at

        await self._stack.enter_async_context(running_at(world, self._listening, person()))
        while True:
            await asyncio.Event().wait()

    async def _somebody(self) -> None:
        loop, came = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._listening, came.set)
        try:
            await came.wait()
        finally:
            loop.remove_reader(self._listening)
