"""The files of a project page: what an index says of each, in normal form, and what is left out (PEP 691, 700, 714).

A page lists thousands of files, nearly all of them flawless. So they are looked at in columns: all names at once, all URLs, all
digests; what holds for a whole column holds for each of its parts. Only when a column has a flaw is every entry looked at on
its own, by the same rules, to find the one that has it.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from typing import Final, cast
from urllib.parse import urldefrag, urljoin, urlsplit

import msgspec

from pratique.ecosystems.pypi.filenames import SAFE_CHARACTERS, version_of
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest, ProjectName, VersionText

_HEX: Final = b"0123456789abcdef"
_NAME: Final = SAFE_CHARACTERS.encode()
_SHA256_CHARACTERS: Final = 64
_PATH: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"
"""What paths are made of (RFC 3986, section 3.3) when nothing is escaped: no query and no fragment."""
_URL: Final = _PATH + b"[]#"
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")
_UNSETTLED: Final = re.compile(r"/[/.]")
"""Empty segments, and those that begin with a dot: some readers would resolve them."""
_SCHEME_CHARACTERS: Final = len("https://")
_ORIGINS_KEPT: Final = 256
_COLUMN_ENTRIES: Final = 512
"""As many at once as stay in a processor's cache."""
_as_digest: Final = cast("Callable[[str], Digest]", "sha256:".__add__)
_PARTS: Final = 16
_put: Final = msgspec.structs.force_setattr

Rejected = tuple[str, str]
"""The name of a file that is left out, and what is wrong with its entry."""


class Digests(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The digests of a file, in hexadecimal; others than SHA-256 are not used."""

    sha256: str | None = None


class FileEntry(msgspec.Struct, frozen=True, gc=False, rename="kebab", omit_defaults=True):
    """One file as its index lists it, in the form of PEP 691 and PEP 700, which is also the form in which it is written.

    Other keys than these are dropped: their meaning is unknown here. `version` is in normal form; it is read from the file
    name, never from the page, and travels under a key that is private to a server (PEP 691: one that begins with `_`).
    """

    filename: str
    url: str
    hashes: Digests
    size: int | None = None
    upload_time: datetime | None = None
    requires_python: str | None = None
    yanked: bool | str = False
    core_metadata: bool | Digests | None = None
    version: VersionText = msgspec.field(default=VersionText(""), name="_version")

    @property
    def path(self) -> str:
        """The path of `url`, under which the gate serves the file in turn."""
        url = self.url
        return url[url.find("/", _SCHEME_CHARACTERS) :]

    @property
    def sha256(self) -> Digest | None:
        """The digest that the index states."""
        value = self.hashes.sha256
        return None if value is None else _as_digest(value)

    @property
    def metadata_sha256(self) -> Digest | None:
        """The digest of the metadata beside the file, where the index states one."""
        value = self.core_metadata.sha256 if isinstance(self.core_metadata, Digests) else None
        return None if value is None else Digest("sha256:" + value)


def settle(
    files: Sequence[FileEntry], base: str, project: ProjectName
) -> tuple[tuple[FileEntry, ...], tuple[Rejected, ...]]:
    """The entries of a page at `base` that can be understood in one way only, in normal form, and the others.

    The entries were just decoded and nobody else has seen them yet: they are completed in place.
    """
    rejected: list[Rejected] = []
    columns = (files[first : first + _COLUMN_ENTRIES] for first in range(0, len(files), _COLUMN_ENTRIES))
    if any(_objection(column, base) for column in columns) or not _are_normal(files):
        for entry in files:
            _normalise(entry, base)
        files, rejected = _sift(files, base)
    kept = []
    for entry in files:
        filename = entry.filename
        try:
            _put(entry, "version", version_of(filename, project))
        except InvalidInput as error:
            rejected.append((filename, str(error)))
            continue
        if type(entry.core_metadata) is not Digests:
            _put(entry, "core_metadata", filename.endswith(".whl") or None)
        kept.append(entry)
    return _without_namesakes(kept, rejected)


def _are_normal(files: Sequence[FileEntry]) -> bool:
    """Whether `_normalise` would change nothing in entries to whose URLs there is no objection."""
    return (
        all(requires is None or requires.isprintable() for requires in {entry.requires_python for entry in files})
        and all(_yanked(yanked) == yanked for yanked in {entry.yanked for entry in files})
        and {upload.tzinfo for entry in files if (upload := entry.upload_time) is not None} <= {UTC}
        and min([entry.size or 0 for entry in files], default=0) >= 0
    )


def _normalise(entry: FileEntry, base: str) -> None:
    """Bring what has one meaning in several forms into one of them, and drop what has none."""
    _put(entry, "url", _absolute(entry.url, base))
    _put(entry, "yanked", _yanked(entry.yanked))
    requires, upload, size = entry.requires_python, entry.upload_time, entry.size
    if requires is not None and not requires.isprintable():
        _put(entry, "requires_python", one_line(requires))
    if upload is not None:
        _put(entry, "upload_time", _in_utc(upload))
    if size is not None and size < 0:
        _put(entry, "size", None)


def _absolute(url: str, base: str) -> str:
    """The URL as seen from the page; one that is not plain stays as it is, for the library would repair some of those."""
    if not _has_only(_URL, url) or (url.startswith(("https://", "http://")) and "#" not in url):
        return url
    try:
        return urldefrag(urljoin(base, url)).url
    except ValueError:
        return url


def _in_utc(moment: datetime) -> datetime | None:
    """The moment in UTC, which is meant where no zone is given; None for one that lies outside the calendar."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _yanked(yanked: bool | str) -> bool | str:  # noqa: FBT001 - PEP 592 writes a yank as true or as its reason
    return one_line(yanked) or True if isinstance(yanked, str) else yanked


def one_line(text: str) -> str:
    """Somebody else's words on one line, bounded, without control characters."""
    if text.isprintable() and len(text) <= limits.YANK_REASON_CHARACTERS_MAX:
        return text
    cut = text[: limits.YANK_REASON_CHARACTERS_MAX]
    return " ".join("".join(c if c.isprintable() else " " for c in cut).split())


def _objection(files: Sequence[FileEntry], base: str) -> str:
    """What is wrong with at least one of the entries, or the empty string when all are flawless.

    pip takes name and version from the URL, uv from `filename`: where they differ, each would see another file.
    """
    names = [entry.filename for entry in files]
    if not _has_only(_NAME, "".join(names)):
        return "its name has characters that do not belong there"
    if not _are_sha256([digest for entry in files if (digest := entry.hashes.sha256) is not None]):
        return "its sha256 is malformed"
    stated = [metadata for entry in files if type(metadata := entry.core_metadata) is Digests]
    if not _are_sha256([digest for metadata in stated if (digest := metadata.sha256) is not None]):
        return "the sha256 of its metadata is malformed"
    return _objection_to_urls([entry.url for entry in files], names, base) if files else ""


def _objection_to_urls(urls: Sequence[str], names: Sequence[str], base: str) -> str:
    """http(s) only, no credentials, all of one origin, and each ends in its file's name."""
    origin = _origin(urls[0])
    objection = _objection_to_origin(origin, base)
    if objection:
        return objection
    if not all(map(str.startswith, urls, repeat(f"{origin}/"))):
        return "its URL is of another origin"
    host_ends = len(origin)
    paths = "".join([url[host_ends:] for url in urls])
    if not _has_only(_PATH, paths):
        return "its URL has characters that do not belong there"
    if not all(map(str.endswith, urls, [f"/{name}" for name in names])):
        return "its URL ends in another file name"
    if _UNSETTLED.search(paths):
        return "its URL has a path that changes when it is read twice"
    return "its URL is too long" if max(map(len, urls)) > limits.URL_CHARACTERS_MAX else ""


def _has_only(characters: bytes, text: str) -> bool:
    return text.isascii() and not text.encode().translate(None, characters)


def _are_sha256(digests: Sequence[str]) -> bool:
    return set(map(len, digests)) <= {_SHA256_CHARACTERS} and _has_only(_HEX, "".join(digests))


def _origin(url: str) -> str:
    return url[: url.find("/", _SCHEME_CHARACTERS)]


@lru_cache(_ORIGINS_KEPT)
def _objection_to_origin(origin: str, base: str) -> str:
    """What is wrong with files from `origin` on a page at `base`, or the empty string."""
    scheme, _, host = origin.partition("//")
    if scheme not in ("https:", "http:") or not _HOST.fullmatch(host):
        return "its URL is no plain http or https URL"
    here = urlsplit(base)
    if here.scheme == "https" and scheme != "https:" and host != here.netloc:
        return "its URL leaves https"
    return ""


def _sift(files: Sequence[FileEntry], base: str) -> tuple[list[FileEntry], list[Rejected]]:
    """The flawless entries in their order, and the others."""
    by_origin: dict[str, list[FileEntry]] = {}
    for entry in files:
        by_origin.setdefault(_origin(entry.url), []).append(entry)
    flawed = {id(entry): why for group in by_origin.values() for entry, why in _flaws(group, base)}
    kept = [entry for entry in files if id(entry) not in flawed]
    return kept, [(one_line(entry.filename), flawed[id(entry)]) for entry in files if id(entry) in flawed]


def _flaws(files: Sequence[FileEntry], base: str) -> Iterator[tuple[FileEntry, str]]:
    """Every flawed entry, by looking at ever smaller parts: a few among thousands are found quickly."""
    objection = _objection(files, base)
    if objection and len(files) == 1:
        yield files[0], objection
    elif objection:
        size = math.ceil(len(files) / _PARTS)
        for first in range(0, len(files), size):
            yield from _flaws(files[first : first + size], base)


def _without_namesakes(
    files: Sequence[FileEntry], rejected: list[Rejected]
) -> tuple[tuple[FileEntry, ...], tuple[Rejected, ...]]:
    """Leave out the files that share a name with a different one; of those that are the same, one is kept."""
    if len({entry.filename for entry in files}) == len(files):
        return tuple(files), tuple(rejected)
    kept = {entry.filename: entry for entry in reversed(files)}
    ambiguous = {entry.filename for entry in files if kept[entry.filename] != entry}
    rejected += [(filename, "the page lists two different files under this name") for filename in sorted(ambiguous)]
    first = dict.fromkeys(entry.filename for entry in files if entry.filename not in ambiguous)
    return tuple(kept[filename] for filename in first), tuple(rejected)
