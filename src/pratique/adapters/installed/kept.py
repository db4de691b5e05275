"""What was seen in an environment, kept so that nothing is looked into twice that has not changed."""

import hashlib
import os
import platform
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from pratique.adapters.installed.environment import Environment
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
    """Those of one environment, by name, and the digest of what looked at them."""

    engine: str
    groups: dict[str, KeptGroup]


def read_kept(folder: Path, environment: Environment, rules: Digest) -> dict[str, KeptGroup]:
    """What is kept of an environment. Nothing, where others rules looked, or where it cannot be read."""
    try:
        with _place(folder, environment).open("rb") as file:
            kept = msgspec.msgpack.decode(file.read(limits.INSTALLED_KEPT_BYTES_MAX), type=Kept)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return kept.groups if kept.engine == engine(rules, environment.release) else {}


def write_kept(folder: Path, environment: Environment, rules: Digest, groups: dict[str, KeptGroup]) -> None:
    """Keep what was seen. Raises `OSError`."""
    place = _place(folder, environment)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.with_suffix(f".{os.getpid()}")
    with beside.open("wb") as file:
        file.write(msgspec.msgpack.encode(Kept(engine(rules, environment.release), groups)))
    beside.replace(place)


@cache
def engine(rules: Digest, release: str) -> str:
    """The digest of everything that an answer depends on beside the files: rules, what compares, this Python and that one."""
    hasher = hashlib.sha256(f"{rules} {platform.python_version()} {release}".encode())
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


def _place(folder: Path, environment: Environment) -> Path:
    name = hashlib.sha256(os.fsencode(environment.prefix)).hexdigest()[:32]
    return folder / f"{name}.kept"
