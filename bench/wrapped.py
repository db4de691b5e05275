"""What `pratique` costs around a command that has nothing to fetch: `pip list`, and `uv pip install` of what is installed.

Both run bare and wrapped by turns, in one environment; a figure is the median of what wrapping adds.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.figure import Figure, figure
from bench.peers import make_index, module, programs

ROUNDS: Final = 7
_PIP_LIST_SECONDS: Final = 0.15
_SATISFIED_SECONDS: Final = 0.5


def measure() -> list[Figure]:
    """Seconds of each command bare, and what wrapping it adds."""
    uv = shutil.which("uv", path=programs())
    if uv is None:
        return [figure("uv is missing here", 0.0, "s")]
    with tempfile.TemporaryDirectory(prefix="pratique-wrapped-") as name:
        folder = Path(name)
        pinned = make_index(folder / "index")
        with module("index", str(folder / "index")) as direct:
            environment = folder / "environment"
            subprocess.run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, environment], check=True)  # noqa: S603 - the client
            variables = {
                **{name: value for name, value in os.environ.items() if name in ("LANG", "TERM")},  # noqa: TID251 - a child needs some
                "HOME": str(folder),
                "PATH": f"{environment / 'bin'}:{programs()}",
                "VIRTUAL_ENV": str(environment),
                "PRATIQUE_HOME": str(folder / "home"),
                "UV_DEFAULT_INDEX": f"{direct.page}/",
                "PIP_INDEX_URL": f"{direct.page}/",
                "UV_NO_CONFIG": "1",
            }
            install = ["uv", "pip", "install", "--requirements", str(pinned)]
            _run(install, variables)
            return [
                *_beside("pip list", ["pip", "list"], variables, _PIP_LIST_SECONDS),
                *_beside("uv pip install of what is installed", install, variables, _SATISFIED_SECONDS),
            ]


def _beside(name: str, command: list[str], variables: dict[str, str], most: float) -> list[Figure]:
    bare: list[float] = []
    wrapped: list[float] = []
    _run(["pratique", *command], variables)
    for turn in range(ROUNDS):
        for prefix, seconds in [([], bare), (["pratique"], wrapped)][:: 1 if turn % 2 == 0 else -1]:
            begun = time.perf_counter()
            _run([*prefix, *command], variables)
            seconds.append(time.perf_counter() - begun)
    added = [ours - theirs for ours, theirs in zip(wrapped, bare, strict=True)]
    return [
        figure(f"{name}, bare", statistics.median(bare), "s"),
        figure("  what pratique adds", statistics.median(added), "s", at_most=most),
    ]


def _run(command: list[str], variables: dict[str, str]) -> None:
    program = shutil.which(command[0], path=variables["PATH"])
    line = [program or command[0], *command[1:]]
    done = subprocess.run(line, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - the client
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
