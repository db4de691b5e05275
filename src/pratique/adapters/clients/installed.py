"""What a run has installed: the packages whose metadata were written since it began, and how each came, as its installer says."""

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any, Final, TypeAlias

from pratique.adapters.bundled import SEEDS, bundled_with
from pratique.adapters.index_address import without_secrets
from pratique.model import limits
from pratique.model.event import Brought

_DEPTH: Final = 4
"""How far below its environment the metadata of a package lie."""


States: TypeAlias = Mapping[Path, tuple[int, int]]
"""When the metadata of each package, the folder and the file, were last changed (in nanoseconds since the epoch)."""


def states_of(folders: Iterable[Path]) -> States:
    """What is installed in environments, or in plain folders."""
    found: dict[Path, tuple[int, int]] = {}
    for site in {place.resolve() for folder in folders for place in _sites(folder)}:
        for name in _metadata_in(site):
            path = f"{site}/{name}"
            with contextlib.suppress(OSError):
                found[Path(path)] = os.stat(path).st_ctime_ns, os.stat(f"{path}/METADATA").st_ctime_ns  # noqa: PTH116 - hundreds, twice a run
    return found


def installed_since(folders: Iterable[Path], before: States, since: int) -> list[Brought]:
    """The packages that were not there, or not so, `before` a run that began at a moment, in nanoseconds.

    Compared by what was there and not by the time: one command follows another within less than a clock tells apart. `kind` is
    `folder`, `file`, `git` or `url` (PEP 610); empty for what came by its name.
    """
    found: list[Brought] = []
    new = [path for path, state in states_of(folders).items() if before.get(path) != state]
    for path in new[: limits.INSTALLED_PACKAGES_MAX]:
        distribution = PathDistribution(path)
        name, version = str(distribution.name or ""), str(distribution.version or "")
        if name and not _was_there(path, name, version, since):
            found.append(Brought(name, version, *_origin(distribution)))
    return sorted(found, key=lambda each: (each.name.lower(), each.version))


def _was_there(path: Path, name: str, version: str, since: int) -> bool:
    """Whether a package came with the Python, or with virtualenv, by which its environment was made in this run."""
    if len(path.parents) < _DEPTH:
        return False
    environment = path.parents[_DEPTH - 1]
    try:
        configuration = environment / "pyvenv.cfg"
        seeded = configuration.stat().st_ctime_ns >= since and "virtualenv = " in configuration.read_text(
            encoding="utf-8"
        )
    except (OSError, UnicodeDecodeError):
        return False
    return (seeded and name.lower() in SEEDS) or (name.lower(), version) in bundled_with(environment)


def _sites(folder: Path) -> Iterator[Path]:
    """Where packages lie in a plain folder or in an environment, on POSIX systems and on Windows."""
    yield from (folder, *folder.glob("lib*/python3*/site-packages"), folder / "Lib/site-packages")


def _metadata_in(site: Path) -> list[str]:
    try:
        return [name for name in os.listdir(site) if name.endswith(".dist-info")]  # noqa: PTH208 - hundreds, twice a run
    except OSError:
        return []


def _origin(distribution: PathDistribution) -> tuple[str, str]:
    try:
        told: Any = json.loads(distribution.read_text("direct_url.json") or "null")
    except ValueError:
        return "file", ""
    if not isinstance(told, dict):
        return "", ""
    url = without_secrets(str(told.get("url", "")))[: limits.BROUGHT_SOURCE_CHARACTERS_MAX]
    if "dir_info" in told:
        return "folder", url
    if "vcs_info" in told:
        return "git", url
    return ("file" if url.startswith("file:") else "url"), url


def plain_name(name: str) -> str:
    """A project's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
