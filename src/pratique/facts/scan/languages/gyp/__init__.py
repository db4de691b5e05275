"""Build files of GYP, which node-gyp reads for every package that has a `binding.gyp`: commands are run while it is read."""

from typing import Final

from pratique.facts.scan.languages.gyp.view import read
from pratique.facts.scan.languages.language import Language


def _claims(path: str, head: bytes) -> bool:
    del head
    return path.endswith((".gyp", ".gypi"))


def _worth(found: frozenset[str]) -> bool:
    del found
    return True


LANGUAGE: Final = Language("gyp", _claims, read, {}, _worth)
