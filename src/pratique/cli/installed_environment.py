"""Which environment of Python is meant: the one that is named, or the one that somebody is in."""

import os
from pathlib import Path

from pratique.errors import InvalidInput
from pratique.scanning import Environment, active, environment_at, environment_of


def chosen(python: Path | None, prefix: Path | None) -> Environment:
    """The environment of an interpreter or in a folder; the active one where neither is named. Raises `InvalidInput`."""
    if python is not None and prefix is not None:
        raise InvalidInput("name the interpreter or the folder, not both", advice="--prefix .venv")
    if prefix is not None:
        return environment_at(prefix)
    if python is not None:
        return environment_of(python)
    found = active()
    if found is None:
        raise InvalidInput(
            "no environment is active, and there is no .venv here",
            advice="activate one, or name it: pratique scan --installed --prefix FOLDER, or --python PATH",
        )
    return environment_at(found)


def shown(environment: Environment) -> str:
    """Its folder as people find it from where they are."""
    here = Path.cwd()
    prefix = environment.prefix
    return os.path.relpath(prefix, here) if prefix.is_relative_to(here) else str(prefix)
