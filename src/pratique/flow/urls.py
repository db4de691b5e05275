"""File URLs of a gate and of its indexes: a pure prefix swap, both ways, so that lock files can be turned back."""

from typing import Final
from urllib.parse import urlsplit

from pratique.errors import InvalidInput
from pratique.flow.listings import KnownProject
from pratique.flow.world import World
from pratique.model.listing import settled_path

ORIGIN: Final = "http://gate.pratique.invalid"
"""Under which a wrapped client knows its gate, whatever the port: a name that never resolves (RFC 6761, section 6.4)."""


class GateUrls:
    """The URLs of a gate at `base` (no slash at the end) beside those of the index it speaks for."""

    def __init__(self, base: str, world: World) -> None:
        self._base = base
        self._world = world
        self._index = list(world.upstreams)[-1]

    @property
    def simple(self) -> str:
        """The gate's Simple API, without a slash at the end."""
        return f"{self._base}/simple"

    def to_gate(self, url: str) -> str:
        """The gate's URL of a file at the public index."""
        if url.startswith(f"{self._base}/"):
            return url
        return f"{self._base}/files/{self._index}{urlsplit(url).path}"

    def to_index(self, url: str) -> str:
        """The index's URL of a file that this gate has listed; the same URL where it is none of ours."""
        files = f"{self._base}/files/"
        if not url.startswith(files):
            return url
        index, _, path = urlsplit(url.removeprefix(files)).path.partition("/")
        try:
            path = settled_path(f"/{path}")
        except InvalidInput:
            return url
        for (name, _), (known, _) in self._world.pages.kept.items():
            file = known.file_at(path) if name == index and isinstance(known, KnownProject) else None
            if file is not None:
                return file.url
        return url
