"""Where records come from: a folder, a file, a zip or a tar of them."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Final

from pratique.ecosystems.archive.forms import Form, form_of
from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.opening import open_archive
from pratique.ecosystems.archive.zip import read_zip
from pratique.errors import LimitExceeded, Unavailable
from pratique.model import limits

_SUFFIXES: Final = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a feed. `stamp` changes with the file where that is told without reading it; empty where it is not."""

    path: str
    stamp: str
    read: Callable[[], bytes]


def documents(place: Path) -> Iterator[Document]:
    """The records of a feed on this machine. Raises `Unavailable` for what cannot be read, `InvalidInput`, `LimitExceeded`."""
    try:
        if place.is_dir():
            found = _folder(place)
        elif form_of(place.name) is Form.ZIP:
            found = _packed(place, read_zip)
        elif form_of(place.name) is Form.TAR:
            found = _packed(place, partial(open_archive, place.name))
        else:
            found = iter([_file(str(place), place.name, place.stat())])
        for count, document in enumerate(found, 1):
            if count > limits.FEED_RECORDS_MAX:
                raise LimitExceeded(f"{place} has more than {limits.FEED_RECORDS_MAX} records")
            yield document
    except OSError as error:
        raise Unavailable(
            f"{place} cannot be read: {error.strerror}", advice="is it there, and may you read it?"
        ) from error


def _folder(place: Path) -> Iterator[Document]:
    """The records below a folder; links are not followed, and what begins with a dot is none."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(f"{place}/{below}") as listed:
            for each in listed:
                if each.name.startswith("."):
                    continue
                if each.name.endswith(_SUFFIXES) and each.is_file(follow_symlinks=False):
                    yield _file(each.path, below + each.name, each.stat(follow_symlinks=False))
                elif each.is_dir(follow_symlinks=False):
                    waiting.append(f"{below}{each.name}/")


def _file(path: str, name: str, stat: os.stat_result) -> Document:
    return Document(name, f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}", partial(_bytes, path))


def _bytes(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(limits.ADVISORY_BYTES_MAX + 1)


def _packed(place: Path, members: Callable[[IO[bytes]], Iterator[Member]]) -> Iterator[Document]:
    with place.open("rb") as file:
        for member in members(file):
            if member.path.endswith(_SUFFIXES) and not member.link:
                yield Document(member.path, "", member.read)
