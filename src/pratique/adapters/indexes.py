"""Which indexes stand behind the gate, and in which order they are asked."""

import os
import sys
from urllib.parse import urlsplit

from pratique.adapters.account import here, home
from pratique.adapters.client_files.places import Machine
from pratique.adapters.client_files.setting_up import ClientSetup
from pratique.adapters.clients import default_index, known_index
from pratique.adapters.index_address import IndexAddress
from pratique.errors import InvalidInput
from pratique.settings import Settings


def indexes_of(settings: Settings) -> dict[str, str]:
    """The indexes in the order in which a name is looked for: the organisation's own first, the public one last.

    Where this machine's clients already use this gate, the public index is the one that they used before `pratique setup`, or
    the one that libraries know: a gate does not ask itself. Raises `InvalidInput` for an index without a URL.
    """
    named = {name: options.url for name, options in settings.index.items()}
    public = named.pop("public", "") or default_index()
    for name, url in named.items():
        if not url:
            raise InvalidInput(f"the index {name} has no URL", advice=f"set `url` under [index.{name}]")
    named["public"] = _index_before(settings) or known_index() if is_this_gate(public, settings) else public
    return named


def shown_indexes(settings: Settings) -> dict[str, str]:
    """The indexes in the same order, with URLs that may be shown. Raises `InvalidInput` for one that is no URL of an index."""
    return {name: IndexAddress.read(name, url).url for name, url in indexes_of(settings).items()}


def client_setup(settings: Settings) -> ClientSetup:
    """What `pratique setup` has written for this account. Raises as `home` does."""
    return ClientSetup(this_machine(), home(settings))


def this_machine() -> Machine:
    """Where clients' files lie, for this account in this folder."""
    return Machine(dict(os.environ), here(), sys.platform)  # noqa: TID251 - where files lie is said by the environment


def _index_before(settings: Settings) -> str:
    return "" if settings.store.kind == "memory" else client_setup(settings).index_before


def is_this_gate(url: str, settings: Settings) -> bool:
    """Whether a URL leads to the gate that these settings describe."""
    parts = urlsplit(url)
    hosts = {settings.server.host, "127.0.0.1", "::1", "localhost"}
    public = settings.server.public_url.rstrip("/")
    ours = parts.hostname in hosts and parts.port == settings.server.port
    return ours or bool(public and url.startswith(f"{public}/"))
