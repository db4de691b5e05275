"""Where records come from: a folder, a file, a zip or a tar of them."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final
from urllib.parse import urlsplit

from pratique.adapters.http import HttpUpstream, Session
from pratique.ecosystems.archive.forms import Form, form_of
from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.opening import open_archive
from pratique.ecosystems.archive.zip import read_zip
from pratique.errors import LimitExceeded, Unavailable
from pratique.model import limits
from pratique.ports import FeedDocument

_SAYS_NOTHING: Final = frozenset({"all", "vulns", "osv", "main", "advisories"})
_SUFFIXES: Final = (".json", ".yaml", ".yml")


def is_url(place: str) -> bool:
    """Whether a place is a URL, and not a path."""
    return place.startswith(("http://", "https://"))


def feed_name(place: str) -> str:
    """What a feed is called unless somebody says: the last part of its place that says anything."""
    parts = [part for part in urlsplit(place).path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    name = parts[-1] if parts else "feed"
    stem = name.partition(".")[0]
    if stem in _SAYS_NOTHING and len(parts) > 1:
        stem = parts[-2]
    return stem[: limits.ADVISORY_ID_CHARACTERS_MAX] or "feed"


@asynccontextmanager
async def fetched(session: Session, url: str, folder: Path) -> AsyncIterator[Path]:
    """A file from its URL, for as long as the context lasts; it lies in `folder`. Raises as `ports.Upstream.open`."""
    name = url.rpartition("/")[2].partition("?")[0] or "feed"
    with TemporaryDirectory(dir=folder, prefix="feed-") as place:
        path = Path(place) / name
        async with HttpUpstream("of advisories", url, session).open(url, bytes_max=limits.FEED_BYTES_MAX) as stream:
            with path.open("wb") as file:
                async for chunk in stream.chunks():
                    file.write(chunk)
        yield path


def documents(place: Path) -> Iterator[FeedDocument]:
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


def _folder(place: Path) -> Iterator[FeedDocument]:
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


def _file(path: str, name: str, stat: os.stat_result) -> FeedDocument:
    return FeedDocument(name, f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}", partial(_bytes, path))


def _bytes(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(limits.ADVISORY_BYTES_MAX + 1)


def _packed(place: Path, members: Callable[[IO[bytes]], Iterator[Member]]) -> Iterator[FeedDocument]:
    with place.open("rb") as file:
        for member in members(file):
            if member.path.endswith(_SUFFIXES) and not member.link:
                yield FeedDocument(member.path, "", member.read)
