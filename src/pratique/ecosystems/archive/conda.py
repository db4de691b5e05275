"""Conda packages of the second form: a zip of two compressed tars and a note of its version (CEP 35)."""

from collections.abc import Iterator
from typing import IO

from pratique.ecosystems.archive.bounds import once
from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.tar import read_tar
from pratique.ecosystems.archive.zip import Located, located, member
from pratique.ecosystems.archive.zip_content import Stored
from pratique.ecosystems.archive.zip_directory import STORED
from pratique.errors import InvalidInput


def read_conda(filename: str, stream: IO[bytes]) -> Iterator[Member]:
    """The files of both parts under the paths that they are installed from, and what else the zip holds under its own.

    Each is read before the next. No other archive within is opened. Readers find the parts by the beginning of their names,
    or by the end, or by both: each part is there once, and what ends as a part is one. Raises `InvalidInput`, `LimitExceeded`.
    """
    yield from once(filename, _parts(stream))


def _parts(stream: IO[bytes]) -> Iterator[Member]:
    seen: set[str] = set()
    for each in located(stream):
        part = _part(each)
        if not part:
            yield member(stream, each)
            continue
        if part in seen:
            raise InvalidInput(f"it has two parts that are called {part}")
        if each.entry.method != STORED:
            raise InvalidInput("a part of it is compressed twice")
        seen.add(part)
        yield from read_tar(Stored(stream, each.entry, each.start))
    if "info" not in seen:
        raise InvalidInput("it has no part that says what it is")


def _part(each: Located) -> str:
    name, _, _ = each.path.partition("-")
    begins, ends = name in ("info", "pkg"), each.path.endswith(".tar.zst")
    if begins != ends or (begins and "/" in each.path):
        raise InvalidInput("a part of it has a name that not all readers know")
    return name if begins else ""
