"""Project names of Python packages (PEP 503, PEP 508)."""

import re

from packaging.utils import canonicalize_name

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import ProjectName

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def normalise(name: str) -> ProjectName:
    """A project's name in normal form. Raises `InvalidInput` for what can be no project's name."""
    if len(name) > limits.NAME_CHARACTERS_MAX or not _NAME.fullmatch(name):
        raise InvalidInput(
            "that is no project name", advice="names have letters, digits, and . - _ between them (PEP 508)"
        )
    return ProjectName(canonicalize_name(name))
