"""A place that tells a package client where to get packages: a variable, or a line of a file."""

from dataclasses import dataclass
from enum import StrEnum


class Told(StrEnum):
    """What a client is told. Of several indexes one is asked for everything; what stands beside it is asked as well."""

    INDEX = "index"
    BESIDE = "beside"
    DIRECT = "direct"
    """One package from one address, which no index is asked for."""
    PROXY = "proxy"
    """Who is asked in the place of whatever was named."""


@dataclass(frozen=True, slots=True)
class ClientSource:
    """One such place. `line` counts from 1, 0 for a variable; `key` is the option as it is written there.

    Of the indexes that a client is told, the one with the highest `rank` counts. One that is asked only in a project, or for a
    file that is named, has no rank: it stands by itself.
    """

    client: str
    told: Told
    url: str
    place: str
    line: int
    key: str
    rank: int | None = None
