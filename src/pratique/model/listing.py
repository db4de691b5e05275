"""What an index says of a project, in no index's own words: its files, and what could not be read."""

from datetime import datetime
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from pratique.errors import InvalidInput
from pratique.model.artifact import Digest, ProjectName, VersionText

_SCHEME_CHARACTERS: Final = len("https://")
_AMBIGUOUS: Final = frozenset("/\\%")


class ListedFile(msgspec.Struct, frozen=True, gc=False):
    """One file as its index lists it, read in the one way it can be read.

    `filename` is the last segment of `url`, decoded. `version` is in normal form and was read from the file name, with the
    project known. `kind` is a word of the ecosystem (PyPI: wheel, sdist, other). `requires` is what the file asks of the
    runtime that would use it (PyPI: the specifier of Requires-Python). `yanked` is True, or the reason in words. `metadata`
    says that the index offers the file's metadata beside it: True, or the digest these have. `digest` is the one the index
    states, in the algorithm files are kept by; `digests` are all that it states in algorithms known here. `provenance` is where
    it has attestations of the file; empty where it names none.
    """

    filename: str
    url: str
    version: VersionText
    kind: str
    digest: Digest | None = None
    size: int | None = None
    upload_time: datetime | None = None
    requires: str | None = None
    yanked: bool | str = False
    metadata: bool | Digest = False
    digests: tuple[Digest, ...] = ()
    provenance: str = ""

    @property
    def path(self) -> str:
        """The path of `url` as the index writes it, without a query: under it the gate serves the file in turn."""
        return path_of(self.url)

    @property
    def metadata_url(self) -> str:
        """Where the index has the metadata beside the file (PyPI: PEP 658): a query, if there is one, stays behind the path."""
        url, question, query = self.url.partition("?")
        return f"{url}.metadata{question}{query}"

    @property
    def metadata_digest(self) -> Digest | None:
        """The digest of the metadata beside the file, where the index states one."""
        return Digest(self.metadata) if isinstance(self.metadata, str) else None


def path_of(url: str) -> str:
    """The path of an absolute URL as it is written, without a query."""
    path = url[url.find("/", _SCHEME_CHARACTERS) :]
    return path if "?" not in path else path.partition("?")[0]


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """Something an index said that could not be read: of which file (empty: of the page), and what is wrong with it."""

    filename: str
    why: str


class Listing(msgspec.Struct, frozen=True):
    """A project as its index lists it. `rejected` names the files left out, `ignored` the values that were set aside.

    `attests` says that the index tells of its files whether they are attested; one that does not leaves that open.
    """

    name: ProjectName
    files: tuple[ListedFile, ...]
    status: str = "active"
    status_reason: str = ""
    rejected: tuple[Rejected, ...] = ()
    ignored: tuple[Rejected, ...] = ()
    attests: bool = False

    @classmethod
    def empty(cls, name: ProjectName) -> "Listing":
        """What remains of a project that its index no longer has."""
        return cls(name, ())


def settled_path(path: str) -> str:
    """A URL's path, decoded: two spellings of one path are the same here, and nowhere does it mean anything else.

    `path` begins with a slash and has no query. Raises `InvalidInput` where a second reader might see another path: empty
    segments, segments that begin with a dot, what is escaped twice, and escaped slashes, backslashes and control characters.
    """
    if "//" in path or "/." in path:
        raise InvalidInput("a path has segments that some would resolve")
    if "%" not in path:
        return path
    return "/".join(settled_segment(segment) for segment in path.split("/"))


def settled_segment(segment: str) -> str:
    """One segment of a path, decoded once. Raises `InvalidInput` as `settled_path` does."""
    try:
        decoded = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("a path is escaped in no encoding known here") from error
    if not _AMBIGUOUS.isdisjoint(decoded) or not decoded.isprintable() or decoded.startswith("."):
        raise InvalidInput("a path is escaped so that it can be read in several ways")
    return decoded
