"""Project pages of the Simple repository API, read into values (PEP 503, 592, 629, 658, 691, 700, 708, 714, 740, 792).

Two readers may understand one page differently, and then a refusal can be walked around. So nothing an index sends is passed
on: a page becomes values here, and `render.py` writes those. What is malformed or ambiguous is refused, not repaired: the
file is left out and named in `rejected`, and a page that lies about itself is refused whole.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

import msgspec

from pratique.ecosystems.pypi.filenames import SAFE_CHARACTERS, version_of
from pratique.ecosystems.pypi.names import normalise
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.artifact import Digest, ProjectName, VersionText

JSON_TYPE: Final = "application/vnd.pypi.simple.v1+json"
HTML_TYPE: Final = "application/vnd.pypi.simple.v1+html"
TEXT_HTML: Final = "text/html"
ACCEPT: Final = f"{JSON_TYPE}, {HTML_TYPE};q=0.2, {TEXT_HTML};q=0.1"

_SUPPORTED_MAJOR: Final = "1"
_STATUSES: Final = frozenset({"active", "archived", "quarantined", "deprecated"})
_HEX: Final = b"0123456789abcdef"
_NAME: Final = SAFE_CHARACTERS.encode()
_SHA256_CHARACTERS: Final = 64
_URL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/#[]"
"""What plain URLs are made of (RFC 3986): nothing that would have to be escaped, and no query."""
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")
_put: Final = msgspec.structs.force_setattr
_ORIGINS_KEPT: Final = 256
_SCHEME_CHARACTERS: Final = len("https://")


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
        return "/" + self.url.split("/", 3)[3]

    @property
    def sha256(self) -> Digest | None:
        """The digest that the index states."""
        value = self.hashes.sha256
        return None if value is None else Digest("sha256:" + value)

    @property
    def metadata_sha256(self) -> Digest | None:
        """The digest of the metadata beside the file, where the index states one."""
        value = self.core_metadata.sha256 if isinstance(self.core_metadata, Digests) else None
        return None if value is None else Digest("sha256:" + value)


class ProjectPage(msgspec.Struct, frozen=True):
    """A project's page. `rejected` names what was left out, and why."""

    name: ProjectName
    files: tuple[FileEntry, ...]
    status: str = "active"
    status_reason: str = ""
    rejected: tuple[tuple[str, str], ...] = ()

    @classmethod
    def empty(cls, name: ProjectName) -> "ProjectPage":
        """The page of a project that its index no longer has."""
        return cls(name, ())


class _Meta(msgspec.Struct):
    api_version: str = msgspec.field(default="1.0", name="api-version")


class _Status(msgspec.Struct):
    status: str = "active"
    reason: str | None = None


class _Page(msgspec.Struct):
    name: str
    files: list[FileEntry]
    meta: _Meta = msgspec.field(default_factory=_Meta)
    project_status: _Status = msgspec.field(default_factory=_Status, name="project-status")


PAGE_DECODER: Final = msgspec.json.Decoder(_Page)
PAGE_ENCODER: Final = msgspec.json.Encoder()


def parse_page(body: bytes, content_type: str, url: str, project: ProjectName) -> ProjectPage:
    """Read a project page that came from `url`.

    Raises `InvalidInput` for a page that cannot be read, is of an unknown major version (PEP 629), or is another project's,
    and `LimitExceeded` for one with too many files.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind in (JSON_TYPE, "application/json"):
        page = _read_json(body, project)
    elif kind in (HTML_TYPE, TEXT_HTML):
        page = _read_html(body, project)
    else:
        raise InvalidInput(f"the page of {project} is of the type {kind[:60]!r}, which no package index sends")
    if page.meta.api_version.partition(".")[0] != _SUPPORTED_MAJOR:
        raise InvalidInput(f"the page of {project} is of API version {page.meta.api_version[:20]!r}; 1.x is understood")
    if len(page.files) > limits.PAGE_FILES_MAX:
        raise LimitExceeded(
            f"the page of {project} lists {len(page.files)} files; the limit is {limits.PAGE_FILES_MAX}"
        )
    status = page.project_status
    if status.status not in _STATUSES:
        raise InvalidInput(f"the page of {project} has the unknown project status {status.status[:30]!r}")
    files, rejected = _check(page.files, url, project)
    return ProjectPage(project, files, status.status, _line(status.reason or ""), rejected)


def _read_json(body: bytes, project: ProjectName) -> _Page:
    try:
        page = PAGE_DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"the page of {project} cannot be read: {error}") from error
    try:
        named = normalise(page.name)
    except InvalidInput as error:
        raise InvalidInput(f"the page of {project} does not say whose it is") from error
    if named != project:
        raise InvalidInput(f"the page of {project} says it is of {named}")
    return page


def _check(
    files: Sequence[FileEntry], base: str, project: ProjectName
) -> tuple[tuple[FileEntry, ...], tuple[tuple[str, str], ...]]:
    """The files that are plain and unambiguous, and the others by name with what is wrong.

    Characters are looked at once for the whole page: what is true of all of it is true of each part.
    """
    plain = _is_plain(files)
    kept: dict[str, FileEntry] = {}
    ambiguous: set[str] = set()
    rejected: list[tuple[str, str]] = []
    for entry in files:
        filename = entry.filename
        if not plain and not _is_plain((entry,)):
            rejected.append((_line(filename), "its name, URL or digest has characters that do not belong there"))
            continue
        try:
            _settle(entry, base, project)
        except (InvalidInput, ValueError) as error:
            rejected.append((_line(filename), str(error)))
            continue
        if kept.setdefault(filename, entry) is not entry and kept[filename] != entry:
            ambiguous.add(filename)
    rejected += [(filename, "the page lists two different files under this name") for filename in sorted(ambiguous)]
    if not ambiguous:
        return tuple(kept.values()), tuple(rejected)
    return tuple(entry for entry in kept.values() if entry.filename not in ambiguous), tuple(rejected)


def _is_plain(files: Sequence[FileEntry]) -> bool:
    """Whether names, URLs and digests have only characters that belong there: nothing escaped, no query, no control."""
    digests = "".join([entry.hashes.sha256 or "" for entry in files])
    names = "".join([entry.filename for entry in files])
    urls = "".join([entry.url for entry in files])
    try:
        return not (
            digests.encode("ascii").translate(None, _HEX)
            or names.encode("ascii").translate(None, _NAME)
            or urls.encode("ascii").translate(None, _URL)
        )
    except UnicodeEncodeError:
        return False


def _settle(entry: FileEntry, base: str, project: ProjectName) -> None:
    """Check an entry that was just decoded and bring it into normal form, in place: nobody else has seen it yet.

    Raises `InvalidInput` for one that two readers could understand differently.
    """
    filename, url = entry.filename, entry.url
    version = version_of(filename, project)
    if not url.startswith("http") or "#" in url:
        url = urldefrag(urljoin(base, url)).url
        _put(entry, "url", url)
    _check_url(url, base, filename)
    digest = entry.hashes.sha256
    if digest is not None and len(digest) != _SHA256_CHARACTERS:
        raise InvalidInput("its sha256 is malformed")
    _put(entry, "version", version)
    metadata = entry.core_metadata
    if isinstance(metadata, Digests):
        _check_metadata(metadata)
    elif filename.endswith(".whl"):
        _put(entry, "core_metadata", True)
    elif metadata is not None:
        _put(entry, "core_metadata", None)
    requires, yanked, upload, size = entry.requires_python, entry.yanked, entry.upload_time, entry.size
    if requires is not None and not requires.isprintable():
        _put(entry, "requires_python", _line(requires))
    if yanked is not False and yanked is not True:
        _put(entry, "yanked", _line(yanked) or True)
    if upload is not None and upload.tzinfo is None:
        _put(entry, "upload_time", upload.replace(tzinfo=UTC))
    if size is not None and size < 0:
        _put(entry, "size", None)


def _check_metadata(metadata: Digests) -> None:
    value = metadata.sha256
    if value is not None and (len(value) != _SHA256_CHARACTERS or value.strip("0123456789abcdef")):
        raise InvalidInput("the sha256 of its metadata is malformed")


def _check_url(url: str, base: str, filename: str) -> None:
    """Check a file's URL: http(s) only, no credentials, and its last segment is the file name. Raises `InvalidInput`.

    pip takes name and version from the URL, uv from `filename`: where they differ, each would see another file.
    """
    path = url.find("/", _SCHEME_CHARACTERS)
    _check_origin(url[:path], base)
    if not url.endswith(filename) or url[-len(filename) - 1] != "/":
        raise InvalidInput("its URL ends in another file name")
    if url.find("//", path) >= 0 or url.find("/.", path) >= 0:
        raise InvalidInput("its URL has a path that changes when it is read twice")
    if len(url) > limits.URL_CHARACTERS_MAX:
        raise InvalidInput("its URL is too long")


@lru_cache(_ORIGINS_KEPT)
def _check_origin(origin: str, base: str) -> None:
    """Raises `InvalidInput` for an origin that files of a page at `base` may not come from."""
    scheme, _, host = origin.partition("//")
    if scheme not in ("https:", "http:") or not _HOST.fullmatch(host):
        raise InvalidInput("its URL is no plain http or https URL")
    here = urlsplit(base)
    if here.scheme == "https" and scheme != "https:" and host != here.netloc:
        raise InvalidInput("its URL leaves https")


def _line(text: str) -> str:
    """Somebody else's words on one line, bounded, without control characters."""
    if text.isprintable() and len(text) <= limits.YANK_REASON_CHARACTERS_MAX:
        return text
    cut = text[: limits.YANK_REASON_CHARACTERS_MAX]
    return " ".join("".join(c if c.isprintable() else " " for c in cut).split())


class _Anchors(HTMLParser):
    """The anchors of an HTML page and its `pypi:` meta tags (PEP 629, PEP 792)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.files: list[FileEntry] = []
        self.meta: dict[str, str] = {}
        self._attributes: dict[str, str | None] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(reversed(attrs))
        if tag == "a":
            self._attributes, self._text = attributes, []
        elif tag == "meta" and (attributes.get("name") or "").startswith("pypi:"):
            self.meta[attributes["name"] or ""] = attributes.get("content") or ""

    def handle_data(self, data: str) -> None:
        if self._attributes is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "a" or self._attributes is None:
            return
        attributes, self._attributes = self._attributes, None
        if len(self.files) > limits.PAGE_FILES_MAX:
            return
        href = attributes.get("href") or ""
        url, fragment = urldefrag(href)
        algorithm, _, value = fragment.partition("=")
        metadata = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))
        self.files.append(
            FileEntry(
                filename="".join(self._text).strip(),
                url=url,
                hashes=Digests(value) if algorithm == "sha256" else Digests(),
                requires_python=attributes.get("data-requires-python"),
                yanked=(attributes["data-yanked"] or True) if "data-yanked" in attributes else False,
                core_metadata=_metadata(metadata),
            )
        )


def _metadata(attribute: str | None) -> bool | Digests:
    algorithm, _, value = (attribute or "").partition("=")
    return Digests(value) if algorithm == "sha256" and value else attribute is not None


def _read_html(body: bytes, project: ProjectName) -> _Page:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the page of {project} is not UTF-8") from error
    reader = _Anchors()
    reader.feed(text)
    reader.close()
    return _Page(
        name=project,
        files=reader.files,
        meta=_Meta(reader.meta.get("pypi:repository-version", "1.0")),
        project_status=_Status(
            reader.meta.get("pypi:project-status", "active"), reader.meta.get("pypi:project-status-reason")
        ),
    )


def negotiate(accept: str) -> str | None:
    """The media type to answer with (PEP 691), by the client's preference; None when nothing fits (406)."""
    offers = {JSON_TYPE: JSON_TYPE, HTML_TYPE: HTML_TYPE, TEXT_HTML: TEXT_HTML}
    offers["application/vnd.pypi.simple.latest+json"] = JSON_TYPE
    offers["application/vnd.pypi.simple.latest+html"] = HTML_TYPE
    offers |= {"*/*": TEXT_HTML, "text/*": TEXT_HTML, "application/*": JSON_TYPE}
    best, best_quality = None, 0.0
    for part in (accept or "*/*").split(","):
        wanted, _, parameters = part.partition(";")
        offer = offers.get(wanted.strip().lower())
        quality = _quality(parameters)
        if offer is not None and quality > best_quality:
            best, best_quality = offer, quality
    return best


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
