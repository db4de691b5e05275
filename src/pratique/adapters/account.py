"""The account this runs under: who it is, where it keeps things, and secrets for it to give away."""

import getpass
import os
import secrets
from pathlib import Path
from typing import Final

import platformdirs

from pratique.errors import InvalidInput, Unavailable
from pratique.model.scope import Actor, ActorKind
from pratique.settings import Settings

_SET_HOME: Final = "set `home` in pratique.toml, or PRATIQUE_HOME, to a folder that this account may write to"


def person() -> Actor:
    """The person at this terminal, or the account a service runs under; by its number where it has no name."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # as Python before 3.13, and on systems without a password database
        name = f"uid:{os.getuid()}"
    return Actor(ActorKind.HUMAN, name)


def fresh_secret() -> str:
    """A new access token: 256 random bits."""
    return secrets.token_urlsafe(32)


def here() -> Path:
    """The current folder. Raises `InvalidInput` when it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise InvalidInput(
            f"the current folder cannot be used: {error.strerror}", advice="change to a folder that is there"
        ) from error


def home(settings: Settings) -> Path:
    """The folder of the ledger, the keys and the files; made on first use, for its owner only.

    Raises `InvalidInput` where the account has no folder of its own and none is set, and `Unavailable` for one that cannot be
    made or written to.
    """
    try:
        folder = Path(settings.home).expanduser() if settings.home else platformdirs.user_data_path("pratique")
    except RuntimeError as error:
        what = f"{settings.home} leads to no folder" if settings.home else "this account has no home folder"
        raise InvalidInput(f"{what}: {error}", advice=_SET_HOME) from error
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be made: {error.strerror}", advice=_SET_HOME) from error
    return folder
