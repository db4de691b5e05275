"""The releases that a file pins: requirements with `==`, pylock.toml (PEP 751), uv.lock, poetry.lock, Pipfile.lock.

Nothing is resolved and nothing is run: what a file does not pin is said to be so.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from packaging.pylock import Pylock, PylockValidationError, is_valid_pylock_path
from packaging.requirements import InvalidRequirement, Requirement

from pratique.errors import InvalidInput, LimitExceeded, NotFound
from pratique.model import limits
from pratique.model.pinned import Pinned

LOCKS: Final = ("pylock.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
"""What a project's own lock may be called; the first that is there counts."""

_EXACT: Final = frozenset({"==", "==="})
_NESTED: Final = re.compile(r"(?:-r|--requirement)(?:\s*=?\s*)(\S.*)")
_NESTED_MAX: Final = 8
_SHOWN_MAX: Final = 80
_NAMED: Final = "name one: pratique audit -r requirements.txt, or uv.lock, poetry.lock, pylock.toml"


def pins_of(path: Path) -> list[Pinned]:
    """The releases that a file, or the lock of a project's folder, pins.

    Raises `NotFound` where there is none, `InvalidInput` for a file that cannot be read as what it is called.
    """
    if path.is_dir():
        found = next((path / name for name in LOCKS if (path / name).is_file()), None)
        if found is None:
            raise NotFound(f"{path} has no lock file", advice=_NAMED)
        path = found
    text = _text(path)
    read = _reader(path)
    try:
        pins = list(read(path, text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, PylockValidationError) as error:
        raise InvalidInput(f"{path} cannot be read: {' '.join(str(error).split())[:200]}", advice=_NAMED) from error
    if len(pins) > limits.PINS_MAX:
        raise LimitExceeded(f"{path} names more than {limits.PINS_MAX} packages")
    return pins


def _reader(path: Path) -> Callable[[Path, str], Iterator[Pinned]]:
    if is_valid_pylock_path(path):
        return _pylock
    return {"uv.lock": _packages, "poetry.lock": _packages, "pdm.lock": _packages, "Pipfile.lock": _pipfile}.get(
        path.name, _requirements
    )


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise InvalidInput(f"{path} is no file", advice=_NAMED)
        with path.open("rb") as file:
            data = file.read(limits.PINS_BYTES_MAX + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}", advice=_NAMED) from error
    if len(data) > limits.PINS_BYTES_MAX:
        raise LimitExceeded(f"{path} has more than {limits.PINS_BYTES_MAX} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is no text in UTF-8", advice=_NAMED) from error


def _pylock(path: Path, text: str) -> Iterator[Pinned]:
    for each in Pylock.from_dict(tomllib.loads(text)).packages:
        why = "" if each.version is not None else "its lock names no version: it is taken from a folder or a repository"
        yield Pinned(each.name, str(each.version or ""), str(path), why)


def _packages(path: Path, text: str) -> Iterator[Pinned]:
    """Locks with `[[package]]` tables. What stands in the project itself, or comes from a repository, has no release."""
    for each in tomllib.loads(text).get("package", []):
        source = each.get("source", {})
        local = isinstance(source, Mapping) and not {"registry", "reference"} & source.keys() and bool(source)
        if local and {"virtual", "editable", "directory"} & source.keys():
            continue
        why = "it comes by no index" if local and {"git", "path"} & source.keys() else ""
        yield Pinned(str(each["name"]), str(each.get("version", "")), str(path), why)


def _pipfile(path: Path, text: str) -> Iterator[Pinned]:
    document: dict[str, Any] = json.loads(text)
    for section in ("default", "develop"):
        for name, each in document.get(section, {}).items():
            version = str(each.get("version", ""))
            yield Pinned(name, version.removeprefix("=="), str(path), "" if version else "its lock names no version")


def _requirements(path: Path, text: str, seen: frozenset[Path] = frozenset()) -> Iterator[Pinned]:
    """Lines of a file of requirements, and of those that it names with `-r`. Constraints and options pin nothing."""
    joined = text.replace("\\\r\n", " ").replace("\\\n", " ")
    for number, line in enumerate(joined.splitlines(), 1):
        stated = line.split(" #")[0].strip()
        if not stated or stated.startswith("#"):
            continue
        place = f"{path}:{number}"
        if stated.startswith("-"):
            yield from _option(path, stated, place, seen | {path.resolve()})
            continue
        try:
            requirement = Requirement(stated.split(" --")[0].strip())
        except InvalidRequirement:
            yield Pinned(stated[:_SHOWN_MAX], "", place, "it is no requirement by name (PEP 508)")
            continue
        exact = [each.version for each in requirement.specifier if each.operator in _EXACT and "*" not in each.version]
        why = "" if exact else "no exact version is named"
        yield Pinned(requirement.name, exact[0] if exact else "", place, why)


def _option(path: Path, stated: str, place: str, seen: frozenset[Path]) -> Iterator[Pinned]:
    found = _NESTED.fullmatch(stated)
    if found is None:
        if stated.startswith(("-e", "--editable")):
            yield Pinned(stated[:_SHOWN_MAX], "", place, "it is a folder or a repository")
        return
    nested = path.parent / found[1].strip("'\"")
    if len(seen) > _NESTED_MAX or nested.resolve() in seen or "://" in found[1]:
        yield Pinned(
            stated[:_SHOWN_MAX], "", place, "it is not followed: it leads in a circle, too far, or to another machine"
        )
        return
    yield from _requirements(nested, _text(nested), seen)
