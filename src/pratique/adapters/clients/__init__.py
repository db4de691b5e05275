"""Real package clients, and how to put a gate around each: which index it would have used, and how it is told to use ours.

Nothing of a client's own configuration may lead around the gate, nothing is left behind, and nothing else about it changes.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from packageurl.contrib import purl2url

from pratique.errors import InvalidInput, Unavailable

QUESTION_SECONDS_MAX: Final = 30.0
"""How long a client may take to say how it is configured."""


@dataclass(frozen=True, slots=True)
class IndexChoice:
    """The index a client would use. `ignored` are further places it was told to look, which are not passed on."""

    url: str
    ignored: tuple[str, ...]
    arguments: tuple[str, ...]
    """The arguments without those that chose indexes."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to run a client: its command, its whole environment, and what surrounds the run."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    around: AbstractContextManager[None]
    note: str = ""
    """What is worth saying before it runs; empty when it does what anybody would expect."""


class Urls(Protocol):
    """The gate's URLs beside the index's, both ways."""

    @property
    def simple(self) -> str:
        """The gate's Simple API, without a slash at the end."""
        ...

    def to_gate(self, url: str) -> str:
        """The gate's URL of a file at the index."""
        ...

    def to_index(self, url: str) -> str:
        """The index's URL of a file at the gate; the same URL where it is none of ours."""
        ...


class Client(Protocol):
    """A package client."""

    name: str

    def choose(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> IndexChoice:
        """The index it would have used. Raises `InvalidInput` when it is not installed or cannot be read."""
        ...

    def launch(self, choice: IndexChoice, urls: Urls, folder: Path, environment: Mapping[str, str]) -> Launch:
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


def take_options(arguments: Sequence[str], options: Mapping[str, str]) -> tuple[list[str], dict[str, list[str]]]:
    """Take index options out of arguments: what remains, and the values by kind.

    `options` maps each spelling (`--index-url`, `-i`) to its kind; both `--option value` and `--option=value` are understood,
    and `-ivalue` for a short one. A kind that ends in `!` is a flag without a value.
    """
    rest: list[str] = []
    taken: dict[str, list[str]] = {}
    waiting = ""
    for place, argument in enumerate(arguments):
        if waiting:
            taken.setdefault(waiting, []).append(argument)
            waiting = ""
            continue
        if argument == "--":
            return rest + list(arguments[place:]), taken
        name, joined, value = argument.partition("=")
        short = argument[:2]
        if name in options and options[name].endswith("!"):
            taken.setdefault(options[name], []).append("")
        elif name in options and joined:
            taken.setdefault(options[name], []).append(value)
        elif argument in options:
            waiting = options[argument]
        elif short in options and not argument.startswith("--") and len(argument) > len(short):
            taken.setdefault(options[short], []).append(argument[len(short) :])
        else:
            rest.append(argument)
    return rest, taken


def not_passed_on(taken: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What index options said beside the index itself: further places, and that there should be none."""
    return (*taken.get("more", ()), *(("--no-index",) if "none!" in taken else ()))


def table_in(document: object, *keys: str) -> dict[str, Any]:
    """A table in a client's configuration; empty where there is none, or something else in its place."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def tables_in(table: Mapping[str, object], key: str) -> list[dict[str, Any]]:
    """An array of tables in a client's configuration; what is none is left out."""
    found = table.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def known_index() -> str:
    """The public index as a library knows it: the origin that `packageurl` gives for a package's page."""
    page = urlsplit(str(purl2url.get_repo_url("pkg:pypi/pip")))  # type: ignore[no-untyped-call]  # packageurl has no types here
    return f"{page.scheme}://{page.netloc}/simple/"


def default_index(environment: Mapping[str, str] | None = None) -> str:
    """The index this machine's pip uses, or the public one where nothing is set or there is no pip."""
    from pratique.adapters.clients.pip import Pip

    variables = dict(os.environ) if environment is None else environment  # noqa: TID251 - the machine's own configuration
    try:
        return Pip(sys.executable).choose((), Path.cwd(), variables).url
    except (Unavailable, InvalidInput):
        return known_index()
