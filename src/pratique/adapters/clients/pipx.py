"""pipx: it runs pip, or uv, and is told as these are; its own folders are looked through after the run."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pratique.adapters.clients import Errand, Gate, Launch
from pratique.adapters.clients.options import Options
from pratique.adapters.clients.pip import Pip, in_gates_words
from pratique.adapters.clients.sources import in_environment
from pratique.errors import InvalidInput

_NO_OPTIONS = Options(frozenset(), frozenset())


class Pipx(Pip):
    """The pipx on the PATH."""

    name = "pipx"

    def read(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Errand:
        """As `Client.read`. Raises `InvalidInput` for `pipx run`, which keeps what it makes, and runs it at once."""
        verb = _NO_OPTIONS.first_word(arguments)
        if tuple(arguments[verb : verb + 1]) == ("run",):
            raise InvalidInput(
                "pipx run keeps what it makes, and no gate sees it again", advice="pratique uvx does the same"
            )
        read = super().read(arguments, folder, environment)
        named = (*read.named, *in_environment(environment, ("PIPX_", "UV_"), ("UV_DEFAULT_INDEX", "UV_INDEX_URL")))
        home = _home(environment)
        return replace(read, named=named, writes=(home,), installs=(), note="")

    def launch(self, errand: Errand, gate: Gate, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`."""
        binary = shutil.which("pipx", path=environment.get("PATH"))
        if binary is None:
            raise InvalidInput("pipx is not on the PATH", advice="install it: pratique pip install pipx")
        variables = {
            **super().launch(errand, gate, folder, environment).environment,
            "UV_DEFAULT_INDEX": gate.urls.simple,
            "UV_CACHE_DIR": str(gate.scratch / "cache"),
        }
        return Launch((binary, *(in_gates_words(each, gate) for each in errand.arguments)), variables)


def _home(environment: Mapping[str, str]) -> Path:
    home = Path(environment.get("HOME") or "~").expanduser()
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share") / "pipx"
    return Path(environment.get("PIPX_HOME") or data)
