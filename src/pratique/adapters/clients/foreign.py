"""The command that `uv run`, `uvx` or `poetry run` is asked to run: none of the gate's business.

Where the client makes an environment for it that lasts no longer than the command, the client, behind the wall, runs one that
waits in its place: it tells in which environment it is, and goes on waiting until the foreign command has ended outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_WAITING: Final = """\
import json, os, socket
os.chdir({folder!r})
with socket.socket(socket.AF_UNIX) as told:
    told.connect({name!r})
    told.sendall(json.dumps(dict(os.environ)).encode() + b"\\n")
    told.recv(1)
"""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A command to run after the gated part, in the user's own environment; if it is `met`, with what the client made of that."""

    command: tuple[str, ...]
    met: Path | None = None
    beside: tuple[Path, ...] = ()
    """Files that the waiting command needs beside the user's own, until it waits."""


def waiting(place: Path) -> str:
    """A program in Python that says on the socket at `place` in which environment it runs, and ends when that is closed.

    It goes to the folder first: the path may be longer than the name of a socket.
    """
    return _WAITING.format(folder=str(place.parent.absolute()), name=place.name)


def made_by_client(users: Mapping[str, str], given: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """The user's environment with what the client changed in the one it was given."""
    return {**users, **{name: value for name, value in told.items() if given.get(name) != value}}
