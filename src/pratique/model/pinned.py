"""A release that something names exactly: an environment, a lock file, a list of requirements."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pinned:
    """Name and version as they are written, and where. An empty version says that none is named; `why` then says more."""

    name: str
    version: str
    place: str
    why: str = ""
