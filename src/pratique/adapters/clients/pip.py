"""pip: told through the environment, with its configuration files switched off and everything else of them carried over."""

import ast
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from pratique.adapters.clients import IndexChoice, Launch, Urls, ask, known_index, not_passed_on, take_options
from pratique.errors import InvalidInput, Unavailable

_OPTIONS: Final = {
    "--index-url": "index",
    "-i": "index",
    "--pypi-url": "index",
    "--extra-index-url": "more",
    "--find-links": "more",
    "-f": "more",
    "--no-index": "none!",
}
_INDEX_KEYS: Final = frozenset({"index-url", "pypi-url", "extra-index-url", "find-links", "no-index"})
_CONSTANT: Final = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


class Pip:
    """The pip of the environment the user is in, or of `python`."""

    name = "pip"

    def __init__(self, python: str = "") -> None:
        self._python = python

    def choose(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> IndexChoice:
        """As `Client.choose`: options, then environment, then configuration files, then pip's own constant."""
        del folder
        rest, taken = take_options(arguments, _OPTIONS)
        settings = self._settings(environment)
        url = (taken.get("index") or [settings.get("index-url", "")])[-1] or self._constant(environment)
        configured = settings.get("extra-index-url", "").split() + settings.get("find-links", "").split()
        return IndexChoice(url, (*not_passed_on(taken), *configured), tuple(rest))

    def launch(self, choice: IndexChoice, urls: Urls, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`.

        pip's own cache is switched off: it would keep an entry for every port a gate ever had, and wheels it built from
        sources would come back without being asked about. The gate keeps the files instead.
        """
        del folder
        kept = {key: value for key, value in environment.items() if _key(key) not in _INDEX_KEYS}
        carried = {
            f"PIP_{key.upper().replace('-', '_')}": value
            for key, value in self._settings(environment).items()
            if key not in _INDEX_KEYS
        }
        ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"{urls.simple}/", "PIP_NO_CACHE_DIR": "1"}
        command = (self._interpreter(environment), "-m", "pip", *choice.arguments)
        return Launch(command, {**carried, **kept, **ours}, nullcontext(), _unasked(command, environment))

    def _settings(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Pip's effective options by long name: `pip config list` reads every file it would, in its own order."""
        told: dict[str, str] = {}
        ranks: dict[str, int] = {}
        for line in ask([self._interpreter(environment), "-m", "pip", "config", "list"], environment).splitlines():
            name, _, written = line.partition("=")
            section, _, key = name.rpartition(".")
            rank = {"global": 0, ":env:": 2}.get(section, 1)
            if rank >= ranks.get(key, -1):
                try:
                    told[key], ranks[key] = str(ast.literal_eval(written)), rank
                except (SyntaxError, ValueError):
                    continue
        return told

    def _constant(self, environment: Mapping[str, str]) -> str:
        try:
            return ask([self._interpreter(environment), "-c", _CONSTANT], environment).strip() or known_index()
        except Unavailable:
            return known_index()

    def _interpreter(self, environment: Mapping[str, str]) -> str:
        if self._python:
            return self._python
        active = environment.get("VIRTUAL_ENV")
        if active:
            return str(Path(active) / ("Scripts" if os.name == "nt" else "bin") / "python")
        for name in ("python3", "python"):
            found = shutil.which(name, path=environment.get("PATH"))
            if found:
                return found
        raise InvalidInput("no python is on the PATH", advice="activate the environment to install into")


def _unasked(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Which Python is installed into, where no environment says so: the first on the PATH was nobody's choice."""
    if "install" not in command or environment.get("VIRTUAL_ENV") or environment.get("CONDA_PREFIX"):
        return ""
    return f"no environment is active; this is the pip of {command[0]}"


def _key(variable: str) -> str:
    return variable.removeprefix("PIP_").lower().replace("_", "-") if variable.startswith("PIP_") else ""
