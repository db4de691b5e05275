"""pip: told through the environment, with its configuration files switched off and everything else of them carried over."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pratique.adapters.clients import HOST, Errand, Gate, Launch, known_index
from pratique.adapters.clients.interpreter import interpreter
from pratique.adapters.clients.pip_settings import INDEX_KEYS, PREFIX, PipSettings
from pratique.adapters.clients.sources import files_in, in_arguments, in_files
from pratique.errors import InvalidInput

_COMMANDS: Final = ("install", "download", "wheel", "lock", "index", "list", "search")
_FILE_KEYS: Final = ("requirement", "constraint", "build-constraint")
_SWITCHED: Final = ("config-file", "isolated", "proxy", "cache-dir", *INDEX_KEYS)


class Pip:
    """The pip of the environment the user is in."""

    name = "pip"

    def __init__(self) -> None:
        self._settings = PipSettings({}, {})

    def read(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Errand:
        """As `Client.read`: variables, then configuration files, then pip's own constant choose the index."""
        rest, given = _without(arguments, {"--isolated": False, "--cache-dir": True, "--proxy": True})
        if "--proxy" in given:
            raise InvalidInput(
                "pip reaches nothing but the gate, and so no proxy",
                advice="set HTTPS_PROXY: the gate asks indexes through it",
            )
        isolated = "--isolated" in given or environment.get("PIP_ISOLATED", "0") not in ("0", "", "false", "no")
        command = next((each for each in rest if each in _COMMANDS), "install")
        prefix = Path(interpreter(environment)).parent.parent
        chosen = PipSettings.read(environment, str(prefix), command)
        settings = self._settings = PipSettings.read(environment, str(prefix), command, isolated=isolated)
        words = [*rest, *(word for key in _FILE_KEYS for word in settings.options.get(key, "").split())]
        places, read = in_files(files_in(words, folder), "pip")
        local = ", ".join(settings.local_places())
        unused = f"not used behind the gate: {local}; a folder on the command line is" if local else ""
        note = "; ".join(filter(None, (_unasked(interpreter(environment), rest, environment), unused)))
        targets = (folder / word for each in rest for word in (each, each.partition("=")[2]) if word and word[0] != "-")
        named = (*in_arguments(rest), *settings.named(), *places)
        writes = (folder, *(folder / each for each in rest if (folder / each).parent.is_dir()))
        return Errand(
            tuple(rest), chosen.index or known_index(), named, tuple(read), writes, (prefix, *targets), note=note
        )

    def launch(self, errand: Errand, gate: Gate, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`.

        pip's own cache is switched off: what is in it would come back without being asked about. The gate keeps the files.
        """
        del folder
        options = {
            key: " ".join(gate.urls.to_gate(word) for word in value.split()) if "://" in value else value
            for key, value in self._settings.without_local_places().items()
            if key not in _SWITCHED
        }
        options["trusted-host"] = f"{HOST} {options.get('trusted-host', '')}".strip()
        carried = {f"{PREFIX}{key.upper().replace('-', '_')}": value for key, value in options.items()}
        ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"{gate.urls.simple}/", "PIP_NO_CACHE_DIR": "1"}
        kept = {key: value for key, value in gate.environment(environment).items() if not key.startswith(PREFIX)}
        command = (
            interpreter(environment),
            "-m",
            "pip",
            *(in_gates_words(each, gate) for each in errand.arguments),
        )
        return Launch(command, {**kept, **carried, **ours})


def in_gates_words(argument: str, gate: Gate) -> str:
    """An argument with the indexes it names as the gate's."""
    for named in in_arguments([argument]):
        argument = argument.replace(named.url, gate.urls.to_gate(named.url))
    return argument


def _without(arguments: Sequence[str], options: Mapping[str, bool]) -> tuple[list[str], set[str]]:
    """Arguments without some long options, and which of these were among them; abbreviated as pip allows.

    `options` says of each whether it takes a value.
    """
    rest: list[str] = []
    given: set[str] = set()
    skip = False
    for place, argument in enumerate(arguments):
        if skip:
            skip = False
            continue
        if argument == "--":
            return rest + list(arguments[place:]), given
        name, joined, _ = argument.partition("=")
        option = next((each for each in options if len(name) >= len("--is") and each.startswith(name)), "")
        if option:
            given.add(option)
            skip = options[option] and not joined
        else:
            rest.append(argument)
    return rest, given


def _unasked(python: str, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Which Python is installed into, where no environment says so: the first on the PATH was nobody's choice."""
    if "install" not in arguments or environment.get("VIRTUAL_ENV") or environment.get("CONDA_PREFIX"):
        return ""
    return f"no environment is active; this is the pip of {python}"
