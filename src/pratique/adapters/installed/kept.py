"""What was seen in an environment, kept so that nothing is looked into twice that has not changed."""

import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from pratique.adapters.installed.environment import Environment, Placed
from pratique.adapters.installed.groups import Group
from pratique.facts.looked import Looked
from pratique.model import limits
from pratique.model.artifact import Digest

_SOURCES: Final = ("byte_code.py", "scan_bundle.py", "scan_installed.py", "installed")


class KeptGroup(msgspec.Struct, frozen=True):
    """A distribution as it was: `stood` over sizes, times and numbers of its files, `manifest` over their content."""

    stood: str
    manifest: Digest
    looked: Looked
    of_other_pythons: int = 0


class Kept(msgspec.Struct, frozen=True):
    """Those of one environment, by name, and the digest of what looked at them.

    `stood` is over all files as `stood_all` has it, with those at `elsewhere`; empty where not every answer may be kept. `notes`
    were told of what was left out.
    """

    engine: str = ""
    groups: dict[str, KeptGroup] = {}
    stood: str = ""
    elsewhere: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Where answers about an environment are kept, those of `thorough` looks apart. `rules` are those that look."""

    folder: Path
    environment: Environment
    rules: Digest
    thorough: bool = False

    def read(self) -> Kept:
        """What is kept. Nothing, where others have looked, or where it cannot be read."""
        try:
            with self._place.open("rb") as file:
                kept = msgspec.msgpack.decode(file.read(limits.INSTALLED_KEPT_BYTES_MAX), type=Kept)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return Kept()
        return kept if kept.engine == self._engine else Kept()

    def write(self, kept: Kept) -> None:
        """Keep what was seen. Raises `OSError`."""
        place = self._place
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_suffix(f".{os.getpid()}")
        with beside.open("wb") as file:
            file.write(msgspec.msgpack.encode(msgspec.structs.replace(kept, engine=self._engine)))
        beside.replace(place)

    @property
    def _engine(self) -> str:
        return hashlib.sha256(f"{engine(self.rules)} {self.environment}".encode(errors="surrogatepass")).hexdigest()

    @property
    def _place(self) -> Path:
        name = hashlib.sha256(os.fsencode(self.environment.prefix)).hexdigest()[:32]
        return self.folder / f"{name}{'.thorough' if self.thorough else ''}.kept"


@cache
def engine(rules: Digest) -> str:
    """The digest of everything that an answer depends on beside the environment: rules, what compares, and this Python."""
    hasher = hashlib.sha256(f"{rules} {platform.python_version()}".encode())
    folder = files("pratique.adapters")
    for name in _SOURCES:
        place = folder.joinpath(name)
        parts = [place] if place.is_file() else sorted(place.iterdir(), key=lambda each: each.name)
        for part in parts:
            if part.name.endswith(".py"):
                hasher.update(part.name.encode() + part.read_bytes())
    return hasher.hexdigest()


def stood(group: Group) -> tuple[str, int]:
    """How the files of a group stand on the disk, as one digest, and when the last of them was changed, in nanoseconds."""
    placed = [(each.told, each.placed, False) for each in group.members]
    placed += [(each.told, each.placed, late) for each, late in group.cached]
    lines = [
        f"{told}\n{each.size} {each.modified_ns} {each.changed_ns} {each.inode} {each.mode} {late}"
        for told, each, late in placed
    ]
    text = "\n".join([*sorted(lines), *sorted(group.missing), group.without_record])
    last = max((each.changed_ns for _, each, _ in placed), default=0)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest(), last


def stood_all(placed: Mapping[str, Placed]) -> str:
    """How many files stand on the disk, as one digest."""
    lines = [
        f"{place}\n{each.size} {each.modified_ns} {each.changed_ns} {each.inode} {each.mode}"
        for place, each in sorted(placed.items())
    ]
    return hashlib.sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()
