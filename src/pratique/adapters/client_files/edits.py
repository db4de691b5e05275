"""Set a value in somebody's file, and leave all else of it as it was written: comments, order, spaces.

A file is changed by replacing pieces of its text, and what came of it is read again: where anything but the value in question
is another than before, the file is left alone and the person is told what to write. So a form of TOML that nobody thought of
costs a message, and never a broken file.
"""

import configparser
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pratique.errors import InvalidInput
from pratique.policy.toml_lines import STRING, Path, TomlLines

COMMENT: Final = "# By `pratique setup`; `pratique setup --undo` takes it back."
_OPTION: Final = re.compile(r"(?P<key>[^\s#;\[:=][^:=]*?)\s*[:=]")
_SECTION: Final = re.compile(r"\[(?P<name>[^]]+)\]")
_STRING: Final = re.compile(STRING, re.DOTALL)
_GLOBAL: Final = "global"
_INDEX_KEYS: Final = frozenset({"index-url", "pypi-url"})
"""Both names of the option, as pip reads them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of text, and what stands in its place."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after its edits, and the values that were there before."""

    text: str
    edits: tuple[Edit, ...]
    replaced: tuple[str, ...] = ()


def set_pip_index(text: str, url: str) -> Edited:
    """Let every section of a `pip.conf` that names an index name this one, and `[global]` in any case.

    Raises `InvalidInput` for a text that pip would not read either.
    """
    before = pip_options(text)
    edits: list[Edit] = []
    written: list[str] = []
    line = f"{COMMENT}\nindex-url = {url}\n"
    done: set[str] = set()
    for section, key, chunk in _pip_chunks(text):
        if section and key in _INDEX_KEYS:
            edits.append(Edit(chunk, "" if section in done else line))
            written.append(edits[-1].after)
            done.add(section)
        elif (
            not key and section == _GLOBAL and _GLOBAL not in done and not before.get(_GLOBAL, {}).keys() & _INDEX_KEYS
        ):
            edits.append(Edit("", line))
            written += [chunk if chunk.endswith("\n") else f"{chunk}\n", line]
            done.add(_GLOBAL)
        else:
            written.append(chunk)
    if _GLOBAL not in done:
        edits.append(Edit("", f"[{_GLOBAL}]\n{line}"))
        written += [_apart(text), edits[-1].after]
    result = "".join(written)
    expected = {name: dict(options) for name, options in before.items()}
    for section in done | {_GLOBAL}:
        kept = {key: value for key, value in expected.get(section, {}).items() if key not in _INDEX_KEYS}
        expected[section] = {**kept, "index-url": url}
    if pip_options(result) != expected:
        raise _by_hand(f"index-url = {url}, under [global]")
    old = [value for options in before.values() for key, value in options.items() if key in _INDEX_KEYS]
    return Edited(result, tuple(edits), tuple(dict.fromkeys(old)))


def pip_options(text: str) -> dict[str, dict[str, str]]:
    """The options of a `pip.conf` by section, under the names that pip gives them. Raises `InvalidInput` for another text."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise InvalidInput(str(error).replace("\n", " ")) from error
    return {
        name: {key.lstrip("-").replace("_", "-"): value for key, value in parser.items(name)}
        for name in parser.sections()
    }


def pip_line(text: str, section: str, key: str) -> int:
    """The line of an option; 0 where it is not written."""
    line = 1
    for name, option, chunk in _pip_chunks(text):
        if (name, option) == (section, key):
            return line
        line += chunk.count("\n")
    return 0


def set_uv_index(text: str, url: str) -> Edited:
    """Let the default index of a `uv.toml` be this one, for uv's own interface and for that of pip.

    Raises `InvalidInput` for a text that is no TOML, and for one that has to be changed by hand.
    """
    document = _toml(text)
    paths: list[Path] = []
    for table in ((), ("pip",)):
        inner: Any = document if not table else document.get("pip")
        if not isinstance(inner, dict):
            continue
        if isinstance(inner.get("index-url"), str):
            paths.append((*table, "index-url"))
        listed = inner.get("index")
        for place, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, dict) and each.get("default") and isinstance(each.get("url"), str):
                paths.append((*table, "index", place, "url"))
    block = f'{COMMENT}\n[[index]]\nurl = "{url}"\ndefault = true\n'
    if any(path[0] != "pip" for path in paths):
        return _set_strings(text, paths, url, [])
    listed = document.get("index", [])
    wanted = [*listed, {"url": url, "default": True}] if isinstance(listed, list) else listed
    return _set_strings(text, paths, url, [(("index",), wanted, lambda now: (now + _apart(now), block))])


def set_pdm_index(text: str, url: str) -> Edited:
    """Let pdm's `pypi.url` be this one. Raises `InvalidInput` as `set_uv_index` does."""
    table = _toml(text).get("pypi")
    if isinstance(table, dict) and isinstance(table.get("url"), str):
        return _set_strings(text, [("pypi", "url")], url, [])
    wanted = {**(table if isinstance(table, dict) else {}), "url": url}
    line = f'url = "{url}"\n'

    def placed(now: str) -> tuple[str, str]:
        header = re.search(r"^[ \t]*\[[ \t]*pypi[ \t]*\][^\n]*\n", now, re.MULTILINE)
        if header is not None:
            return now[: header.end()], f"{COMMENT}\n{line}"
        if isinstance(table, dict):
            return "", f"{COMMENT}\npypi.{line}"
        return now + _apart(now), f"{COMMENT}\n[pypi]\n{line}"

    return _set_strings(text, [], url, [(("pypi",), wanted, placed)])


def taken_back(
    text: str, edits: Sequence[Edit], replaced: Collection[str], read: Callable[[str], object], url: str
) -> str | None:
    """A text that somebody has changed since, without our edits; None where one of them can no longer be told apart.

    What somebody has replaced by a value of his own is his.
    """
    result = text
    for after, befores in _grouped(edits).items():
        bare = "".join(line for line in after.splitlines(keepends=True) if not line.startswith("#"))
        for ours in (after, bare, bare.strip("\n") + "\n", bare.strip()):
            if ours.strip() and result.count(ours) == len(befores):
                for before in befores:
                    result = result.replace(ours, before, 1)
                break
    try:
        was, now = read(text), read(result)
    except InvalidInput:
        return None
    gone = url not in set(_strings(now))
    return result if gone and _pruned(was, {url, *replaced}) == _pruned(now, replaced) else None


def read_toml(text: str) -> dict[str, Any]:
    """A document. Raises `InvalidInput` for a text that is no TOML."""
    return _toml(text)


def _set_strings(
    text: str, paths: Sequence[Path], url: str, added: Sequence[tuple[Path, object, Callable[[str], tuple[str, str]]]]
) -> Edited:
    """Replace strings, and add what was not there: a path, what stands there then, and where its text goes."""
    expected: Any = _toml(text)
    result = text
    edits: list[Edit] = []
    replaced: list[str] = []
    lines = TomlLines(text)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    places: list[tuple[int, str]] = []
    for path in paths:
        parent = expected
        for key in path[:-1]:
            parent = parent[key]
        replaced.append(str(parent[path[-1]]))
        places.append((starts[max(lines.line(path), 1) - 1], str(parent[path[-1]])))
        parent[path[-1]] = url
    for start, old in sorted(places, reverse=True):
        for match in _STRING.finditer(result, start):
            if match[0] in _spellings(old):
                edits.append(Edit(match[0], f'"{url}"'))
                result = result[: match.start()] + f'"{url}"' + result[match.end() :]
                break
    for path, wanted, placed in added:
        expected[path[0]] = wanted
        before, block = placed(result)
        edits.append(Edit("", block))
        result = before + block + result[len(before) :]  # nothing, where it is put behind all
    try:
        right = _toml(result) == expected
    except InvalidInput:
        right = False
    if not right:
        raise _by_hand(f'the default index, url = "{url}"')
    return Edited(result, tuple(reversed(edits)), tuple(dict.fromkeys(replaced)))


def _spellings(value: str) -> tuple[str, ...]:
    """The ways in which a URL is written as a string of TOML; others are left to the person."""
    return f'"{value}"', f"'{value}'"


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"it is not TOML: {error}") from error


def _pip_chunks(text: str) -> Iterator[tuple[str, str, str]]:
    """The text in pieces, each with its section and its key: an option with its further lines, or one other line."""
    section = key = ""
    waiting = ""
    for line in text.splitlines(keepends=True):
        if waiting and line[:1].isspace() and line.strip():
            waiting += line
            continue
        if waiting:
            yield section, key, waiting
            waiting = ""
        header, option = _SECTION.match(line), _OPTION.match(line)
        if header is not None:
            section = header["name"]
        elif option is not None and section:
            key = option["key"].lower().lstrip("-").replace("_", "-")
            waiting = line
            continue
        yield section if header is not None else "", "", line
    if waiting:
        yield section, key, waiting


def _apart(text: str) -> str:
    """What stands between a text and a block behind it."""
    return "" if not text else "\n" if text.endswith("\n") else "\n\n"


def _grouped(edits: Sequence[Edit]) -> dict[str, list[str]]:
    """What each text of ours stands for, in the order of the file."""
    found: dict[str, list[str]] = {}
    for edit in edits:
        if edit.after:
            found.setdefault(edit.after, []).append(edit.before)
    return found


def _pruned(value: object, without: Collection[str]) -> object:
    """A document without some strings, and without what holds nothing else."""
    if isinstance(value, dict):
        inner = {key: _pruned(each, without) for key, each in value.items() if key != "default"}
        return {key: each for key, each in inner.items() if each not in (None, {}, [])} or None
    if isinstance(value, list):
        return [each for each in (_pruned(one, without) for one in value) if each not in (None, {}, [])] or None
    return None if isinstance(value, str) and value in without else value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _by_hand(what: str) -> InvalidInput:
    return InvalidInput("it is written in a way that has to be changed by hand", advice=f"write there: {what}")
