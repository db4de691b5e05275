"""A client that is about to run around a gate."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from pratique.adapters.account import here
from pratique.adapters.clients import Client, IndexChoice, Launch, Urls
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.poetry import Poetry
from pratique.adapters.clients.uv import Uv


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A client that is about to run around a gate, and the index it would have used without one."""

    client: Client
    choice: IndexChoice

    def launch(self, urls: Urls) -> Launch:
        """How to run it around the gate at these URLs."""
        environment = dict(os.environ)  # noqa: TID251 - the client's own environment is passed on
        return self.client.launch(self.choice, urls, here(), environment)


def wrapping(client: str, arguments: Sequence[str]) -> Wrapping:
    """Prepare `pip`, `uv` or `poetry`. Raises `InvalidInput` when it is not installed or its project leads around a gate."""
    clients: dict[str, Client] = {"pip": Pip(), "uv": Uv(), "poetry": Poetry()}
    chosen = clients[client]
    environment = dict(os.environ)  # noqa: TID251 - which index it would have used is in its environment
    return Wrapping(chosen, chosen.choose(arguments, here(), environment))
