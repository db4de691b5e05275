"""The Python whose pip is meant: that of the active environment, or the first on the PATH."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pratique.errors import InvalidInput


def interpreter(environment: Mapping[str, str]) -> str:
    """Its path. Raises `InvalidInput` where there is none."""
    active = environment.get("VIRTUAL_ENV")
    if active:
        return str(Path(active) / ("Scripts" if os.name == "nt" else "bin") / "python")
    for name in ("python3", "python"):
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return found
    raise InvalidInput("no python is on the PATH", advice="activate the environment to install into")
