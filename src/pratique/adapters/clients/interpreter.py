"""The Python whose pip is meant: that of the active environment, or the first on the PATH."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pratique.errors import InvalidInput

_LINE_BYTES_MAX: Final = 1024


def interpreter(environment: Mapping[str, str]) -> str:
    """Its path, as the environment's own `pip` calls it. Raises `InvalidInput` where there is none."""
    active = environment.get("VIRTUAL_ENV")
    if active:
        return _as_pip_calls_it(Path(active) / ("Scripts" if os.name == "nt" else "bin") / "python")
    for name in ("python3", "python"):
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return _as_pip_calls_it(Path(found))
    raise InvalidInput("no python is on the PATH", advice="activate the environment to install into")


def _as_pip_calls_it(python: Path) -> str:
    """Scripts that pip installs begin with the name it was itself run under: `python`, `python3` or `python3.12`."""
    try:
        with python.with_name("pip").open("rb") as script:
            first = script.readline(_LINE_BYTES_MAX)
    except OSError:
        return str(python)
    called = Path(os.fsdecode(first.removeprefix(b"#!").strip()))
    return str(called if first.startswith(b"#!") and called.parent == python.parent and called.exists() else python)
