"""The addresses of a wrapped client's gate beside those of its indexes: a pure prefix swap, both ways.

- The default index is `ORIGIN/simple`, the index NAME of the settings `ORIGIN/index/NAME/simple`, a file of it
  `ORIGIN/files/NAME/<path at the index>`.
- Turned back, an index has the URL by which the client knows it, without user and password; a file the one that its index lists.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.flow.world import World
from pratique.model.listing import settled_path

ORIGIN: Final = "http://gate.pratique.invalid"
"""Under which a wrapped client knows its gate, whatever the port: a name that never resolves (RFC 6761, section 6.4)."""

_OURS: Final = re.compile(re.escape(ORIGIN).encode() + rb"[^\s\"'<>()\[\]{},;#`\\]*")
_FILES: Final = f"{ORIGIN}/files/"

Later: TypeAlias = Callable[[], Awaitable[World]]
"""Opens a world when it is first needed."""


class GateUrls:
    """The URLs of a gate, and of what stands behind it: `behind` are the URLs of the gate's indexes, the public one last.

    `indexes` are the URLs by which the client knows indexes, and the world is asked for only where a page has to tell.
    Of an index that is known by a name and is the default too, as that of a company may be, files are served under that name.
    """

    def __init__(self, behind: Mapping[str, str], indexes: Mapping[str, str], world: Later) -> None:
        self._behind = {name: without_login(url) for name, url in behind.items()}
        self._world = world
        self._public = list(behind)[-1]
        self._shown = {name: without_login(url) for name, url in indexes.items()}
        self._names: dict[str, str] = {}
        for known in (behind, indexes):
            default_first = sorted(known, key=lambda name: name != self._public)
            self._names |= {plain_index(known[name]): name for name in default_first}
        self._files: dict[str, str] = {}

    @classmethod
    def of(cls, world: World, indexes: Mapping[str, str]) -> "GateUrls":
        """Those of a world that is open."""

        async def there() -> World:
            return world

        return cls({name: upstream.url for name, upstream in world.upstreams.items()}, indexes, there)

    @property
    def simple(self) -> str:
        """The gate's Simple API, without a slash at the end."""
        return f"{ORIGIN}/simple"

    def of_index(self, name: str) -> str:
        """The Simple API of one index, without a slash at the end."""
        return self.simple if name == self._public else f"{ORIGIN}/index/{name}/simple"

    def name_of(self, url: str) -> str:
        """The name of the index with this URL; empty for one that stands not behind the gate."""
        return str(self._names.get(plain_index(url), ""))

    def to_gate(self, url: str) -> str:
        """The gate's URL for an index, or a page of one; the same URL where it is none behind the gate."""
        plain = plain_index(url)
        for known, name in self._names.items():
            if plain == known or plain.startswith(f"{known}/"):
                slash = "/" if url.endswith("/") else ""
                return f"{self.of_index(name)}{plain[len(known) :]}{slash}"
        return url

    def file(self, name: str, url: str) -> str:
        """The gate's URL of a file that is known to be of this index."""
        ours = f"{_FILES}{name}{urlsplit(url).path}"
        self._files.setdefault(ours, url)
        return ours

    async def learn(self, content: bytes) -> None:
        """Find out, of each file at this gate that a text names, where its index has it."""
        for match in _OURS.finditer(content):
            url = match[0].decode(errors="replace")
            if url.startswith(_FILES) and url not in self._files:
                self._files[url] = await self._listed(url)

    async def _listed(self, url: str) -> str:
        """The URL of a file at its index; where no page tells, its path at the index's own host."""
        name, _, path = url.removeprefix(_FILES).partition("/")
        index = self._behind.get(name)
        try:
            settled, world = settled_path(f"/{path}"), await self._world()
            for project in world.ecosystem.projects(settled.rpartition("/")[2].removesuffix(".metadata")):
                known = await world.pages.find(project, name)
                file = known.file_at(settled)
                if file is not None:
                    return file.url
        except (InvalidInput, NotFound, Unavailable):
            pass
        return url if index is None else f"{'/'.join(index.split('/', 3)[:3])}/{path}"

    def turned_back(self, content: bytes) -> bytes:
        """A text with every address at this gate as a direct run would have written it. Of files, `learn` knows them."""
        return _OURS.sub(self._back, content)

    def _back(self, match: re.Match[bytes]) -> bytes:
        url = match[0].decode(errors="replace")
        if url in self._files:
            return self._files[url].encode()
        for name, shown in self._shown.items():
            ours = self.of_index(name)
            if url == ours or url.startswith(f"{ours}/"):
                return (shown.rstrip("/") + url[len(ours) :]).encode()
        return match[0]


def without_login(url: str) -> str:
    """A URL without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def plain_index(url: str) -> str:
    """The URL of an index as it is compared: without user, query, fragment and slash at the end; host in small letters."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}"
