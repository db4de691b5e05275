"""Versions that nobody reaches by releasing: what is published to win over every other version of a name."""

import re
from collections.abc import Iterable
from typing import Final

_MAJOR: Final = re.compile(r"v?(?:\d+!)?(\d+)")
_HIGH_MIN: Final = 90
_YEARS: Final = range(1990, 2101)
_DATE_DIGITS: Final = (4, 6, 8, 10, 12, 14)
"""How many digits a year has, or a year with its month, day, hour, minute and second."""
_COUNTED_UP_MIN: Final = 5
"""A project whose versions have so many first numbers has counted up to the highest."""


def majors(versions: Iterable[str]) -> int:
    """How many different first numbers these versions have."""
    return len({match[1] for version in versions if (match := _MAJOR.match(version))})


def unlikely_version(version: str, counted: int) -> str:
    """Why a version looks made up, in plain words and without a full stop; empty where it does not.

    `version` is in normal form; `counted` is what `majors` says of its project. Years, dates and what a project has counted
    up to are likely.
    """
    match = _MAJOR.match(version)
    if match is None or counted >= _COUNTED_UP_MIN:
        return ""
    major = match[1].lstrip("0")
    dated = len(major) in _DATE_DIGITS and int(major[:4]) in _YEARS
    if dated or (len(major) <= len(str(_HIGH_MIN)) and int(major or "0") < _HIGH_MIN):
        return ""
    return f"version {version} is chosen to be higher than any other: its project never counted up to that"
