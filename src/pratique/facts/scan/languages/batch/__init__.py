"""Batch files of Windows' command interpreter, and command lines in texts of other languages."""

from typing import Final

from pratique.facts.scan.languages.batch.view import read
from pratique.facts.scan.languages.language import Language

_SUFFIXES: Final = (".bat", ".cmd")
_WORDS: Final = {"shape": ("echo", "set")}


def _claims(path: str, head: bytes) -> bool:
    del head
    return path.endswith(_SUFFIXES)


def _worth(found: frozenset[str]) -> bool:
    """Every file is: carets and variables spell a command in so many ways that no word tells which file is harmless."""
    del found
    return True


LANGUAGE: Final = Language("batch", _claims, read, _WORDS, _worth)
