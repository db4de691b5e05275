"""Files that are of one kind by their beginning, or their name, and an archive to those who look elsewhere."""

import re
from typing import IO, Final

from pratique.ecosystems.archive.unpacker import MAGIC_BYTES, packed_with
from pratique.ecosystems.archive.zip_directory import COMMENT_BYTES_MAX
from pratique.errors import InvalidInput

_END_BYTES: Final = 22
_LONGER_END_BYTES: Final = 56 + 20
_ARCHIVES: Final = {b"PK\3\4": "zip", b"PK\5\6": "zip", b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar"}
_READ: Final = 1024 * 1024
_RUN_AT_START: Final = re.compile(rb"[\r\n]import[ \t]")


def beginning(stream: IO[bytes]) -> bytes:
    """The first bytes of a stream, which stands at its beginning afterwards."""
    stream.seek(0)
    start = stream.read(MAGIC_BYTES)
    stream.seek(0)
    return start


def archive_by_bytes(start: bytes) -> str:
    """The kind of archive or compressed stream that begins so; empty for none."""
    return next((name for magic, name in _ARCHIVES.items() if start.startswith(magic)), packed_with(start))


def check_no_zip_within(stream: IO[bytes]) -> None:
    """Refuse what also is a zip file, which is read from its end: Python runs it as one, and pip unpacks it as one.

    Raises `InvalidInput`. The stream stands at its beginning afterwards.
    """
    total = stream.seek(0, 2)
    first = max(0, total - _END_BYTES - COMMENT_BYTES_MAX)
    stream.seek(first)
    tail = stream.read()
    place = tail.find(b"PK\5\6")
    while place >= 0:
        if _has_directory(stream, first + place, tail[place : place + _END_BYTES]):
            raise InvalidInput("it also is a zip file, to those who read it from its end")
        place = tail.find(b"PK\5\6", place + 1)
    stream.seek(0)


def _has_directory(stream: IO[bytes], end: int, record: bytes) -> bool:
    """Whether an entry of a directory lies where an end record says: as far in front of it as the directory is long."""
    size = int.from_bytes(record[12:16], "little")
    places = [end - size]
    if end >= _LONGER_END_BYTES:
        stream.seek(end - _LONGER_END_BYTES)
        longer = stream.read(_LONGER_END_BYTES)
        if longer[56:60] == b"PK\6\7":
            places.append(end - _LONGER_END_BYTES - int.from_bytes(longer[40:48], "little"))
    for place in places:
        if 0 <= place < end:
            stream.seek(place)
            if stream.read(4) == b"PK\1\2":
                return True
    return False


def check_runs_nothing_at_start(stream: IO[bytes]) -> None:
    """Refuse an archive with a line that Python runs when the file is called `.pth` and lies among its packages."""
    stream.seek(0)
    before = b""
    while chunk := stream.read(_READ):
        if _RUN_AT_START.search(before + chunk):
            raise InvalidInput("it is a model to some, and a path file with code to Python")
        before = chunk[-8:]
    stream.seek(0)
