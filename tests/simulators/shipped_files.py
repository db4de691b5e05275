"""The scenarios that ship, opened: what is in the files that they are packed into. Everything stays in memory."""

import contextlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from functools import cache

from pratique.simulators.plays import Made, Play
from pratique.simulators.repertoire import shipped

REPETITION_BYTES = 500_000
"""A file of more bytes is generated, and says one thing again and again."""


@cache
def attacks() -> dict[str, Play]:
    """The attacks by their ids."""
    return {play.scenario.id: play for play in shipped() if play.scenario.expected is not None}


@cache
def benign() -> dict[str, Play]:
    """The benign releases by their ids."""
    return {play.scenario.id: play for play in shipped() if play.scenario.asked is not None}


def members(made: Made) -> Iterator[tuple[str, bytes]]:
    """The files in a file, by their paths below its folder; a single file is itself."""
    data = made.data()
    if made.file.filename.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
    elif made.file.filename.endswith((".tgz", ".tar.gz")):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                opened = archive.extractfile(member)
                yield member.name.partition("/")[2], b"" if opened is None else opened.read()
    else:
        yield made.file.filename, data


def texts(play: Play) -> Iterator[tuple[str, str]]:
    """Every text in the files that are asked for, with its path; what is no text is left out, and what only repeats itself."""
    for made in play.made:
        if made.file.asked_for:
            for path, data in members(made):
                if len(data) <= REPETITION_BYTES:
                    with contextlib.suppress(UnicodeDecodeError):
                        yield f"{made.file.version}/{path}", data.decode()
