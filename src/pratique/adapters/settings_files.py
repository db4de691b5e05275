"""Where settings stand on this machine: the machine's file, the user's, the project's, and the environment."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import platformdirs

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.settings import Configured, Source, environment_sources, read_settings

NAME: Final = "pratique.toml"
_PROJECT_ROOTS: Final = (".git", ".hg")
"""What marks the top folder of a project; above it, no file is the project's."""


def read_here(folder: Path, overrides: Mapping[str, object]) -> Configured:
    """The settings that hold in a folder. `overrides` are options by key, as the command line gave them.

    Raises `InvalidInput` for a file that cannot be read as settings, and as `read_settings` does.
    """
    user = user_file()
    sources = [*_files(folder, user), *environment_sources(dict(os.environ))]  # noqa: TID251 - the one place where the environment is read for settings
    if overrides:
        sources.append(Source("the command line", overrides))
    return read_settings(sources, user_file=str(user or system_file()))


def system_file() -> Path:
    """The file of this machine, for everybody on it."""
    return platformdirs.site_config_path("pratique") / NAME


def user_file() -> Path | None:
    """The file of this account, None for an account without a home."""
    try:
        return platformdirs.user_config_path("pratique") / NAME
    except RuntimeError:  # it has neither HOME nor an entry among the system's accounts
        return None


def project_file(folder: Path) -> Path | None:
    """The nearest `pratique.toml` from a folder up to the top of its repository; outside of one, only the folder's own."""
    above = [folder, *folder.parents]
    top = next((place for place, each in enumerate(above) if any((each / mark).exists() for mark in _PROJECT_ROOTS)), 0)
    return next((each / NAME for each in above[: top + 1] if (each / NAME).is_file()), None)


def _files(folder: Path, user: Path | None) -> Iterator[Source]:
    known = [path for path in (system_file(), user) if path is not None]
    for path in known:
        document = _document(path)
        if document is not None:
            yield Source(str(path), document, folder=str(path.parent))
    project = project_file(folder)
    if project is not None and not any(path.exists() and project.samefile(path) for path in known):
        document = _document(project)
        if document is not None:
            yield Source(str(project), document, narrowing=True, folder=str(project.parent))


def _document(path: Path) -> dict[str, object] | None:
    try:
        with path.open("rb") as file:
            content = file.read(limits.SETTINGS_BYTES_MAX + 1)
        if len(content) > limits.SETTINGS_BYTES_MAX:
            raise InvalidInput(
                f"{path} is larger than {limits.SETTINGS_BYTES_MAX} bytes", advice="is it settings at all?"
            )
        return tomllib.loads(content.decode())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:  # of TOML and of UTF-8; of nesting that no settings have
        raise InvalidInput(f"{path} cannot be read: {error}", advice="docs/reference/settings.md shows one") from error
