"""pdm: told of its index by a variable. A project that names sources is refused: pdm writes a digest of them into its lock."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pratique.adapters.clients import Errand, Gate, Launch, known_index
from pratique.adapters.clients.foreign import Foreign
from pratique.adapters.clients.options import Options
from pratique.adapters.clients.pip import in_gates_words
from pratique.adapters.clients.sources import (
    Named,
    files_in,
    in_arguments,
    in_environment,
    in_files,
    parsed,
    table_in,
    urls_in,
)
from pratique.adapters.index_address import without_secrets
from pratique.errors import InvalidInput

_VALUED: Final = Options(frozenset({"-p", "--project", "-c", "--config"}), frozenset())
_PROJECT: Final = ("pyproject.toml", "pdm.lock", "pdm.toml")
_BLOCK: Final = re.compile(r"(?m)^# /// script\s*$")


class Pdm:
    """The pdm on the PATH."""

    name = "pdm"

    def read(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Errand:
        """As `Client.read`. Raises `InvalidInput` for a project with sources, and for a script that says what it needs."""
        verb = _VALUED.first_word(arguments)
        runs = tuple(arguments[verb : verb + 1]) == ("run",)
        end = _VALUED.first_word(arguments, verb + 1) if runs else len(arguments)
        own, foreign = tuple(arguments[:end]), tuple(arguments[end:])
        at = folder
        for each in _VALUED.values(own, "-p", "--project"):
            at = at / each
        project = next((each for each in (at, *at.parents) if (each / "pyproject.toml").is_file()), at)
        places, read = in_files([path for name in _PROJECT if (path := project / name).is_file()], "pdm")
        overrides, more = in_files(files_in([*own, *environment.get("PDM_OVERRIDE", "").split()], folder), "pdm")
        sources = [each for each in places if not each.direct]
        if sources:
            raise InvalidInput(
                f"{sources[0].where}: {without_secrets(sources[0].url)}: "
                "pdm writes a digest of sources into its lock, so it cannot be told of a gate there",
                advice="take the source out, or let pdm ask a gate that stands: pratique serve",
            )
        if (
            foreign
            and (folder / foreign[0]).is_file()
            and _BLOCK.search((folder / foreign[0]).read_text("utf-8", "replace"))
        ):
            raise InvalidInput(
                f"pdm installs what {foreign[0]} asks for as it runs it", advice=f"pratique uv run {foreign[0]}"
            )
        named, index = _users(environment)
        named += [*in_arguments(own), *in_environment(environment, ("PDM_",), ("PDM_PYPI_URL",)), *places, *overrides]
        default = environment.get("PDM_PYPI_URL") or index or known_index().rstrip("/")
        return Errand(own, default, tuple(named), (*read, *more), (project,), (project / ".venv",), foreign)

    def launch(self, errand: Errand, gate: Gate, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`. The cache lasts for this run, so that every file is judged."""
        del folder
        binary = shutil.which("pdm", path=environment.get("PATH"))
        if binary is None:
            raise InvalidInput("pdm is not on the PATH", advice="install it: pratique pipx install pdm")
        slash = "/" if errand.index.endswith("/") else ""
        ours = {
            "PDM_PYPI_URL": gate.urls.simple + slash,
            "PDM_PYPI_VERIFY_SSL": "0",  # without it pdm passes over an index in plain http, even on its own machine
            "PDM_CACHE_DIR": str(gate.scratch / "cache"),
            "PDM_CHECK_UPDATE": "0",
        }
        own = [in_gates_words(each, gate) for each in errand.arguments]
        variables = {**gate.environment(environment), **ours}
        if not errand.foreign:
            return Launch((binary, *own), variables)
        return Launch(
            (binary, *own, "python", "-c", ""), variables, Foreign((binary, *errand.arguments, *errand.foreign))
        )


def _users(environment: Mapping[str, str]) -> tuple[list[Named], str]:
    """The places that the user's configuration names, and the default index that it chooses."""
    home = Path(environment.get("HOME") or "~").expanduser()
    path = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pdm/config.toml"
    if not path.is_file():
        return [], ""
    pypi = table_in(parsed(path, path.read_text(encoding="utf-8", errors="replace")), "pypi")
    index = pypi.pop("url", "")
    return [Named(url, str(path)) for url in urls_in(pypi)], index if isinstance(index, str) else ""
