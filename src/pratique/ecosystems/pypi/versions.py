"""Versions and ranges of Python packages (PEP 440)."""

import re
from functools import lru_cache
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import VersionText
from pratique.model.ecosystem import Range, Version
from pratique.model.text import quoted

NORMAL: Final = (
    r"(?:0|[1-9][0-9]*+)(?:\.(?:0|[1-9][0-9]*+))*+(?:(?:a|b|rc)(?:0|[1-9][0-9]*+))?+"
    r"(?:\.post(?:0|[1-9][0-9]*+))?+(?:\.dev(?:0|[1-9][0-9]*+))?+"
)
"""What PEP 440 calls the normal form, of versions without an epoch and a local part: most of them, and no work."""
_NORMAL: Final = re.compile(NORMAL)
_KEPT: Final = 16_384


@lru_cache(_KEPT)
def version(text: str) -> Version | None:
    """A version, None for what PEP 440 cannot read, or is longer than the limit."""
    if len(text) > limits.VERSION_CHARACTERS_MAX:
        return None
    try:
        parsed = Pep440(text)
    except InvalidVersion:
        return None
    return Version(VersionText(str(parsed)), parsed, parsed.is_prerelease)


@lru_cache(_KEPT)
def normal_version(text: str) -> VersionText:
    """A version in normal form, or as it is written where it has none. Raises `InvalidInput` for a long one.

    File names may write `_` for the hyphen of an old form.
    """
    if len(text) > limits.VERSION_CHARACTERS_MAX:
        raise InvalidInput("a version in a file name is too long")
    if _NORMAL.fullmatch(text):
        return VersionText(text)
    try:
        return VersionText(str(Pep440(text.replace("_", "-"))))
    except InvalidVersion:
        return VersionText(text)


def specifiers(text: str) -> Range:
    """A specifier set: `>=2,<2.5`; `2.9.*` alone is `==2.9.*`. Raises `InvalidInput`."""
    try:
        found = SpecifierSet(text if text[:1] in "<>=!~" else f"=={text}")
    except InvalidSpecifier:
        raise InvalidInput(f"{quoted(text)} is no specifier set (PEP 440)") from None
    return lambda one: found.contains(one.key, prereleases=True)


@lru_cache(_KEPT)
def runs_on(requires: str | None, python: str) -> bool:
    """Whether a file with this `Requires-Python` works on a Python; what cannot be read is no hindrance, as for installers."""
    if not requires or not python:
        return True
    try:
        return SpecifierSet(requires).contains(Pep440(python), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True
