"""Where an environment is, which Python it is for, and every file of it that Python may come to run."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pratique.errors import InvalidInput
from pratique.model import limits

_SITES: Final = (
    "lib/python3*/site-packages",
    "lib64/python3*/site-packages",
    "lib/python3*/dist-packages",
    "lib/site-packages",
)
_SCRIPTS: Final = ("bin", "Scripts")
_OPTION: Final = re.compile(r"^\s*([\w-]+)\s*=\s*(.*?)\s*$", re.MULTILINE)
_FOLDER: Final = re.compile(r"python(3\.\d+)")


@dataclass(frozen=True, slots=True)
class Environment:
    """`prefix` is its folder, `sites` are where packages lie, `scripts` where commands do.

    `python` is the version its packages are for, as `3.11`; `release` the very release, where the environment says; `base` the
    Python that it was made from, empty for one that stands alone. `open_to_base` says that it takes packages from there, too.
    """

    prefix: Path
    sites: tuple[Path, ...]
    scripts: tuple[Path, ...]
    python: str = ""
    release: str = ""
    base: str = ""
    open_to_base: bool = False


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A file, link or other thing on the disk, as it was when it was seen: enough to notice that it was written since.

    User code can set the time of its last change of content, but not that of its last change of any kind (`ctime`).
    """

    place: str
    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    mode: int

    @property
    def regular(self) -> bool:
        """Whether it is a file."""
        return stat.S_ISREG(self.mode)


def environment_at(prefix: Path) -> Environment:
    """The environment in a folder. Raises `InvalidInput` where there is none."""
    folder = Path(os.path.abspath(prefix))  # noqa: PTH100 - a link to an environment stays a link
    sites: dict[Path, Path] = {}
    for pattern in _SITES:
        for site in sorted(folder.glob(pattern)):
            sites.setdefault(site.resolve(), site)
    if not sites:
        raise InvalidInput(
            f"{prefix} is no environment of Python: it has no site-packages",
            advice="name its folder, as --prefix .venv, or its interpreter, as --python .venv/bin/python",
        )
    told = _options(folder / "pyvenv.cfg")
    versions = [match[1] for site in sites.values() if (match := _FOLDER.search(str(site))) is not None]
    return Environment(
        folder,
        tuple(sorted(sites.values())),
        tuple(folder / name for name in _SCRIPTS if (folder / name).is_dir()),
        versions[0] if versions else "",
        told.get("version", told.get("version_info", "")).removesuffix(".final.0"),
        told.get("home", ""),
        told.get("include-system-site-packages", "").lower() == "true",
    )


def environment_of(python: Path) -> Environment:
    """The environment of an interpreter, by where it lies: it is not run. Raises `InvalidInput`."""
    place = Path(os.path.abspath(python))  # noqa: PTH100 - the interpreter of an environment is a link out of it
    if not place.exists():
        raise InvalidInput(f"there is no {python}", advice="name an interpreter, as --python .venv/bin/python")
    for folder in (place.parent.parent, place.parent):
        if (folder / "pyvenv.cfg").is_file():
            return environment_at(folder)
    return environment_at(place.resolve().parent.parent)


def placed_in(environment: Environment) -> tuple[dict[str, Placed], list[str]]:
    """Everything in its folders of packages and commands, by path, and the folders that could not be listed.

    Links are not followed. Raises `InvalidInput` for more than can be looked into.
    """
    found: dict[str, Placed] = {}
    unlisted: list[str] = []
    for top in (*environment.sites, *environment.scripts):
        for each in _below(str(top), unlisted):
            found[each.place] = each
            if len(found) > limits.INSTALLED_FILES_MAX:
                raise InvalidInput(f"{environment.prefix} has more than {limits.INSTALLED_FILES_MAX} files")
    return found, unlisted


def placed_at(place: str) -> Placed | None:
    """What is at one place; None where nothing is."""
    try:
        told = os.lstat(place)
    except OSError:
        return None
    return Placed(place, told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino, told.st_mode)


def _below(top: str, unlisted: list[str]) -> Iterator[Placed]:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = list(listed)
        except OSError:
            unlisted.append(folder)
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
                continue
            try:
                told = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            yield Placed(entry.path, told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino, told.st_mode)


def _options(path: Path) -> dict[str, str]:
    """What `pyvenv.cfg` says (PEP 405): keys in lower case, and the text behind their equals signs."""
    try:
        with path.open("rb") as file:
            text = file.read(limits.SETTINGS_BYTES_MAX).decode("utf-8", errors="replace")
    except OSError:
        return {}
    return {match[1].lower(): match[2] for match in _OPTION.finditer(text)}
