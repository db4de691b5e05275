"""Real package clients, and how to put a gate around each: what one is asked to do, and how it is told to come to the gate.

What a client's configuration says of other places is read, as a courtesy: those that the settings know work through the gate, the
others are refused by name before anything runs. What holds is the wall (`adapters/wall.py`): the client reaches the gate only.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from pratique.adapters.clients.foreign import Foreign
from pratique.adapters.clients.sources import Named
from pratique.errors import InvalidInput, Unavailable

QUESTION_SECONDS_MAX: Final = 30.0
"""How long a client may take to say how it is configured."""
HOST: Final = "gate.pratique.invalid"
"""The host of the origin under which a gate is known to its client."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a client is asked to do.

    `index` is the default index it would use, by the machine's configuration; `named` are all further places that anything
    it reads names; `reads` are the files of the project, and those named on the command line, in which indexes may be named;
    `writes` are folders in which it may write such names, `installs` the environments it may install into. `foreign` are the
    words of a command that it is asked to run.
    """

    arguments: tuple[str, ...]
    index: str
    named: tuple[Named, ...] = ()
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    installs: tuple[Path, ...] = ()
    foreign: tuple[str, ...] = ()
    note: str = ""
    """What is worth saying before it runs; empty when it does what anybody would expect."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to run a client: its command, and its whole environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    foreign: Foreign | None = None
    """The command that the client was asked to run; `command` then has another one in its place."""


class Urls(Protocol):
    """The gate's URLs beside those of its indexes."""

    @property
    def simple(self) -> str:
        """The gate's Simple API, without a slash at the end."""
        ...

    def name_of(self, url: str) -> str:
        """The name of the index with this URL; empty for one that stands not behind the gate."""
        ...

    def to_gate(self, url: str) -> str:
        """The gate's URL for an index, or a page of one; the same URL where it is none behind the gate."""
        ...

    def file(self, name: str, url: str) -> str:
        """The gate's URL of a file that is known to be of this index."""
        ...

    async def learn(self, content: bytes) -> None:
        """Find out, of each file at this gate that a text names, where its index has it."""
        ...

    def turned_back(self, content: bytes) -> bytes:
        """A text with every address at this gate as a direct run would have written it."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate as the child of one run meets it: its URLs, its port on loopback, and a folder that goes with the run."""

    urls: Urls
    port: int
    scratch: Path

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """An environment in which whatever speaks HTTP comes to the gate, whoever it means to speak with."""
        kept = {name: value for name, value in variables.items() if name.lower() not in _PROXY_VARIABLES}
        return kept | dict.fromkeys(_POINTED, f"http://127.0.0.1:{self.port}")


_POINTED: Final = tuple(
    each for name in ("http", "https", "all") for each in (f"{name}_proxy", f"{name}_proxy".upper())
)
_PROXY_VARIABLES: Final = frozenset({*map(str.lower, _POINTED), "no_proxy", "ftp_proxy"})


class Client(Protocol):
    """A package client. Both methods raise `InvalidInput` when it is not installed or cannot be asked to do this here."""

    name: str

    def read(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Errand:
        """What it is asked to do, and every place that what it reads names."""
        ...

    def launch(self, errand: Errand, gate: Gate, folder: Path, environment: Mapping[str, str]) -> Launch:
        """How to run it around a gate."""
        ...


def ask(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a client says when asked something. Raises `Unavailable` when it does not say."""
    try:
        done = subprocess.run(  # noqa: S603 - the client the user runs anyway, with our own question
            command, env=dict(environment), capture_output=True, text=True, timeout=QUESTION_SECONDS_MAX, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{command[0]} does not say how it is configured: {error}") from error
    return done.stdout


def known_index() -> str:
    """The public index as a library knows it: the origin that `packageurl` gives for a package's page."""
    from packageurl.contrib import purl2url

    page = urlsplit(str(purl2url.get_repo_url("pkg:pypi/pip")))  # type: ignore[no-untyped-call]  # packageurl has no types here
    return f"{page.scheme}://{page.netloc}/simple/"


def default_index(environment: Mapping[str, str] | None = None) -> str:
    """The index this machine's pip uses, or the public one where nothing is set."""
    from pratique.adapters.clients.pip_settings import PipSettings

    variables = dict(os.environ) if environment is None else environment  # noqa: TID251 - the machine's own configuration
    try:
        return PipSettings.read(variables, sys.prefix, "install").index or known_index()
    except InvalidInput:
        return known_index()
