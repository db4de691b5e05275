"""Everything on this machine that tells a package client where to get packages: variables, files at every level, locks."""

import contextlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pratique.adapters.client_files.edits import pip_line, pip_options
from pratique.adapters.client_files.places import Machine, above, pdm_own, pip_files, uv_files
from pratique.adapters.clients.sources import table_in, tables_in
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.client_source import ClientSource, Told
from pratique.policy.toml_lines import TomlLines

_PIP_KEYS: Final[Mapping[str, Told]] = {
    "index-url": Told.INDEX,
    "pypi-url": Told.INDEX,
    "extra-index-url": Told.BESIDE,
    "find-links": Told.BESIDE,
    "proxy": Told.PROXY,
}
_UV_VARIABLES: Final[Mapping[str, Told]] = {
    "UV_DEFAULT_INDEX": Told.INDEX,
    "UV_INDEX_URL": Told.INDEX,
    "UV_INDEX": Told.BESIDE,
    "UV_EXTRA_INDEX_URL": Told.BESIDE,
    "UV_FIND_LINKS": Told.BESIDE,
}
_COMMAND_RANK: Final = 1_000
"""A command's own section of a `pip.conf` is stronger than `[global]` of any file."""
_VARIABLE_RANK: Final = 10_000
_REQUIREMENTS: Final = (
    "*requirements*.txt",
    "*requirements*.in",
    "*constraints*.txt",
    "requirements/*.txt",
    "requirements/*.in",
)
_OPTION: Final = re.compile(r"\s*(-[-a-z]+?)(?:\s+|=|(?<=^-[a-z]))\s*(\S+)")
_REQUIREMENT_OPTIONS: Final[Mapping[str, Told]] = {
    "--index-url": Told.INDEX,
    "--pypi-url": Told.INDEX,
    "--extra-index-url": Told.BESIDE,
    "--find-links": Told.BESIDE,
}
_SHORT: Final = {
    "-i": "--index-url",
    "-f": "--find-links",
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
}
_NESTED: Final = ("--requirement", "--constraint")
_DIRECT: Final = re.compile(r"(?:^|@)\s*((?:(?:git|hg|svn|bzr)\+[a-z]+|https?)://[^\s;'\"]+)")
_LOCKED: Final = re.compile(r'\bregistry\s*=\s*"(https?://[^"]+)"')


def sources_of(machine: Machine, *, account_only: bool = False) -> list[ClientSource]:
    """All of them, by client; with `account_only`, without what the current folder and its project say.

    A file that cannot be read says nothing here: its client does not read it either.
    """
    of_account = [*_pip(machine), *_uv(machine), *_pdm(machine)]
    if account_only:
        project = {str(path) for path in above(machine.folder, ("uv.toml", "pyproject.toml", "pdm.toml"))}
        return [source for source in of_account if source.place not in project]
    return [*of_account, *_requirements(machine), *_uv_lock(machine), *_project(machine)]


def proxies_before(machine: Machine, url: str) -> list[ClientSource]:
    """The proxies of the environment that would be asked for a URL in the place of its own host."""
    parts = urlsplit(url)
    environment = machine.environment
    exempt = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if any(_covers(each.strip(), parts.hostname or "", parts.port) for each in exempt.split(",")):
        return []
    names = (f"{parts.scheme}_proxy", f"{parts.scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    told = ((name, environment.get(name, "")) for name in names)
    return [ClientSource("", Told.PROXY, proxy, "", 0, name) for name, proxy in told if proxy]


def _covers(exempt: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY is for a host: by its name, by a domain that it is in, by a network."""
    name, _, number = exempt.rpartition(":") if exempt.count(":") == 1 else (exempt, "", "")
    if number and number != str(port):
        return False
    with contextlib.suppress(ValueError):
        if ip_address(host) in ip_network(name, strict=False):
            return True
    bare = name.lower().lstrip("*.")
    return exempt == "*" or (bool(bare) and (host == bare or host.endswith(f".{bare}")))


def _pip(machine: Machine) -> Iterator[ClientSource]:
    environment = machine.environment
    for name, value in environment.items():
        key = name.removeprefix("PIP_").lower().replace("_", "-") if name.startswith("PIP_") else ""
        for url in value.split() if key in _PIP_KEYS else ():
            yield ClientSource("pip", _PIP_KEYS[key], url, "", 0, name, _VARIABLE_RANK)
    if environment.get("PIP_CONFIG_FILE") == "/dev/null":
        return
    for position, path in enumerate(pip_files(machine)):
        text = _text(path)
        try:
            sections = pip_options(text)
        except InvalidInput:
            continue
        for section, options in sections.items():
            rank = position + (0 if section == "global" else _COMMAND_RANK)
            for key in options.keys() & _PIP_KEYS.keys():
                line = pip_line(text, section, key)
                for url in options[key].split():
                    yield ClientSource("pip", _PIP_KEYS[key], url, str(path), line, key, rank)


def _requirements(machine: Machine) -> Iterator[ClientSource]:
    """Lines of requirement files of the current folder, and of those they name, that lead somewhere by themselves."""
    waiting = [path for pattern in _REQUIREMENTS for path in sorted(machine.folder.glob(pattern))]
    seen: set[Path] = set()
    while waiting and len(seen) < limits.REQUIREMENT_FILES_MAX:
        path = waiting.pop(0).resolve()
        if path in seen:
            continue
        seen.add(path)
        for number, line in enumerate(_text(path).splitlines(), 1):
            bare = re.sub(r"(^|\s)#.*$", "", line)
            option = _OPTION.match(bare)
            if option is None:
                for url in _DIRECT.findall(bare):
                    yield ClientSource("pip", Told.DIRECT, url, str(path), number, "a requirement")
                continue
            name = _SHORT.get(option[1], option[1])
            if name in _NESTED:
                waiting.append(path.parent / option[2])
            if name == "--editable":
                for url in _DIRECT.findall(option[2]):
                    yield ClientSource("pip", Told.DIRECT, url, str(path), number, option[1])
            for full in (full for full in _REQUIREMENT_OPTIONS if len(name) > len("--i") and full.startswith(name)):
                yield ClientSource("pip", _REQUIREMENT_OPTIONS[full], option[2], str(path), number, option[1])


def _uv(machine: Machine) -> Iterator[ClientSource]:
    environment = machine.environment
    for name, told in _UV_VARIABLES.items():
        for url in environment.get(name, "").split():
            bare = url.partition("=")[2] if re.match(r"[A-Za-z0-9_-]+=", url) else url
            yield ClientSource("uv", told, bare, "", 0, name, _VARIABLE_RANK)
    if environment.get("UV_NO_CONFIG"):
        return
    for position, path in enumerate(uv_files(machine)):
        document, lines = _toml(path)
        at: tuple[str | int, ...] = ("tool", "uv") if path.name == "pyproject.toml" else ()
        table = table_in(document, *map(str, at))
        for inner in ((), ("pip",)):
            yield from _uv_table(table_in(table, *inner), lines, (*at, *inner), str(path), position)
        for name, told in table_in(table, "sources").items():
            for each in told if isinstance(told, list) else [told]:
                direct = each.get("git") or each.get("url") if isinstance(each, dict) else None
                if isinstance(direct, str):
                    yield ClientSource("uv", Told.DIRECT, direct, str(path), lines.line((*at, "sources", name)), name)


def _uv_table(
    table: Mapping[str, Any], lines: TomlLines, at: tuple[str | int, ...], path: str, rank: int
) -> Iterator[ClientSource]:
    for place, index in enumerate(tables_in(table, "index")):
        told = Told.INDEX if index.get("default") else Told.BESIDE
        line = lines.line((*at, "index", place, "url"))
        yield ClientSource("uv", told, str(index.get("url", "")), path, line, "index", rank)
    for key, told in (("index-url", Told.INDEX), ("extra-index-url", Told.BESIDE), ("find-links", Told.BESIDE)):
        value = table.get(key, [])
        for url in value if isinstance(value, list) else [value]:
            yield ClientSource("uv", told, str(url), path, lines.line((*at, key)), key, rank)


def _uv_lock(machine: Machine) -> Iterator[ClientSource]:
    """The indexes that a lock of uv names; each once."""
    for path in above(machine.folder, ("uv.lock",)):
        seen: dict[str, int] = {}
        for number, line in enumerate(_text(path).splitlines(), 1):
            for url in _LOCKED.findall(line):
                seen.setdefault(url, number)
        for url, number in seen.items():
            yield ClientSource("uv", Told.DIRECT, url, str(path), number, "registry")


def _pdm(machine: Machine) -> Iterator[ClientSource]:
    told = machine.environment.get("PDM_PYPI_URL")
    if told:
        yield ClientSource("pdm", Told.INDEX, told, "", 0, "PDM_PYPI_URL", _VARIABLE_RANK)
    for rank, path in enumerate([pdm_own(machine), *above(machine.folder, ("pdm.toml",))]):
        document, lines = _toml(path)
        pypi = table_in(document, "pypi")
        if isinstance(pypi.get("url"), str):
            yield ClientSource("pdm", Told.INDEX, pypi["url"], str(path), lines.line(("pypi", "url")), "pypi.url", rank)


def _project(machine: Machine) -> Iterator[ClientSource]:
    """What the project file of the current folder says to pdm and Poetry, and which packages it takes by their address."""
    for path in above(machine.folder, ("pyproject.toml",)):
        document, lines = _toml(path)
        for client in ("pdm", "poetry"):
            for place, source in enumerate(tables_in(table_in(document, "tool", client), "source")):
                line = lines.line(("tool", client, "source", place))
                primary = client == "poetry" and str(source.get("priority", "primary")).lower() in (
                    "primary",
                    "default",
                )
                replaces = primary or source.get("name") == "pypi"
                url = str(source.get("url", ""))
                rank = _COMMAND_RANK - place if replaces else None
                yield ClientSource(
                    client, Told.INDEX if replaces else Told.BESIDE, url, str(path), line, "source", rank
                )
        for number, line_text in enumerate(_text(path).splitlines(), 1):
            for url in re.findall(r"""["'][A-Za-z0-9._\[\], -]+@\s*((?:git\+)?https?://[^"'\s;]+)""", line_text):
                yield ClientSource("pip", Told.DIRECT, url, str(path), number, "a dependency")


def is_poetry_project(machine: Machine) -> bool:
    """Whether the current folder is in a project of Poetry."""
    for path in above(machine.folder, ("pyproject.toml",)):
        return "poetry" in table_in(_toml(path)[0], "tool") or (path.parent / "poetry.lock").is_file()
    return False


def _toml(path: Path) -> tuple[dict[str, Any], TomlLines]:
    text = _text(path)
    try:
        return tomllib.loads(text), TomlLines(text)
    except (ValueError, RecursionError):
        return {}, TomlLines("")


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return "".join(islice(iter(lambda: file.read(65_536), ""), limits.CLIENT_FILE_BYTES_MAX // 65_536))
    except OSError:
        return ""
