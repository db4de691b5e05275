"""The files of a project page, each in the one way in which it can be read (PEP 503, 592, 691, 700, 714).

A value that means nothing is set aside and named. A file that could be read in two ways is left out and named: pip takes name
and version from the URL, uv from the name beside it, and a refusal must mean the same file to both.
"""

import re
from binascii import unhexlify
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

from msgspec import UNSET

from pratique.ecosystems.pypi.file_urls import SEGMENT, FileUrls
from pratique.ecosystems.pypi.filenames import Kind, parse_filename
from pratique.ecosystems.pypi.names import normal_name
from pratique.ecosystems.pypi.told import Hashes, Told, mended
from pratique.ecosystems.pypi.versions import NORMAL
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest, ProjectName, digest
from pratique.model.listing import ListedFile, Rejected

_SHA256: Final[Any] = "sha256:"
"""Without a type, as what the pattern below finds: to call a `NewType` costs as much as a step of the work on a file."""
_SHA256_DIGITS: Final = 64
_WHEEL: Final = Kind.WHEEL
_SDIST: Final = Kind.SDIST
_NOTHING: Final[tuple[Any, ...]] = ("", "", "", None)
_USUAL_MAX: Final = limits.VERSION_CHARACTERS_MAX
_USUAL: Final = re.compile(
    rf"(?:[{SEGMENT}][.{SEGMENT}]*+/)*+"
    rf"(([A-Za-z0-9][A-Za-z0-9._]*+)-({NORMAL})"
    r"(?:-(?:[0-9][A-Za-z0-9._]*+-)?+[A-Za-z0-9._]++-[A-Za-z0-9._]++-[A-Za-z0-9._]++(?<=\.whl)|(\.tar\.gz)))"
)
"""Where nearly all files lie: a path without anything to settle, at its end a wheel (PEP 427) or a source distribution as PEP 625
names it, of a version in normal form. A short way to what `FileUrls.settled` and `parse_filename` say, for pages of thousands."""


class Files:
    """The files of one page at `base`, as they are read."""

    def __init__(self, base: str, project: ProjectName) -> None:
        self._base = base
        self._urls = FileUrls(base)
        self._project = project
        self._kept: dict[str, ListedFile | None] = {}
        self.rejected: list[Rejected] = []
        self.ignored: list[Rejected] = []
        self.attests = False
        """Whether the page says of any file whether it is attested (PEP 740)."""

    def listed(self) -> tuple[ListedFile, ...]:
        """Every file that can be read in one way only, in the order of the page."""
        return tuple(file for file in self._kept.values() if file is not None)

    def read(self, told: Iterable[Told]) -> None:
        """Read files whose values are of the right types."""
        kept = self._kept
        for one in told:
            try:
                file = self._file(one)
            except InvalidInput as error:
                self.reject(one.filename, str(error))
            else:
                if kept.setdefault(file.filename, file) is not file:
                    self._refuse_another(file)

    def read_odd(self, told: object) -> None:
        """Read a file that may be any JSON value."""
        if not isinstance(told, Mapping):
            self.reject("", "a file is no object")
            return
        try:
            one, wrong = mended(told)
        except InvalidInput as error:
            name = told.get("filename")
            self.reject(name if isinstance(name, str) else "", str(error))
            return
        self.ignored += [Rejected(one_line(one.filename), why) for why in wrong]
        self.read((one,))

    def reject(self, filename: str, why: str) -> None:
        """Name something that is left out."""
        self.rejected.append(Rejected(one_line(filename), why))

    def _file(self, told: Told) -> ListedFile:
        url, filename, hashes, size, upload = told.url, told.filename, told.hashes, told.size, told.upload_time
        requires, yanked, beside = told.requires_python or None, told.yanked, told.core_metadata
        origin, project = self._urls.origin, self._project
        is_short = len(url) <= limits.URL_CHARACTERS_MAX
        usual = _USUAL.fullmatch(url, len(origin)) if is_short and url.startswith(origin) else None
        found: tuple[Any, ...] = _NOTHING if usual is None else usual.groups()
        named, spelled, version, sdist = found
        kind: str
        if named == filename and (spelled == project or normal_name(spelled) == project) and len(named) <= _USUAL_MAX:
            kind = _WHEEL if sdist is None else _SDIST
        else:
            url = self._urls.settled(url, filename)
            parsed = parse_filename(filename, project)
            version, kind = parsed.version, parsed.kind
        if size is not None and size < 0:
            self._ignore(filename, "size is less than nothing")
            size = None
        if upload is not None and upload.tzinfo is not UTC:
            upload = self._in_utc(filename, upload)
        if requires is not None and not requires.isprintable():
            requires = one_line(requires)
        if yanked is not False and yanked is not True:
            yanked = one_line(yanked) if yanked.strip() else True
        if beside is None:
            beside = told.dist_info_metadata
        return ListedFile(
            filename,
            url,
            version,
            kind,
            None if hashes.sha256 is None else _sha256(hashes.sha256),
            size,
            upload,
            requires,
            yanked,
            self._metadata(filename, beside) if type(beside) is Hashes else beside is True and kind is _WHEEL,
            () if hashes.sha384 is None and hashes.sha512 is None else _further(hashes),
            "" if told.provenance is UNSET else self._provenance(filename, told.provenance),
        )

    def _refuse_another(self, file: ListedFile) -> None:
        """A name stands for one file: of two different ones under it, neither is kept."""
        before = self._kept[file.filename]
        if before != file:
            if before is not None:
                self.reject(file.filename, "the page lists two different files under this name")
            self._kept[file.filename] = None

    def _ignore(self, filename: str, why: str) -> None:
        self.ignored.append(Rejected(filename, why))

    def _in_utc(self, filename: str, moment: datetime) -> datetime | None:
        """The moment in UTC, which is meant where no zone is given."""
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            self._ignore(filename, "upload-time lies outside the calendar")
            return None

    def _provenance(self, filename: str, told: str | None) -> str:
        self.attests = True
        if told is None:
            return ""
        if len(told) <= limits.URL_CHARACTERS_MAX and told.isprintable():
            url = told if told.startswith("https://") else _joined(self._base, told)
            if url.startswith(("https://", "http://")):
                return url
        self._ignore(filename, "provenance is no URL")
        return ""

    def _metadata(self, filename: str, beside: Hashes) -> bool | Digest:
        if beside.sha256 is None:
            return True
        try:
            return _sha256(beside.sha256)
        except InvalidInput:
            self._ignore(filename, "the sha256 of its metadata is malformed")
            return True


def _joined(base: str, url: str) -> str:
    """A URL as its page means it; empty for what is none."""
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def one_line(text: str) -> str:
    """Somebody else's words on one line, bounded, without control characters."""
    if text.isprintable() and len(text) <= limits.YANK_REASON_CHARACTERS_MAX:
        return text
    cut = text[: limits.YANK_REASON_CHARACTERS_MAX]
    return " ".join("".join(c if c.isprintable() else " " for c in cut).split())


def _sha256(text: str) -> Digest:
    """The digest in lower case. Raises `InvalidInput` for what is not 64 digits: the file would be checked against nothing."""
    try:
        unhexlify(text)
    except ValueError:
        raise InvalidInput("its sha256 is malformed") from None
    if len(text) != _SHA256_DIGITS:
        raise InvalidInput("its sha256 is malformed")
    known: Digest = _SHA256 + text.lower()
    return known


def _further(hashes: Hashes) -> tuple[Digest, ...]:
    """Every digest the index states, where SHA-256 is not the only one."""
    told = {"sha256": hashes.sha256, "sha384": hashes.sha384, "sha512": hashes.sha512}
    return tuple(_digest(algorithm, text.lower()) for algorithm, text in told.items() if text is not None)


def _digest(algorithm: str, text: str) -> Digest:
    try:
        return digest(f"{algorithm}:{text}")
    except InvalidInput:
        raise InvalidInput(f"its {algorithm} is malformed") from None
