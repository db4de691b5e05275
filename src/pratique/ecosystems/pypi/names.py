"""Project names of Python packages (PEP 503, PEP 508)."""

import re
from functools import lru_cache
from typing import Final

from packaging.utils import canonicalize_name

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import ProjectName

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_PATTERN: Final = re.compile(r"[A-Za-z0-9._*-]+")
_KEPT: Final = 16_384


def normalise(name: str) -> ProjectName:
    """A project's name in normal form. Raises `InvalidInput` for what can be no project's name."""
    if len(name) > limits.NAME_CHARACTERS_MAX or not _NAME.fullmatch(name):
        raise InvalidInput(
            "that is no project name", advice="names have letters, digits, and . - _ between them (PEP 508)"
        )
    return normal_name(name)


@lru_cache(_KEPT)
def normal_name(text: str) -> ProjectName:
    """The normal form of a text that stands where a name does."""
    return ProjectName(canonicalize_name(text))


def normal_pattern(text: str) -> str:
    """A name in which `*` stands for any characters, in normal form. Raises `InvalidInput`."""
    if len(text) > limits.NAME_CHARACTERS_MAX or not _PATTERN.fullmatch(text):
        raise InvalidInput("that is no project name, with or without *")
    return normal_name(text)
