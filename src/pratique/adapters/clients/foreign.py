"""The command that `uv run`, `uvx` or `poetry run` is asked to run: none of the gate's business.

Where the client makes an environment for it that lasts no longer than the command, the client, behind the wall, runs one that
waits in its place: it tells in which environment it is, and goes on waiting until the foreign command has ended outside.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_WAITING: Final = """\
import json, os, socket
with socket.socket(socket.AF_UNIX) as told:
    told.connect({place!r})
    told.sendall(json.dumps(dict(os.environ)).encode() + b"\\n")
    told.recv(1)
"""
_TOLD_BYTES_MAX: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Foreign:
    """A command to run after the gated part, in the user's own environment; if it is `met`, with what the client made of that."""

    command: tuple[str, ...]
    met: Path | None = None


def waiting(place: Path) -> str:
    """A program in Python that says on the socket at `place` in which environment it runs, and ends when that is closed."""
    return _WAITING.format(place=str(place))


class Meeting:
    """Where a waiting command is met: entered before the client starts, left when the foreign command has ended."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._came = asyncio.get_running_loop().create_future()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._meet, str(self._place), limit=_TOLD_BYTES_MAX)
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


def made_by_client(users: Mapping[str, str], given: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """The user's environment with what the client changed in the one it was given."""
    return {**users, **{name: value for name, value in told.items() if given.get(name) != value}}
