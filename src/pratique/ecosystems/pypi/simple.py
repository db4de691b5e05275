"""Project pages of the Simple repository API, read into values (PEP 503, 592, 629, 658, 691, 700, 714, 792).

Two readers may understand one page differently, and then a refusal can be walked around. So nothing an index sends is passed
on: a page becomes values here, and `render.py` writes those. What is odd costs itself or its file and is named; a page is
refused whole only where it cannot be read at all, is of an API version unknown here, or is another project's.
"""

from functools import lru_cache
from typing import Final

import msgspec

from pratique.ecosystems.pypi.files import Files, one_line
from pratique.ecosystems.pypi.html_page import read_html
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.told import Told
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.listing import Listing, Rejected

JSON_TYPE: Final = "application/vnd.pypi.simple.v1+json"
HTML_TYPE: Final = "application/vnd.pypi.simple.v1+html"
TEXT_HTML: Final = "text/html"
ACCEPT: Final = f"{JSON_TYPE}, {HTML_TYPE};q=0.2, {TEXT_HTML};q=0.1"
_OFFERS: Final = {
    JSON_TYPE: JSON_TYPE,
    HTML_TYPE: HTML_TYPE,
    TEXT_HTML: TEXT_HTML,
    "application/vnd.pypi.simple.latest+json": JSON_TYPE,
    "application/vnd.pypi.simple.latest+html": HTML_TYPE,
    "*/*": TEXT_HTML,
    "text/*": TEXT_HTML,
    "application/*": JSON_TYPE,
}
_ACCEPTS_KEPT: Final = 256

_SUPPORTED_MAJOR: Final = "1"
_ACTIVE: Final = "active"
_OBJECTS_OF_A_FILE: Final = 5
"""More JSON objects than any index writes for one file: itself, its digests, those of its metadata under both names."""
_PIECE_BYTES: Final = 256 * 1024
_STATUSES: Final = frozenset({_ACTIVE, "archived", "quarantined", "deprecated"})


class _Meta(msgspec.Struct):
    api_version: str = msgspec.field(default="1.0", name="api-version")


class _Status(msgspec.Struct):
    status: str | None = None
    reason: str | None = None


class _Page(msgspec.Struct):
    """A page as the specifications have it."""

    name: str
    files: list[Told]
    meta: _Meta = msgspec.field(default_factory=_Meta)
    project_status: _Status = msgspec.field(default_factory=_Status, name="project-status")


_NOTHING: Final = msgspec.Raw(b"null")


class _OddPage(msgspec.Struct):
    """Any page that has files; each value is looked at on its own."""

    files: list[msgspec.Raw]
    name: msgspec.Raw = _NOTHING
    meta: msgspec.Raw = _NOTHING
    project_status: msgspec.Raw = msgspec.field(default=_NOTHING, name="project-status")


_DECODER: Final = msgspec.json.Decoder(_Page)
_ODD_DECODER: Final = msgspec.json.Decoder(_OddPage)
_FILE_DECODER: Final = msgspec.json.Decoder(Told)
_DECODE_ANY: Final = msgspec.json.Decoder()


def parse_page(body: bytes, content_type: str, url: str, project: ProjectName) -> Listing:
    """Read a project page that came from `url`. The time it takes grows with the size of the page and no faster.

    Raises `InvalidInput` for a page that cannot be read, is of an unknown major version (PEP 629), or is another project's,
    and `LimitExceeded` for one with too many files.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind in (JSON_TYPE, "application/json"):
        return _read_json(body, url, project)
    if kind not in (HTML_TYPE, TEXT_HTML):
        raise InvalidInput(f"the page of {project} is of the type {kind[:60]!r}, which no package index sends")
    page = read_html(body, content_type, project)
    _check_count(len(page.files), project)
    files = Files(page.base(url), project)
    files.read(page.files)
    status = page.meta.get("pypi:project-status"), page.meta.get("pypi:project-status-reason")
    return _listing(files, page.meta.get("pypi:repository-version", "1.0"), status, project)


def _read_json(body: bytes, url: str, project: ProjectName) -> Listing:
    files = Files(url, project)
    if len(body) > limits.PAGE_COUNTED_BYTES_MIN and _holds_too_much(body):
        raise LimitExceeded(f"the page of {project} holds too much; the limit is {limits.PAGE_FILES_MAX} files")
    try:
        page = _usual(body)
        if page is not None:
            _check_count(len(page.files), project)
            files.read(page.files)
            told_name: object = page.name
            version: object = page.meta.api_version
            status: tuple[object, object] = page.project_status.status, page.project_status.reason
        else:
            odd = _ODD_DECODER.decode(body)
            _check_count(len(odd.files), project)
            for told in odd.files:
                _read_file(told, files)
            told_name, version, status = _any(odd.name), _in(_any(odd.meta), "api-version"), _odd_status(odd)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"the page of {project} cannot be read: {error}") from error
    _check_name(told_name, files, project)
    return _listing(files, version, status, project)


def _usual(body: bytes) -> _Page | None:
    """A page as the specifications have it, None for one that is not, or is large.

    To decode is one step, during which no other thread runs; the files of a large page are decoded one by one.
    """
    if len(body) > limits.PAGE_COUNTED_BYTES_MIN:
        return None
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError:
        return None


def _read_file(told: msgspec.Raw, files: Files) -> None:
    try:
        file = _FILE_DECODER.decode(told)
    except msgspec.ValidationError:
        files.read_odd(_any(told))
    else:
        files.read((file,))


def _holds_too_much(body: bytes) -> bool:
    """Whether its values would take far more memory than the page itself, before they are made.

    Counted a piece at a time, because no other thread runs within one.
    """
    objects = values = 0
    for start in range(0, len(body), _PIECE_BYTES):
        objects += body.count(b"{", start, start + _PIECE_BYTES)
        values += body.count(b",", start, start + _PIECE_BYTES)
        if objects > limits.PAGE_FILES_MAX * _OBJECTS_OF_A_FILE or values > limits.PAGE_VALUES_MAX:
            return True
    return False


def _any(told: msgspec.Raw) -> object:
    """One value of an odd page; one that is larger than any value has to be counts as none."""
    return _DECODE_ANY.decode(told) if len(memoryview(told)) <= limits.PAGE_VALUE_BYTES_MAX else None


def _in(told: object, key: str) -> object:
    return told.get(key) if isinstance(told, dict) else None


def _odd_status(page: _OddPage) -> tuple[object, object]:
    told = _any(page.project_status)
    return (_in(told, "status"), _in(told, "reason")) if isinstance(told, dict) else (told, None)


def _check_count(count: int, project: ProjectName) -> None:
    if count > limits.PAGE_FILES_MAX:
        raise LimitExceeded(f"the page of {project} lists {count} files; the limit is {limits.PAGE_FILES_MAX}")


def _check_name(told: object, files: Files, project: ProjectName) -> None:
    """A page may say another spelling of the project's name, or none at all, but no other name."""
    if not isinstance(told, str):
        files.ignored.append(Rejected("", "the page does not say whose it is"))
        return
    try:
        named = normalise(told)
    except InvalidInput as error:
        raise InvalidInput(f"the page of {project} does not say whose it is") from error
    if named != project:
        raise InvalidInput(f"the page of {project} says it is of {named}")


def _listing(files: Files, version: object, status: tuple[object, object], project: ProjectName) -> Listing:
    said = "1.0" if version is None or version == "" else one_line(str(version)).strip()
    if said.partition(".")[0] != _SUPPORTED_MAJOR:
        raise InvalidInput(f"the page of {project} is of API version {said[:20]!r}; 1.x is understood")
    told, reason = status
    known = told.strip().lower() if isinstance(told, str) else _ACTIVE if told is None else ""
    if known not in _STATUSES:
        files.ignored.append(Rejected("", f"the project status {one_line(str(told))[:30]!r} is not known here"))
        known, reason = _ACTIVE, None
    said_why = one_line(reason) if isinstance(reason, str) else ""
    return Listing(project, files.listed(), known, said_why, tuple(files.rejected), tuple(files.ignored), files.attests)


@lru_cache(_ACCEPTS_KEPT)
def negotiate(accept: str) -> str | None:
    """The media type to answer with (PEP 691), by the client's preference; None when nothing fits (406)."""
    best, best_quality = None, 0.0
    for part in (accept or "*/*").split(","):
        wanted, _, parameters = part.partition(";")
        offer = _OFFERS.get(wanted.strip().lower())
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
