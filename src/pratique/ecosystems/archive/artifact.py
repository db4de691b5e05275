"""Any artifact as its members: an archive as what is in it, a single file as the one that it is."""

from collections.abc import Iterator
from functools import partial
from typing import IO

from pratique.ecosystems.archive.bounds import bounded, once
from pratique.ecosystems.archive.forms import Form, form_of
from pratique.ecosystems.archive.member import Member, check_size
from pratique.ecosystems.archive.opening import open_archive
from pratique.ecosystems.archive.second_meaning import (
    archive_by_bytes,
    beginning,
    check_no_zip_within,
    check_runs_nothing_at_start,
)
from pratique.ecosystems.archive.source import unpacked
from pratique.ecosystems.archive.zip import read_zip
from pratique.errors import InvalidInput


def open_artifact(filename: str, stream: IO[bytes]) -> Iterator[Member]:
    """The members of an archive, as `open_archive` has them, or the single file as one member under its own name.

    A file is what its name says (`form_of`); one without an ending that says anything is a script if it begins with `#!`.
    Models that are zips are read as zips, as the programs do that load them, and compressed data of R, and pickles, are
    unpacked. Raises `InvalidInput` for a script whose bytes are an archive to somebody, and as `open_archive`.
    """
    name = filename.rpartition("/")[2]
    match form_of(name):
        case Form.ZIP | Form.TAR | Form.CONDA:
            return open_archive(name, stream)
        case Form.TEXT:
            return bounded(name, _text(name, stream), colons=True)
        case Form.DATA:
            return bounded(name, _data(name, stream), colons=True)
        case None:
            if not beginning(stream).startswith(b"#!"):
                raise InvalidInput(f"{name} is of no kind of file that is read here")
            return bounded(name, _text(name, stream), colons=True)


def _text(name: str, stream: IO[bytes]) -> Iterator[Member]:
    kind = archive_by_bytes(beginning(stream))
    if kind == "zip" and name.lower().endswith(".pth"):
        check_runs_nothing_at_start(stream)
        yield from once(name, read_zip(stream, by_directory=True))
        return
    if kind:
        raise InvalidInput(f"{name} is no text: it begins as {kind} does")
    check_no_zip_within(stream)
    yield _whole(name, stream)


def _data(name: str, stream: IO[bytes]) -> Iterator[Member]:
    if archive_by_bytes(beginning(stream)) == "zip":
        yield from once(name, read_zip(stream, by_directory=True))
        return
    check_no_zip_within(stream)
    yield _whole(name, stream, unpack=True)


def _whole(name: str, stream: IO[bytes], *, unpack: bool = False) -> Member:
    size = stream.seek(0, 2)
    return Member(name, size, partial(_read, stream, size, unpack=unpack))


def _read(stream: IO[bytes], size: int, *, unpack: bool) -> bytes:
    check_size(size)
    stream.seek(0)
    data = stream.read()
    return unpacked(data) if unpack else data
