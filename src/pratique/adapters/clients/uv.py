"""uv: told through the environment; its lock file is spoken of in the index's URLs before and after the run.

uv writes the URL of its index into `uv.lock`. So that the file never names a gate, the index's URLs in it are swapped for the
gate's while uv runs, and back again whatever happens; a lock that a killed run left behind is put right by the next one.
"""

import contextlib
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pratique.adapters.clients import (
    IndexChoice,
    Launch,
    Urls,
    known_index,
    not_passed_on,
    table_in,
    tables_in,
    take_options,
)
from pratique.errors import InvalidInput

_OPTIONS: Final = {
    "--default-index": "index",
    "--index-url": "index",
    "-i": "index",
    "--index": "more",
    "--extra-index-url": "more",
    "--find-links": "more",
    "-f": "more",
    "--no-index": "none!",
}
_VARIABLES: Final = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
_MORE_VARIABLES: Final = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_URL: Final = re.compile(r'(?P<key>registry|url) = "(?P<url>https?://[^"\s]+)"')
_LOOPBACK: Final = re.compile(r"http://127\.0\.0\.1:\d+(?=/)")


class Uv:
    """The uv on the PATH."""

    name = "uv"

    def choose(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> IndexChoice:
        """As `Client.choose`: options, then environment, then configuration files from the project up, then the public one."""
        rest, taken = take_options(arguments, _OPTIONS)
        configured, more = _configured(folder, environment)
        told = [environment[name] for name in _VARIABLES if environment.get(name)]
        url = (taken.get("index") or [""])[-1] or (told or [configured])[0] or known_index().rstrip("/")
        ignored = [value for name in _MORE_VARIABLES for value in environment.get(name, "").split()]
        return IndexChoice(url, (*not_passed_on(taken), *ignored, *more), tuple(rest))

    def launch(self, choice: IndexChoice, urls: Urls, folder: Path, environment: Mapping[str, str]) -> Launch:
        """As `Client.launch`. Configuration files are left out, because an index named there would be asked first."""
        binary = shutil.which("uv", path=environment.get("PATH"))
        if binary is None:
            raise InvalidInput("uv is not on the PATH", advice="install it: pratique pip install uv")
        kept = {key: value for key, value in environment.items() if key not in (*_VARIABLES, *_MORE_VARIABLES)}
        slash = "/" if choice.url.endswith("/") else ""
        ours = {"UV_DEFAULT_INDEX": urls.simple + slash, "UV_NO_CONFIG": "1", "UV_NO_CACHE": "1"}
        lock = _find(folder, "uv.lock") or _beside(_find(folder, "pyproject.toml"))
        swapping = _swapped(lock, choice.url.rstrip("/"), urls) if lock is not None else contextlib.nullcontext()
        return Launch((binary, *choice.arguments), {**kept, **ours}, swapping)


@contextlib.contextmanager
def _swapped(lock: Path, index: str, urls: Urls) -> Iterator[None]:
    """The lock in the gate's URLs within, in the index's before and after."""
    originals: dict[str, str] = {}
    gate = urls.simple.removesuffix("/simple")
    origin = index[: index.find("/", len("https://")) + 1]

    def left_behind(url: str) -> bool:
        """Whether a run that was killed left the address of its gate here."""
        return _LOOPBACK.match(url) is not None and not url.startswith(origin)

    def inwards(match: re.Match[str]) -> str:
        url = match["url"]
        if match["key"] == "registry":
            ours = urls.simple + url[len(index) :] if url.rstrip("/") == index or left_behind(url) else url
        else:
            ours = gate + _LOOPBACK.sub("", url) if left_behind(url) else urls.to_gate(url)
        originals.setdefault(ours, url)
        return f'{match["key"]} = "{ours}"'

    def outwards(match: re.Match[str]) -> str:
        url = match["url"]
        if match["key"] == "registry" and url.rstrip("/") == urls.simple:
            return f'registry = "{index + url[len(urls.simple) :]}"'
        before = originals.get(url, "")
        theirs = before if before and not left_behind(before) else urls.to_index(url)
        return f'{match["key"]} = "{theirs}"'

    _rewrite(lock, inwards)
    try:
        yield
    finally:
        _rewrite(lock, outwards)


def _rewrite(lock: Path, swap: Callable[[re.Match[str]], str]) -> None:
    try:
        text = lock.read_bytes().decode()
    except FileNotFoundError:
        return
    changed = _URL.sub(swap, text)
    if changed == text:
        return
    descriptor, name = tempfile.mkstemp(dir=lock.parent, prefix=".uv.lock.")
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(changed)
    shutil.copymode(lock, name)
    Path(name).replace(lock)


def _configured(folder: Path, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """The default index that uv's configuration names, and the others: the project's first, then the user's, the system's."""
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config")
    project = _find(folder, "uv.toml") or _find(folder, "pyproject.toml")
    default, more = "", []
    for path in (project, home / "uv" / "uv.toml", Path("/etc/uv/uv.toml")):
        table = {} if path is None else _table(path)
        for index in tables_in(table, "index"):
            url = str(index.get("url", ""))
            if index.get("default"):
                default = default or url
            else:
                more.append(url)
        default = default or str(table.get("index-url", ""))
        more += [str(url) for key in ("extra-index-url", "find-links") for url in table.get(key, [])]
    return default, more


def _table(path: Path) -> dict[str, Any]:  # a client's own configuration, whatever it holds
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from error
    return table_in(document, "tool", "uv") if path.name == "pyproject.toml" else document


def _find(folder: Path, name: str) -> Path | None:
    return next((each / name for each in (folder, *folder.parents) if (each / name).is_file()), None)


def _beside(project: Path | None) -> Path | None:
    return None if project is None else project.parent / "uv.lock"
