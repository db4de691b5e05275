"""Project pages in HTML: anchors, `<base>` and `<meta>`, in one pass over the text (PEP 503, 592, 629, 658, 714, 792).

Only tags matter here, so only tags are looked for, as the HTML standard delimits them: comments, declarations and the contents
of scripts and the like are passed over. Every step moves forward, and where something is never closed the page ends, so that no
page takes longer than its size allows; the standard library's parser looks through the rest of the page again and again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import unquote, urljoin

from msgspec import UNSET

from pratique.ecosystems.pypi.filenames import is_distribution
from pratique.ecosystems.pypi.told import NO_HASHES, Hashes, Told
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import ProjectName

_NAME: Final = re.compile(r"[A-Za-z][^\s/>]*+")
_ATTRIBUTE: Final = re.compile(r"[\s/]*+([^\s/>][^\s/>=]*+)(\s*+=\s*+)?+")
_UNQUOTED: Final = re.compile(r"[^\s>]*+")
_TAG_END: Final = re.compile(r"[\s/]*+>")
_HASH: Final = re.compile(r"(?:^|&)(sha256|sha384|sha512)=([^&]*+)")
_CHARSET: Final = re.compile(r"charset\s*+=\s*+[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_ASCII_CHARSETS: Final = re.compile(
    r"(?:utf-?8|us-ascii|ascii|(?:iso-?)?8859-\d+|latin-?\d|windows-125\d|cp125\d|koi8-[ru])", re.IGNORECASE
)
_BOM: Final = b"\xef\xbb\xbf"
_HEAD_BYTES: Final = 1024
_RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_WANTED: Final = frozenset({"a", "base", "meta"})

Attributes = dict[str, str]


@dataclass(slots=True)
class HtmlPage:
    """What a page says: its files, its `pypi:` meta tags, and the `<base>` its links are relative to."""

    files: list[Told] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    href: str = ""

    def base(self, url: str) -> str:
        """What links are relative to, on a page that came from `url`."""
        try:
            return urljoin(url, self.href) if self.href else url
        except ValueError:
            return url


def read_html(body: bytes, content_type: str, project: ProjectName) -> HtmlPage:
    """Read a page. Raises `InvalidInput` for one in an encoding not known here."""
    page = HtmlPage()
    for name, attributes in _tags(_text(body, content_type, project)):
        if name == "a" and len(page.files) <= limits.PAGE_FILES_MAX:
            file = _file(attributes)
            if file is not None:
                page.files.append(file)
        elif name == "base" and not page.href:
            page.href = attributes.get("href", "").strip()
        elif name == "meta" and attributes.get("name", "").startswith("pypi:"):
            page.meta.setdefault(attributes["name"], attributes.get("content", ""))
    return page


def _text(body: bytes, content_type: str, project: ProjectName) -> str:
    """The page as text: in the encoding of its content type, or of a `<meta>` near its beginning, or UTF-8.

    A character that the encoding does not have becomes the replacement character, and costs whatever it is in.
    """
    told = _CHARSET.search(content_type) or _CHARSET.search(body[:_HEAD_BYTES].decode("latin-1"))
    charset = "utf-8" if told is None else told[1]
    if not _ASCII_CHARSETS.fullmatch(charset):
        raise InvalidInput(f"the page of {project} is in the encoding {charset!r}, which is not read here")
    return body.removeprefix(_BOM).decode(charset, errors="replace")


def _tags(text: str) -> Iterator[tuple[str, Attributes]]:
    """Every start tag that is wanted, with its attributes, in order."""
    place = text.find("<")
    while place >= 0:
        following = text[place + 1 : place + 2]
        if text.startswith("<!--", place):
            end = _behind(text, "-->", place + 2)
        elif following in ("!", "?", "/"):
            end = _behind(text, ">", place + 2)
        elif (found := _NAME.match(text, place + 1)) is not None:
            name = found[0].lower()
            attributes, end = _attributes(text, found.end(), wanted=name in _WANTED)
            if end >= 0 and name in _WANTED:
                yield name, attributes
            elif end >= 0 and name in _RAW:
                closing = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(text, end)
                end = closing.start() if closing else -1
        else:
            end = place + 1
        place = text.find("<", end) if end >= 0 else -1


def _behind(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return found + len(mark) if found >= 0 else -1


def _attributes(text: str, place: int, *, wanted: bool) -> tuple[Attributes, int]:
    """The attributes of a tag from `place` on, and where the tag ends; -1 where it never does. The first of a name counts."""
    attributes: Attributes = {}
    while True:
        closed = _TAG_END.match(text, place)
        if closed is not None:
            return attributes, closed.end()
        found = _ATTRIBUTE.match(text, place)
        if found is None:
            return attributes, -1
        place, value = found.end(), ""
        if found[2]:
            quote = text[place : place + 1]
            if quote in ('"', "'") and quote:
                end = text.find(quote, place + 1)
                if end < 0:
                    return attributes, -1
                value, place = text[place + 1 : end], end + 1
            else:
                bare = _UNQUOTED.match(text, place)
                value, place = (bare[0], bare.end()) if bare else ("", place)
        if wanted and len(value) <= limits.URL_CHARACTERS_MAX:
            attributes.setdefault(found[1].lower(), unescape(value))


def _file(attributes: Attributes) -> Told | None:
    """The file an anchor leads to, named by the last segment of its URL, as installers do; None for other links."""
    url, _, fragment = attributes.get("href", "").strip().partition("#")
    filename = unquote(url.partition("?")[0].rpartition("/")[2])
    if not is_distribution(filename):
        return None
    found = dict(reversed(_HASH.findall(fragment)))
    metadata = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))
    return Told(
        filename=filename,
        url=url,
        hashes=Hashes(**found) if found else NO_HASHES,
        requires_python=attributes.get("data-requires-python"),
        yanked=(attributes["data-yanked"] or True) if "data-yanked" in attributes else False,
        core_metadata=None if metadata is None else _metadata(metadata),
        provenance=attributes.get("data-provenance", UNSET),
    )


def _metadata(attribute: str) -> bool | Hashes:
    algorithm, _, value = attribute.partition("=")
    return Hashes(sha256=value) if algorithm == "sha256" and value else attribute.lower() != "false"
