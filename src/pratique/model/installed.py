"""A package that is installed in an environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Installed:
    """A package in an environment. `origin` is where it came from, where it came by no index (PEP 610)."""

    name: str
    version: str
    origin: str = ""
    bundled: bool = False
    """Whether the environment brought it along."""
