"""What a run has installed: the packages whose metadata were written since it began, and how each came, as its installer says."""

import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any, Final

from pratique.adapters.bundled import bundled_with
from pratique.adapters.index_address import without_secrets
from pratique.model import limits
from pratique.model.event import Brought

_SEEDS: Final = frozenset({"pip", "setuptools", "wheel"})
"""What virtualenv brings with it and puts into each new environment."""
_DEPTH: Final = 4
"""How far below its environment the metadata of a package lie."""


def installed_since(folders: Iterable[Path], since: int) -> list[Brought]:
    """The packages in environments, or in plain folders, that are new since a moment in nanoseconds.

    `kind` is `folder`, `file`, `git` or `url` (PEP 610); empty for what came by its name.
    """
    found: dict[Path, Brought] = {}
    for folder in folders:
        for path in _metadata_in(folder):
            if len(found) < limits.INSTALLED_PACKAGES_MAX and path.resolve() not in found and _is_new(path, since):
                distribution = PathDistribution(path)
                name, version = str(distribution.name or ""), str(distribution.version or "")
                if name and not _was_there(path, name, version, since):
                    kind, source = _origin(distribution)
                    found[path.resolve()] = Brought(name, version, kind, source)
    return sorted(found.values(), key=lambda each: (each.name.lower(), each.version))


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
    return (seeded and name.lower() in _SEEDS) or (name.lower(), version) in bundled_with(environment)


def _metadata_in(folder: Path) -> Iterator[Path]:
    for pattern in ("*.dist-info", "lib*/python3*/site-packages/*.dist-info", "Lib/site-packages/*.dist-info"):
        yield from folder.glob(pattern)


def _is_new(path: Path, since: int) -> bool:
    try:
        return max(path.stat().st_ctime_ns, (path / "METADATA").stat().st_ctime_ns) >= since
    except OSError:
        return False


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
