"""What stands at paths that somebody named: single artifacts, and folders whose files are one artifact together."""

import fnmatch
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pratique.adapters.scan_bundle import opened
from pratique.ecosystems.archive import Form, form_of
from pratique.errors import InvalidInput
from pratique.model import limits

_LEFT_OUT: Final = frozenset({".git", ".hg", ".svn", ".bzr", "__pycache__"})
"""Folders in which tools keep what is theirs."""
_ENVIRONMENT: Final = "pyvenv.cfg"
_ALONE: Final = frozenset({Form.ZIP, Form.TAR, Form.CONDA, Form.DATA})
"""Files that are artifacts of their own, wherever they lie: archives, and models."""
_PLAIN: Final = (".txt", ".md", ".rst", ".csv", ".tsv", ".log", ".html", ".svg", ".css")
"""Texts that make no source tree of a folder of archives."""


@dataclass(frozen=True, slots=True)
class Target:
    """One artifact. `files` is empty for a file, and has those of a folder by their paths below it."""

    shown: str
    place: Path
    files: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether its files are one artifact together."""
        return bool(self.files)


@dataclass(slots=True)
class Walk:
    """Finds what there is to look into, and remembers what it passed over. `skip` are patterns as of a shell."""

    each: bool = False
    skip: Sequence[str] = ()
    left_out: list[str] = field(default_factory=list)
    links: int = 0
    skipped: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over, in sentences."""
        counted = ((self.links, "links are not followed"), (self.skipped, "files and folders are skipped, as asked"))
        return *self.left_out, *(f"{count} {what}" for count, what in counted if count)

    def targets(self, paths: Iterable[str]) -> Iterator[Target]:
        """The artifacts at paths, in the order of the paths. Raises `InvalidInput` where there is nothing, or no file.

        A file is one artifact. In a folder each archive and each model is one, and all its other files together are one more,
        where they are more than plain texts; with `each`, each of them that can be looked into alone is one.
        """
        for path in paths:
            place = Path(path)
            if place.is_dir():
                yield from self._folder(path, place)
            elif place.is_file():
                yield Target(path, place)
            else:
                what = "is no file and no folder" if place.exists() else "is not there"
                raise InvalidInput(f"{path} {what}", advice="pratique scan FILE, FOLDER or pkg:pypi/NAME@VERSION")

    def _folder(self, shown: str, top: Path) -> Iterator[Target]:
        together: list[str] = []
        alone = False
        for path in self._below(top):
            name = f"{shown.rstrip('/')}/{path}" if shown.strip("/") else f"/{path}"
            name = name.removeprefix("./")
            if form_of(path) in _ALONE or (self.each and _is_readable(top / path)):
                alone = True
                yield Target(name, top / path)
            elif not self.each:
                together.append(path)
        if together and (not alone or any(_is_code(top / path) for path in together)):
            yield Target(shown, top, tuple(together))

    def _below(self, top: Path) -> Iterator[str]:
        """The regular files below a folder by their paths, in order; links are not followed."""
        folders = [""]
        count = 0
        while folders:
            inner = folders.pop()
            within: list[str] = []
            for entry in self._entries(top / inner):
                path = f"{inner}/{entry.name}" if inner else entry.name
                if any(fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(entry.name, pattern) for pattern in self.skip):
                    self.skipped += 1
                elif entry.is_symlink():
                    self.links += 1
                elif entry.is_dir():
                    within.append(path)
                elif entry.is_file():
                    count += 1
                    if count > limits.SCAN_WALKED_FILES_MAX:
                        raise InvalidInput(f"{top} has more than {limits.SCAN_WALKED_FILES_MAX} files")
                    yield path
            folders += reversed(within)

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """What is in a folder, in order, without what tools keep there; nothing of an environment."""
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda each: each.name)
        except OSError as error:
            self.left_out.append(f"{folder} cannot be listed ({error.strerror})")
            return []
        if any(entry.name == _ENVIRONMENT for entry in entries):
            self.left_out.append(f"{folder} is an environment: pratique scan --installed --prefix {folder}")
            return []
        return [entry for entry in entries if entry.name not in _LEFT_OUT]


def _is_code(place: Path) -> bool:
    """Whether a file is more than a plain text, by its name, or by how it begins."""
    form = form_of(place.name)
    if form is Form.TEXT:
        return not place.name.lower().endswith(_PLAIN)
    return form is None and _begins_as_script(place)


def _is_readable(place: Path) -> bool:
    return form_of(place.name) is not None or _begins_as_script(place)


def _begins_as_script(place: Path) -> bool:
    try:
        with opened(place) as file:
            return file.read(2) == b"#!"
    except OSError:
        return False
