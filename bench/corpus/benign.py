"""Benign distributions: closures of large applications, fetched by name and version with an ordinary client's finder (unearth).

A list is a text file, `name==version filename sha256` a line. `choose` turns pins (`name==version` a line) into a list, one
wheel and the source distribution of each, and `restore` fetches again what a list names. Files go to a folder outside the
repository, packed as they came, one after another; nothing is built, installed or unpacked.

The pins of the committed lists, of August 2026 unless another date is said: OpenStack's upper constraints, Plone's (October
2024) and Zope's constraints, the requirements of CKAN, Warehouse, NetBox and Indico, Saleor's lock file, and what the manifests
of Home Assistant 2026.2.3 require: 2,348 names. All 710 that pass the rule were asked for, and 330 of the others.
"""

import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.corpus.rule import passes

HERE: Final = Path(__file__).resolve().parent
OPEN_LIST: Final = HERE / "benign-pypi.txt"
HELD_OUT_LIST: Final = HERE / "benign-pypi-held-out.txt"
FILE_BYTES_MAX: Final = 64 * 1024 * 1024
PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Distribution:
    """A line of a list."""

    name: str
    version: str
    filename: str
    sha256: str

    def __str__(self) -> str:
        """The line."""
        return f"{self.name}=={self.version} {self.filename} {self.sha256}"


def read_list(path: Path, *, is_open: bool) -> list[Distribution]:
    """The lines of a list. Raises `ValueError` for a name on the wrong side of the rule: nobody looks into what is held out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        pin, filename, sha256 = line.split(" ")
        name, _, version = pin.partition("==")
        if passes(name) != is_open:
            raise ValueError(f"{path.name} names {name}, which belongs to the other list")
        found.append(Distribution(name, version, filename, sha256))
    return found


def choose(pins: Path, list_path: Path, folder: Path, *, is_open: bool) -> None:
    """Add to a list, and fetch, a wheel and the source distribution of each pin that it does not have yet."""
    had = (
        {f"{each.name}=={each.version}" for each in read_list(list_path, is_open=is_open)}
        if list_path.exists()
        else set()
    )
    wanted = [pin for pin in pins.read_text(encoding="utf-8").split() if pin not in had]
    finder = _finder()
    with list_path.open("a", encoding="utf-8") as file:
        for pin in wanted:
            name, _, version = pin.partition("==")
            if passes(name) != is_open:
                continue
            for package in _wheel_and_source(_found(finder, pin)):
                path = _fetched(finder, package, folder)
                if path is not None:
                    file.write(f"{Distribution(name, version, path.name, sha256_of(path))}\n")
                    file.flush()


def restore(list_path: Path, folder: Path, *, is_open: bool) -> list[str]:
    """Fetch what a list names and the folder lacks. Gives what could not be had, or is not what it was."""
    finder, failed = _finder(), []
    for each in read_list(list_path, is_open=is_open):
        path: Path | None = folder / each.filename
        if path is None or not path.exists():
            fitting = [
                found
                for found in _found(finder, f"{each.name}=={each.version}")
                if found.link.filename == each.filename
            ]
            path = _fetched(finder, fitting[0], folder) if fitting else None
        if path is None or sha256_of(path) != each.sha256:
            failed.append(each.filename)
    return failed


def sha256_of(path: Path) -> str:
    """The digest of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finder() -> Any:  # noqa: ANN401 - unearth is no dependency of the project
    from unearth import PackageFinder  # type: ignore[import-not-found]  # as above

    return PackageFinder(ignore_compatibility=True)


def _found(finder: Any, pin: str) -> list[Any]:  # noqa: ANN401 - as above
    """Every file of one version, empty where the index does not answer."""
    time.sleep(PAUSE_SECONDS)
    try:
        return list(finder.find_matches(pin, allow_yanked=True))
    except Exception as error:  # noqa: BLE001 - whatever the client raises: this one is left out, and named
        print(f"{pin}: {type(error).__name__}: {error}", file=sys.stderr)
        return []


def _wheel_and_source(found: list[Any]) -> Iterator[Any]:
    wheels = [each for each in found if each.link.is_wheel]
    pure = [each for each in wheels if each.link.filename.endswith("none-any.whl")]
    linux = [each for each in wheels if "linux" in each.link.filename and "x86_64" in each.link.filename]
    yield from (pure or linux or wheels)[:1]
    yield from [each for each in found if not each.link.is_wheel][:1]


def _fetched(finder: Any, package: Any, folder: Path) -> Path | None:  # noqa: ANN401 - as above
    """The file in the folder, None where it cannot be had or has more than `FILE_BYTES_MAX`."""
    folder.mkdir(parents=True, exist_ok=True)
    time.sleep(PAUSE_SECONDS)
    try:
        path = Path(finder.download(package.link, folder))
    except Exception as error:  # noqa: BLE001 - as above
        print(f"{package.link.filename}: {type(error).__name__}: {error}", file=sys.stderr)
        return None
    if path.stat().st_size > FILE_BYTES_MAX:
        path.unlink()
        return None
    return path
