"""Where the command that waits in place of a foreign one is met."""

import asyncio
import json
import socket
import tempfile
from pathlib import Path
from typing import Final, Self

_TOLD_BYTES_MAX: Final = 16 * 1024 * 1024


class Meeting:
    """Where a waiting command is met: entered before the client starts, left when the foreign command has ended."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._came = asyncio.get_running_loop().create_future()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        listening = _bound(self._place)
        self._server = await asyncio.start_unix_server(self._meet, sock=listening, limit=_TOLD_BYTES_MAX)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let whoever waits end."""
        assert self._server is not None  # noqa: S101 - entered before it is left
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def environment(self) -> dict[str, str]:
        """The environment in which the command waits, once it does."""
        told: dict[str, str] = await self._came
        return told

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        told = json.loads(await reader.readline())
        if not self._came.done():
            self._came.set_result(told)


def _bound(place: Path) -> socket.socket:
    """A socket at a place, however long its path: the name of one holds about a hundred bytes, so it is bound through a link."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with tempfile.TemporaryDirectory(prefix="pratique-") as near:
            link = Path(near) / "there"
            link.symlink_to(place.parent.absolute())
            bound.bind(str(link / place.name))
    except OSError:
        bound.close()
        raise
    return bound
