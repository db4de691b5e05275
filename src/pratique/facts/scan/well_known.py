"""Names that belong to somebody: commands and modules, and the projects that bring them, from `well_known.toml`."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

_TABLE: Final = tomllib.loads(files("pratique.facts.scan").joinpath("well_known.toml").read_text(encoding="utf-8"))

COMMANDS: Final[Mapping[str, frozenset[str]]] = {
    **{name: frozenset[str]() for name in _TABLE["commands"]["system"].split()},
    **{name: frozenset(owners) for name, owners in _TABLE["commands"]["of"].items()},
}
"""Commands, each with the projects that bring it; of those of the system, none."""

MODULES: Final[Mapping[str, frozenset[str]]] = {name: frozenset(owners) for name, owners in _TABLE["modules"].items()}
"""Modules and packages at the top of site-packages, each with the projects that bring it."""
