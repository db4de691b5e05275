"""Project pages of the Simple repository API, read into values (PEP 503, 592, 629, 658, 691, 700, 708, 714, 740, 792).

Two readers may understand one page differently, and then a refusal can be walked around. So nothing an index sends is passed
on: a page becomes values here, and `render.py` writes those. What is malformed or ambiguous is refused, not repaired: the
file is left out and named in `rejected`, and a page that lies about itself is refused whole.
"""

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urldefrag

import msgspec

from pratique.ecosystems.pypi.entries import Digests, FileEntry, Rejected, one_line, settle
from pratique.ecosystems.pypi.names import normalise
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.artifact import ProjectName

JSON_TYPE: Final = "application/vnd.pypi.simple.v1+json"
HTML_TYPE: Final = "application/vnd.pypi.simple.v1+html"
TEXT_HTML: Final = "text/html"
ACCEPT: Final = f"{JSON_TYPE}, {HTML_TYPE};q=0.2, {TEXT_HTML};q=0.1"

_SUPPORTED_MAJOR: Final = "1"
_STATUSES: Final = frozenset({"active", "archived", "quarantined", "deprecated"})


class ProjectPage(msgspec.Struct, frozen=True):
    """A project's page. `rejected` names what was left out, and why."""

    name: ProjectName
    files: tuple[FileEntry, ...]
    status: str = "active"
    status_reason: str = ""
    rejected: tuple[Rejected, ...] = ()

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
    files, rejected = settle(page.files, url, project)
    return ProjectPage(project, files, status.status, one_line(status.reason or ""), rejected)


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
