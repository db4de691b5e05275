"""Poetry: its default index cannot be configured, so a plugin, loaded for this run alone, points it at the gate.

The plugin lies in a folder of its own that is put on PYTHONPATH; Poetry finds it by its entry point. Sources that a project names
are pointed at the gate by it too.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from pratique.adapters.clients import Errand, Gate, Launch, ask, known_index
from pratique.adapters.clients.foreign import Foreign
from pratique.adapters.clients.options import Options
from pratique.adapters.clients.pip import in_gates_words
from pratique.adapters.clients.sources import in_arguments, in_environment, in_files
from pratique.errors import InvalidInput

GATE_VARIABLE: Final = "PRATIQUE_GATE_URL"
SOURCES_VARIABLE: Final = "PRATIQUE_GATE_SOURCES"
_VALUED: Final = Options(frozenset({"-C", "--directory", "-P", "--project"}), frozenset())
_FOLDERS: Final = ("-C", "--directory", "-P", "--project")


class Poetry:
    """The Poetry on the PATH."""

    name = "poetry"

    def read(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Errand:
        """As `Client.read`."""
        verb = _VALUED.first_word(arguments)
        runs = tuple(arguments[verb : verb + 1]) == ("run",)
        own = tuple(arguments[: verb + 1]) if runs else tuple(arguments)
        if any(len(each) > len("--no") and "--no-plugins".startswith(each) for each in own):
            raise InvalidInput(
                "without plugins nothing tells Poetry of the gate",
                advice="leave --no-plugins out; Pratique brings one of its own",
            )
        at = folder
        for each in _VALUED.values(own, *_FOLDERS):
            at = at / each
        project = next((each for each in (at, *at.parents) if (each / "pyproject.toml").is_file()), at)
        found = [path for name in ("pyproject.toml", "poetry.lock") if (path := project / name).is_file()]
        places, _ = in_files(found, "poetry")
        named = (*in_arguments(own), *in_environment(environment, ("POETRY_",), ()), *places)
        installs = tuple(Path(environment[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if environment.get(name))
        foreign = tuple(arguments[verb + 1 :]) if runs else ()
        return Errand(own, known_index(), named, (), (project,), (*installs, *_made(environment)), foreign)

    def launch(self, errand: Errand, gate: Gate, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`. Poetry's cache is one for this run, so that every file is judged."""
        del folder
        binary = shutil.which("poetry", path=environment.get("PATH"))
        if binary is None:
            raise InvalidInput("poetry is not on the PATH", advice="pipx install poetry")
        environments = ask([binary, "config", "virtualenvs.path"], environment).strip().splitlines()
        plugins = str(files("pratique.adapters.clients") / "poetry_plugin")
        path = os.pathsep.join(each for each in (plugins, environment.get("PYTHONPATH", "")) if each)
        sources = {each.url: gate.urls.to_gate(each.url) for each in errand.named if not each.direct}
        ours = {
            GATE_VARIABLE: gate.urls.simple.removesuffix("simple"),
            SOURCES_VARIABLE: json.dumps(sources),
            "POETRY_CACHE_DIR": str(gate.scratch / "cache"),
            "PYTHONPATH": path,
        }
        if environments:
            ours["POETRY_VIRTUALENVS_PATH"] = environments[-1].partition("  # ")[2] or environments[-1]
        own = [in_gates_words(each, gate) for each in errand.arguments]
        variables = {**gate.environment(environment), **ours}
        if not errand.foreign:
            return Launch((binary, *own), variables)
        return Launch((binary, *own, "python", "-c", ""), variables, Foreign((binary, *own, *errand.foreign)))


def _made(environment: Mapping[str, str]) -> list[Path]:
    """The environments that Poetry has made, where it makes them unless it is told otherwise."""
    home = Path(environment.get("HOME") or "~").expanduser()
    cache = Path(
        environment.get("POETRY_CACHE_DIR") or Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "pypoetry"
    )
    return list(Path(environment.get("POETRY_VIRTUALENVS_PATH") or cache / "virtualenvs").glob("*/"))
