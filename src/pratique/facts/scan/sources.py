"""Which scanner looked: the digest of everything that a scan's answer depends on, so that an answer of another is not reused."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import MAGIC_NUMBER
from typing import Final

from pratique.facts.scan.indicators import Packs, shipped
from pratique.model.artifact import Digest

_SOURCES: Final = ("facts/scan", "ecosystems/archive", "model/limits.py", "adapters/scan_child.py")


_SUFFIXES: Final = (".py", ".yar", ".toml")


@cache
def rules_digest(packs: Packs | None = None) -> Digest:
    """The digest over the sources of rules, views, engine, archive reader and limits, and over the version of Python's parser.

    With packs of indicators beside those that ship, over these too.
    """
    if packs is None or packs is shipped():
        return _own_digest()
    return Digest("sha256:" + hashlib.sha256(f"{_own_digest()} {packs.digest}".encode()).hexdigest())


@cache
def _own_digest() -> Digest:
    hasher = hashlib.sha256(MAGIC_NUMBER)
    for path, source in sources():
        hasher.update(f"{path} {len(source)}\n".encode() + source)
    return Digest("sha256:" + hasher.hexdigest())


def sources() -> Iterator[tuple[str, bytes]]:
    """Every file the digest covers, by its path in the package, with its bytes."""
    root = files("pratique")
    for name in _SOURCES:
        yield from _below(root.joinpath(*name.split("/")), name)


def _below(place: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    if place.is_file():
        yield path, place.read_bytes()
        return
    for inner in sorted(place.iterdir(), key=lambda each: each.name):
        if inner.is_dir() and inner.name != "__pycache__":
            yield from _below(inner, f"{path}/{inner.name}")
        elif inner.name.endswith(_SUFFIXES):
            yield f"{path}/{inner.name}", inner.read_bytes()
