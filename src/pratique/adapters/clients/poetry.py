"""Poetry: its default index cannot be configured, so a plugin, loaded for this run alone, points it at the gate.

The plugin lies in a folder of its own that is put on PYTHONPATH; Poetry finds it by its entry point. The lock file stays as a
direct run would write it, because packages of Poetry's default index carry no source there.
"""

import contextlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from pratique.adapters.clients import IndexChoice, Launch, Urls, ask, known_index, table_in, tables_in
from pratique.errors import InvalidInput

GATE_VARIABLE: Final = "PRATIQUE_GATE_URL"


class Poetry:
    """The Poetry on the PATH."""

    name = "poetry"

    def choose(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> IndexChoice:
        """As `Client.choose`. Raises `InvalidInput` for a project that names sources of its own: they would be asked too."""
        del environment
        project = next((each for each in (folder, *folder.parents) if (each / "pyproject.toml").is_file()), None)
        if project is not None:
            named = _sources(project / "pyproject.toml")
            if named:
                raise InvalidInput(
                    f"{project / 'pyproject.toml'} names the sources {', '.join(named)}, which would lead around the gate",
                    advice="name them in the settings instead, as [index.NAME]; the gate then asks them",
                )
        return IndexChoice(known_index(), (), tuple(arguments))

    def launch(self, choice: IndexChoice, urls: Urls, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`. Poetry's cache is one for this run, so that nothing of the gate's addresses stays in its own."""
        del folder
        binary = shutil.which("poetry", path=environment.get("PATH"))
        if binary is None:
            raise InvalidInput("poetry is not on the PATH", advice="pipx install poetry")
        cache = tempfile.mkdtemp(prefix="pratique-poetry-")
        environments = ask([binary, "config", "virtualenvs.path"], environment).strip().splitlines()
        plugins = str(files("pratique.adapters.clients") / "poetry_plugin")
        path = os.pathsep.join(each for each in (plugins, environment.get("PYTHONPATH", "")) if each)
        ours = {GATE_VARIABLE: urls.simple.removesuffix("simple"), "POETRY_CACHE_DIR": cache, "PYTHONPATH": path}
        if environments:
            ours["POETRY_VIRTUALENVS_PATH"] = environments[-1].partition("  # ")[2] or environments[-1]
        return Launch((binary, *choice.arguments), {**environment, **ours}, _removed(cache))


@contextlib.contextmanager
def _removed(folder: str) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sources(pyproject: Path) -> list[str]:
    try:
        document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{pyproject} cannot be read: {error}") from error
    sources = tables_in(table_in(document, "tool", "poetry"), "source")
    return [str(source.get("name", source.get("url", "?"))) for source in sources if source.get("url")]
