"""The environment of Python that somebody is in, and what is installed there."""

import json
from importlib.metadata import Distribution, distributions
from itertools import islice
from pathlib import Path

from pratique.adapters.bundled import bundled_with, seeded_in
from pratique.adapters.client_files.places import Machine
from pratique.model import limits
from pratique.model.installed import Installed


def active_environment(machine: Machine) -> Path | None:
    """The activated environment, or the `.venv` of the current folder; None where there is none."""
    told = machine.environment.get("VIRTUAL_ENV") or machine.environment.get("CONDA_PREFIX")
    folder = Path(told) if told else machine.folder / ".venv"
    return folder if (folder / "lib").is_dir() else None


def installed_in(environment: Path) -> list[Installed]:
    """The packages of an environment by name. What cannot be read has an empty version."""
    places = sorted({path.resolve() for path in environment.glob("lib*/python3*/site-packages")})
    bundled = bundled_with(environment) | seeded_in(places)
    found: dict[str, Installed] = {}
    for each in islice(distributions(path=[str(path) for path in places]), limits.INSTALLED_PACKAGES_MAX):
        name, version = str(each.name or ""), str(each.version or "")
        if name:
            found.setdefault(name.lower(), Installed(name, version, _origin(each), (name.lower(), version) in bundled))
    return sorted(found.values(), key=lambda one: one.name.lower())


def _origin(distribution: Distribution) -> str:
    """Where it came from, as its installer wrote it (PEP 610); empty for what came from an index."""
    try:
        told = json.loads(distribution.read_text("direct_url.json") or "{}")
    except (OSError, ValueError):
        return ""
    return str(told.get("url", "")) if isinstance(told, dict) else ""
