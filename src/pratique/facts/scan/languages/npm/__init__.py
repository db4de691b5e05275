"""Manifests of npm packages: what an installation runs, which files are where a program begins, and what lies at an address."""

from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.npm.view import read

_NAME: Final = "package.json"


def _claims(path: str, head: bytes) -> bool:
    del head
    return path.rpartition("/")[2] == _NAME


def _worth(found: frozenset[str]) -> bool:
    del found
    return True


LANGUAGE: Final = Language("npm", _claims, read, {}, _worth)
