"""Every place that a client would be told of: by its arguments, its environment, and the files it reads.

Nothing here knows the options of a client: whatever looks like a URL in an argument or a variable is a place, so that no option
of a newer client is overlooked. Local folders are no places: what comes from one is noticed after the run.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pratique.errors import InvalidInput

_URL: Final = re.compile(r"(?:[a-z]+\+)?(?:https?|ssh|git|ftp)://[^\s\"'<>,;\\]+", re.IGNORECASE)
_LABEL: Final = re.compile(r"\w[\w-]*")
_ARCHIVE: Final = (".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz")
_FURTHER: Final = re.compile(r"^\s*(?:-[rc]\s*|--(?:r|c)[a-z]*(?:\s+|=))(?P<file>[^\s#]+)")
_BLOCK: Final = re.compile(r"(?m)^# /// script\s*$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_PROJECT_KEYS: Final = ("dependencies", "optional-dependencies")
_FILE_BYTES_MAX: Final = 64 * 1024 * 1024
_FILES_MAX: Final = 200
_SUFFIXES: Final = frozenset({".txt", ".in", ".toml", ".lock", ".py", ".cfg", ".pip", ".pyw"})
_DIRECT_KEYS: Final = ("sources", "dependencies", "group", "dev-dependencies")
_PUBLISHING: Final = frozenset({"publish-url", "check-url"})
_POETRY_KEYS: Final = ("source", "dependencies", "dev-dependencies", "group", "requires-plugins", "build-constraints")


@dataclass(frozen=True, slots=True)
class Named:
    """A place: its URL, and where it is named. `direct` marks one of a file or a repository rather than of an index."""

    url: str
    where: str
    direct: bool = False
    label: str = ""
    """What it is called there; empty for a place without a name."""
    explicit: bool = False


def in_text(text: str, where: str) -> Iterator[Named]:
    """The places that a text names."""
    for match in _URL.finditer(text):
        url = match[0].rstrip(")]}.")
        before = text[: match.start()].rstrip()
        path = url.partition("#")[0].partition("?")[0].lower()
        direct = "+" in url.partition(":")[0] or not url.lower().startswith("http") or path.endswith(_ARCHIVE)
        label = before[:-1].rpartition(" ")[2].rpartition("=")[2] if before.endswith("=") else ""
        yield Named(url, where, direct or before.endswith("@"), label if _LABEL.fullmatch(label) else "")


def in_arguments(arguments: Iterable[str]) -> Iterator[Named]:
    """The places that arguments name."""
    for argument in arguments:
        yield from in_text(argument, "the command line")


def in_environment(
    environment: Mapping[str, str], prefixes: tuple[str, ...], default: Iterable[str]
) -> Iterator[Named]:
    """The places that variables with these prefixes name, but for those that choose the default index."""
    for name, value in environment.items():
        if name.startswith(prefixes) and name not in default and not name.startswith(("UV_PUBLISH", "PIP_PROXY")):
            yield from in_text(value, f"the variable {name}")


def files_in(words: Iterable[str], folder: Path) -> list[Path]:
    """The files among arguments, or among the words of variables: of option and value joined, the value counts."""
    found: list[Path] = []
    for word in words:
        for name in {word, word.partition("=")[2], word[2:] if word[:2] in ("-r", "-c") else ""}:
            path = folder / name
            if name and path.suffix in _SUFFIXES and _is_file(path):
                found.append(path)
    return found


def in_files(paths: Sequence[Path], tool: str) -> tuple[list[Named], list[Path]]:
    """The places that files name, and the files that were read: those, and the requirement files they lead to.

    `tool` is the table of `pyproject.toml` that the client reads. Raises `InvalidInput` for a file that cannot be read.
    """
    named: list[Named] = []
    read: list[Path] = []
    waiting = list(paths)
    while waiting and len(read) < _FILES_MAX:
        path = waiting.pop(0)
        if any(path.samefile(other) for other in read):
            continue
        read.append(path)
        text = _text(path)
        if path.suffix in (".toml", ".lock"):
            named += _in_toml(path, text, parsed(path, text), tool)
        elif path.suffix in (".py", ".pyw"):
            block = _BLOCK.search(text)
            if block is not None:
                inner = "".join(
                    line[2:] if line.startswith("# ") else line[1:] for line in block["content"].splitlines(True)
                )
                named += _in_toml(path, text, parsed(path, inner), tool)
        else:
            for number, line in enumerate(text.splitlines(), 1):
                named += in_text(
                    line.partition(" #")[0] if not line.lstrip().startswith("#") else "", f"{path}, line {number}"
                )
                further = _FURTHER.match(line)
                if further is not None and _is_file(path.parent / further["file"]):
                    waiting.append(path.parent / further["file"])
    return named, read


def parsed(path: Path, text: str) -> dict[str, Any]:
    """A document in TOML. Raises `InvalidInput` for what is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from error


def packages_in(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The packages of a lock with the URL of the index each is from; empty for one that names none."""
    for package in [*tables_in(document, "package"), *tables_in(document, "packages")]:
        source = package.get("source")
        legacy = source if isinstance(source, dict) and source.get("type") in (None, "legacy") else {}
        index = package.get("index") or legacy.get("registry") or (legacy.get("url") if "type" in legacy else "")
        yield (index if isinstance(index, str) else ""), package


def urls_in(value: object) -> Iterator[str]:
    """Every text in a document that names a place."""
    if isinstance(value, str):
        if _URL.search(value):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from urls_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from urls_in(each)


def _in_toml(path: Path, text: str, document: dict[str, Any], tool: str) -> Iterator[Named]:
    """The places in a lock, in a configuration file, in a project, or in the block of a script."""
    if "package" in document or "packages" in document:
        yield from _in_lock(path, text, document)
        return
    wanted = [document.get("dependency-groups"), document.get("dependencies"), table_in(document, "build-system")]
    project = table_in(document, "project")
    for url in urls_in([*wanted, *(project.get(key) for key in _PROJECT_KEYS)]):
        yield from _placed(path, text, url, direct=True)
    options = document if path.suffix == ".toml" and path.name != "pyproject.toml" else table_in(document, "tool", tool)
    for key, value in options.items():
        if key not in _POETRY_KEYS if tool == "poetry" else key in _PUBLISHING:
            continue
        for table in tables_in(options, key) if key in ("index", "source") else [{"": value}]:
            label, explicit = str(table.get("name", "")), table.get("explicit") is True
            for url in urls_in({each: table[each] for each in table if each not in _PUBLISHING}):
                direct = key in _DIRECT_KEYS
                yield from _placed(path, text, url, direct=direct, label=label, explicit=explicit)


def _in_lock(path: Path, text: str, document: dict[str, Any]) -> Iterator[Named]:
    for index, package in packages_in(document):
        if index:
            yield from _placed(path, text, index)
        source = package.get("source")
        origin = [package.get(key) for key in ("vcs", "archive")]
        if isinstance(source, dict) and not index:
            origin += [source.get(key) for key in ("git", "url")]
        for url in urls_in([each for each in origin if each]):
            yield from _placed(path, text, url, direct=True)


def _placed(
    path: Path, text: str, value: str, *, direct: bool = False, label: str = "", explicit: bool = False
) -> Iterator[Named]:
    """The places in a value, with the line on which it stands."""
    for named in in_text(value, ""):
        line = text[: max(text.find(named.url), 0)].count("\n") + 1
        yield Named(named.url, f"{path}, line {line}", direct or named.direct, label, explicit)


def table_in(document: object, *keys: str) -> dict[str, Any]:
    """A table in a client's configuration; empty where there is none, or something else in its place."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def tables_in(table: Mapping[str, object], key: str) -> list[dict[str, Any]]:
    """An array of tables in a client's configuration; what is none is left out."""
    found = table.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _FILE_BYTES_MAX:
            raise InvalidInput(f"{path} is larger than {_FILE_BYTES_MAX} bytes")
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
