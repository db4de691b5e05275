"""Notebooks (`.ipynb`): what their cells run, in whatever language, and what their outputs run when they are shown."""

from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.notebook.view import read


def _claims(path: str, head: bytes) -> bool:
    del head
    return path.endswith(".ipynb")


def _worth(found: frozenset[str]) -> bool:
    del found
    return True


LANGUAGE: Final = Language("notebook", _claims, read, {}, _worth, text=False)
