"""An organisation's own statements about vulnerabilities in what it uses, into what is stated of each package (OpenVEX 0.2.0)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from packageurl import PackageURL

from pratique.adapters.advisories.record import KINDS, Read
from pratique.ecosystems import ECOSYSTEMS
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.advisory import Advisory, Affected, Statement, Status
from pratique.model.artifact import Ecosystem

_CONTEXT: Final = "https://openvex.dev/ns"
_PURL: Final = "pkg:"
_KINDS: Final = frozenset(KINDS.values())

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.ADVISORY_ID_CHARACTERS_MAX)]
_Texts = Annotated[list[_Text], msgspec.Meta(max_length=limits.ADVISORY_ALIASES_MAX)]


class _Vulnerability(msgspec.Struct):
    name: _Text
    aliases: _Texts = []


class _Product(msgspec.Struct):
    id: str = msgspec.field(name="@id", default="")
    identifiers: dict[str, str] = {}
    subcomponents: list[msgspec.Raw] = []

    @property
    def purls(self) -> list[str]:
        """Its package URLs, each once."""
        named = (self.id, self.identifiers.get("purl", ""))
        return list(dict.fromkeys(each for each in named if each.startswith(_PURL)))


class _Stated(msgspec.Struct):
    vulnerability: _Vulnerability
    status: Status
    products: Annotated[list[_Product], msgspec.Meta(min_length=1, max_length=limits.ADVISORY_PACKAGES_MAX)]
    timestamp: str = ""
    justification: str = ""
    impact_statement: str = ""
    action_statement: str = ""
    status_notes: str = ""

    @property
    def why(self) -> str:
        """The reason that it gives: its label before its sentences."""
        reasons = (self.justification, self.impact_statement, self.action_statement, self.status_notes)
        return next((" ".join(each.split()) for each in reasons if each.strip()), "")


class _Document(msgspec.Struct):
    context: str = msgspec.field(name="@context")
    author: Annotated[str, msgspec.Meta(min_length=1)]
    timestamp: str
    statements: Annotated[list[_Stated], msgspec.Meta(min_length=1, max_length=limits.ADVISORY_PACKAGES_MAX)]
    last_updated: str = ""


_JSON: Final = msgspec.json.Decoder(_Document)


def read_statements(path: str, data: bytes, source: str) -> list[Read]:
    """What a document states of packages of a kind that is kept; `source` names the feed.

    Raises `InvalidInput` for what is no such document, and for a statement that cannot be used: one that settles something
    without a reason, or that is about a part of another product. `LimitExceeded` for one that is too large.
    """
    if len(data) > limits.ADVISORY_BYTES_MAX:
        raise LimitExceeded(f"{path} has more than {limits.ADVISORY_BYTES_MAX} bytes")
    try:
        return list(_stated(_JSON.decode(data), source))
    except (msgspec.MsgspecError, ValueError, RecursionError, InvalidInput) as error:
        raise InvalidInput(f"{path} is no OpenVEX document: {' '.join(str(error).split())[:200]}") from error


def _stated(document: _Document, source: str) -> Iterator[Read]:
    """Raises `InvalidInput`, and `ValueError` for a moment or a package URL that is none."""
    if not document.context.startswith(_CONTEXT):
        raise InvalidInput(f"its context is {document.context[:80]!r}, and not that of OpenVEX")
    for place, stated in enumerate(document.statements, 1):
        yield from _read(document, stated, f"statement {place}", source)


def _read(document: _Document, stated: _Stated, place: str, source: str) -> Iterator[Read]:
    """Raises `InvalidInput`, and `ValueError` for a moment or a package URL that is none."""
    statement = Statement(
        stated.status,
        " ".join(document.author.split())[: limits.ADVISORY_ID_CHARACTERS_MAX],
        stated.why[: limits.ADVISORY_SUMMARY_CHARACTERS_MAX],
    )
    if statement.status is Status.NOT_AFFECTED and not (
        stated.justification.strip() or stated.impact_statement.strip()
    ):
        raise InvalidInput(f"{place} says not_affected, and has neither a justification nor an impact_statement")
    advisory = Advisory(
        id=stated.vulnerability.name,
        modified=_moment(stated.timestamp or document.last_updated or document.timestamp),
        affected=Affected(),
        aliases=tuple(stated.vulnerability.aliases),
        source=source,
        stated=statement,
    )
    for product in stated.products:
        if product.subcomponents:
            raise InvalidInput(f"{place} is about a part of {product.id[:80]}; name the package itself as the product")
        for text in product.purls:
            purl = PackageURL.from_string(text)
            if purl.type in _KINDS:
                versions = (purl.version,) if purl.version else ()
                if "@" in text.partition("?")[0].rpartition("/")[2] and not versions:
                    raise InvalidInput(f"{place} names {text[:80]}, which has an empty version")
                yield Read(purl.type, _name(purl), msgspec.structs.replace(advisory, affected=Affected(versions)))


def _name(purl: PackageURL) -> str:
    """The name of a package in normal form. Raises `InvalidInput`."""
    if purl.type == Ecosystem.PYPI:
        return ECOSYSTEMS[Ecosystem.PYPI].name(purl.name)
    return f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name


def _moment(text: str) -> datetime:
    """A moment as RFC 3339 writes it. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
