"""A client that is about to run around a gate."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pratique.adapters.account import here
from pratique.adapters.clients import Client, Errand, Gate, Launch, Urls
from pratique.adapters.clients.installed import States, installed_since, plain_name, states_of
from pratique.adapters.clients.pdm import Pdm
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.pipx import Pipx
from pratique.adapters.clients.poetry import Poetry
from pratique.adapters.clients.runs import Run
from pratique.adapters.clients.sources import Named
from pratique.adapters.clients.uv import Uv
from pratique.adapters.index_address import without_secrets
from pratique.errors import InvalidInput
from pratique.model.event import Brought

_TOLD_MAX = 3
_PORT = 443


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A client, what it is asked to do, and the environment it is asked in."""

    client: Client
    errand: Errand
    folder: Path
    environment: Mapping[str, str]

    def refuse_others(self, urls: Urls, hosts: Collection[str], settings_file: str) -> None:
        """Raises `InvalidInput` naming the places that stand not behind the gate; `hosts` are those that the policy names."""
        others = [each for each in self.errand.named if not self._known(each, urls, hosts)]
        if not others:
            return
        first = others[0]
        what = "fetches past every index" if first.direct else "is an index that the settings do not know"
        told = [f"{each.where}: {without_secrets(each.url)}" for each in others[:_TOLD_MAX]]
        more = f"; and {len(others) - _TOLD_MAX} more" if len(others) > _TOLD_MAX else ""
        raise InvalidInput(
            f"{told[0]} {what}{''.join(f'; {each}' for each in told[1:])}{more}", advice=_way(first, settings_file)
        )

    def launch(self, urls: Urls, port: int, run: Run) -> Launch:
        """How to run it around the gate at this port."""
        return self.client.launch(self.errand, Gate(urls, port, run.folder), self.folder, self.environment)

    def installed(self) -> States:
        """What is there already where it installs, to be handed to `installed_past`."""
        return states_of(self._environments())

    def installed_past(self, before: States, run: Run, served: Collection[tuple[str, str]]) -> list[Brought]:
        """What the run has installed that was not served; `served` are names and versions."""
        new = installed_since(self._environments(), before, run.since)
        known = {(plain_name(name), version) for name, version in served}
        past = [each for each in new if each.kind or (plain_name(each.name), each.version) not in known]
        return [each if each.kind else msgspec.structs.replace(each, kind="file") for each in past]

    def _environments(self) -> list[Path]:
        writes = [*self.errand.writes, *(each / "venvs" for each in self.errand.writes)]
        made = [each for folder in writes for each in folder.glob("*/") if (each / "pyvenv.cfg").is_file()]
        return [*self.errand.installs, *writes, *made]

    def _known(self, named: Named, urls: Urls, hosts: Collection[str]) -> bool:
        if not named.direct:
            return urls.to_gate(named.url) != named.url
        return _address(named.url) in hosts


def wrapping(client: str, arguments: Sequence[str]) -> Wrapping:
    """Prepare a client. Raises `InvalidInput` when it is not installed, or what it would read cannot be read."""
    clients: dict[str, Client] = {
        "pip": Pip(),
        "uv": Uv(),
        "uvx": Uv("uvx"),
        "poetry": Poetry(),
        "pipx": Pipx(),
        "pdm": Pdm(),
    }
    chosen, folder, environment = clients[client], here(), dict(os.environ)  # noqa: TID251 - the client's own environment is passed on
    return Wrapping(chosen, chosen.read(arguments, folder, environment), folder, environment)


def _address(url: str) -> str:
    """The host and the port of a direct place, as the policy knows them; empty where the URL says neither."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        return ""
    return f"{host}:{port}" if host else ""


def _way(named: Named, settings_file: str) -> str:
    if named.direct:
        host = _address(named.url).removesuffix(f":{_PORT}")
        way = f'; or add to the policy:\n\n      [elsewhere]\n      hosts = ["{host}"]\n' if host else ""
        return f"take it from an index{way}"
    url = without_secrets(named.url)
    host = urlsplit(url).hostname or "other"
    name = "".join(c if c.isalnum() else "-" for c in (named.label or host).lower()).strip("-")
    explicit = "\n      explicit = true" if named.explicit else ""
    lines = f'[index.{name}]\n      url = "{url}"{explicit}'
    return f"take it out; or, to have its packages judged too, add to {settings_file}:\n\n      {lines}\n"
