"""What configures pip beside its arguments, in its own order: files of the machine, the user and the environment, then variables.

Read here rather than asked of pip, which takes half a second to say (pip's user guide, "Configuration").
"""

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pratique.adapters.clients.sources import Named, in_text
from pratique.errors import InvalidInput

PREFIX: Final = "PIP_"
INDEX_KEYS: Final = ("index-url", "pypi-url")
_PLACES: Final = ("extra-index-url", "find-links")


@dataclass(frozen=True, slots=True)
class PipSettings:
    """The options by long name, and where each was set; those of variables are among them."""

    options: Mapping[str, str]
    places: Mapping[str, str]

    @classmethod
    def read(
        cls, environment: Mapping[str, str], prefix: str, command: str, *, isolated: bool = False
    ) -> "PipSettings":
        """For one of pip's commands, in the environment of a Python with this prefix. Raises `InvalidInput` for a broken file."""
        options: dict[str, str] = {}
        places: dict[str, str] = {}
        of_command: dict[str, str] = {}
        for path in _files(environment, prefix, isolated=isolated):
            parser = configparser.RawConfigParser()
            try:
                parser.read(path, encoding="utf-8")
            except (configparser.Error, UnicodeDecodeError) as error:
                raise InvalidInput(f"{path} cannot be read: {error}") from error
            for section, kept in (("global", options), (command, of_command)):
                for key, value in parser.items(section) if parser.has_section(section) else ():
                    if value.strip():
                        name = key.lower().replace("_", "-").removeprefix("--")
                        kept[name] = " ".join(value.split())
                        places[name] = str(path)
        options |= of_command
        for variable, value in {} if isolated else environment.items():
            name = variable.removeprefix(PREFIX).lower().replace("_", "-")
            if variable.startswith(PREFIX) and value.strip() and name not in ("config-file", "isolated"):
                options[name], places[name] = value, f"the variable {variable}"
        return cls(options, places)

    @property
    def index(self) -> str:
        """The index that is chosen, empty for none."""
        return next((self.options[key] for key in INDEX_KEYS if key in self.options), "")

    def local_places(self) -> tuple[str, ...]:
        """Folders of this machine in which pip would look for packages on every run, past the gate and unseen by any wall."""
        words = (word for key in _PLACES for word in self.options.get(key, "").split())
        return tuple(dict.fromkeys(word for word in words if _is_local(word)))

    def without_local_places(self) -> Mapping[str, str]:
        """The options but for these folders."""
        kept: dict[str, str] = {}
        for key, value in self.options.items():
            left = [word for word in value.split() if not _is_local(word)] if key in _PLACES else [value]
            if left:
                kept[key] = " ".join(left)
        return kept

    def named(self) -> Iterator[Named]:
        """The further places."""
        for key, value in self.options.items():
            if key not in (*INDEX_KEYS, "proxy"):
                yield from in_text(value, self.places[key])


def _is_local(place: str) -> bool:
    return "://" not in place or place.lower().startswith("file:")


def _files(environment: Mapping[str, str], prefix: str, *, isolated: bool) -> Iterator[Path]:
    own = environment.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return
    home = Path(environment.get("HOME") or "~").expanduser()
    shared = [Path(each) for each in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep) if each]
    user = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    if sys.platform == "darwin":
        shared = [Path("/Library/Application Support")]
        theirs = home / "Library/Application Support"
        user = theirs if (theirs / "pip").is_dir() else user
    yield from (each / "pip" / "pip.conf" for each in shared)
    yield Path("/etc/pip.conf")
    if not isolated and not (own and Path(own).exists()):
        yield home / ".pip" / "pip.conf"
        yield user / "pip" / "pip.conf"
    yield Path(prefix) / "pip.conf"
    if own:
        yield Path(own)
