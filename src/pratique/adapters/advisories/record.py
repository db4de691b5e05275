"""One record of a feed, as JSON or YAML, into what is known of each package that it names (OSV schema 1.7)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import cvss
import msgspec
import yaml
from cvss.exceptions import CVSSError

from pratique.ecosystems import ECOSYSTEMS
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.advisory import Advisory, Affected, Edge, Event, Level
from pratique.model.artifact import Ecosystem

KINDS: Final = {"PyPI": "pypi", "npm": "npm"}
"""What OSV calls the ecosystems that are kept, and the type of their package URLs."""

_MALICIOUS: Final = "MAL-"
_PER_VERSION: Final = frozenset({"ECOSYSTEM", "SEMVER"})
_VECTORS: Final = {"CVSS_V2": cvss.CVSS2, "CVSS_V3": cvss.CVSS3, "CVSS_V4": cvss.CVSS4}
_BOUNDS: Final = ((9.0, Level.CRITICAL), (7.0, Level.HIGH), (4.0, Level.MEDIUM), (0.1, Level.LOW))
"""The least base score of each level (CVSS 3.1, section 5)."""
_SAID: Final = {
    "CRITICAL": Level.CRITICAL,
    "HIGH": Level.HIGH,
    "MODERATE": Level.MEDIUM,
    "MEDIUM": Level.MEDIUM,
    "LOW": Level.LOW,
}
_ALIAS: Final = re.compile(rb"(?:^|[\s:,\[{-])[*&][^\s,\[\]{}*]", re.MULTILINE)
"""What may be an anchor or an alias of YAML: with them a small file can stand for a huge one."""

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.ADVISORY_ID_CHARACTERS_MAX)]


class _Package(msgspec.Struct):
    ecosystem: str = ""
    name: str = ""


class _Range(msgspec.Struct):
    type: str = ""
    events: Annotated[list[dict[str, str]], msgspec.Meta(max_length=limits.ADVISORY_EVENTS_MAX)] = []


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: Annotated[list[_Range], msgspec.Meta(max_length=limits.ADVISORY_EVENTS_MAX)] = []
    versions: Annotated[list[str], msgspec.Meta(max_length=limits.ADVISORY_VERSIONS_MAX)] = []
    severity: list[_Severity] | None = None


class _Record(msgspec.Struct):
    id: _Id
    modified: str = ""
    withdrawn: str | None = None
    aliases: list[_Id] | None = None
    summary: str = ""
    details: str = ""
    severity: list[_Severity] | None = None
    affected: Annotated[list[_Affected], msgspec.Meta(max_length=limits.ADVISORY_PACKAGES_MAX)] | None = None
    database_specific: dict[str, Any] | None = None


_JSON: Final = msgspec.json.Decoder(_Record)


@dataclass(frozen=True, slots=True)
class Read:
    """What a record says of one package: of which kind and name (in normal form), and what."""

    kind: str
    name: str
    advisory: Advisory


def read_record(path: str, data: bytes, source: str) -> list[Read]:
    """The packages of a record that are of a kind that is kept, each with what is said of it. `source` names the feed.

    Raises `InvalidInput` for what is no record, and `LimitExceeded` for one that is too large.
    """
    if len(data) > limits.ADVISORY_BYTES_MAX:
        raise LimitExceeded(f"{path} has more than {limits.ADVISORY_BYTES_MAX} bytes")
    try:
        return _packages(_decoded(path, data), source)
    except (msgspec.MsgspecError, yaml.YAMLError, ValueError, RecursionError, InvalidInput) as error:
        raise InvalidInput(f"{path} is no OSV record: {' '.join(str(error).split())[:200]}") from error


def _packages(record: _Record, source: str) -> list[Read]:
    """Raises `InvalidInput`, and `ValueError` for a moment that is none."""
    shared = _shared(record, source)
    by_package: dict[tuple[str, str], list[_Affected]] = {}
    for affected in record.affected or ():
        if affected.package is not None and (place := _place(affected.package)) is not None:
            by_package.setdefault(place, []).append(affected)
    return [
        Read(kind, name, _about(shared, parts))
        for (kind, name), parts in by_package.items()
        if any(_says_versions(part) for part in parts)
    ]


def _decoded(path: str, data: bytes) -> _Record:
    if path.endswith((".yaml", ".yml")):
        if _ALIAS.search(data) and any(
            isinstance(each, yaml.AliasEvent) for each in yaml.parse(data, Loader=yaml.CSafeLoader)
        ):
            raise ValueError("it uses aliases, with which a small file can stand for a huge one")
        # Everything is read as text: a version such as 1.10 is no number.
        plain = yaml.load(data, Loader=yaml.CBaseLoader)  # noqa: S506 - the base loader makes nothing but texts
        return msgspec.convert(plain, _Record)
    return _JSON.decode(data)


def _shared(record: _Record, source: str) -> Advisory:
    """What a record says whatever the package."""
    said = (record.database_specific or {}).get("severity")
    level = _level(record.severity or ()) or (
        _SAID.get(said.upper(), Level.UNRATED) if isinstance(said, str) else Level.UNRATED
    )
    summary = " ".join((record.summary or record.details[: 4 * limits.ADVISORY_SUMMARY_CHARACTERS_MAX]).split())
    return Advisory(
        id=record.id,
        modified=_moment(record.modified) if record.modified else datetime.fromtimestamp(0, UTC),
        affected=Affected(),
        aliases=tuple(record.aliases or ())[: limits.ADVISORY_ALIASES_MAX],
        summary=summary[: limits.ADVISORY_SUMMARY_CHARACTERS_MAX],
        level=level,
        malicious=record.id.startswith(_MALICIOUS),
        withdrawn=bool(record.withdrawn),
        source=source,
    )


def _about(shared: Advisory, parts: Sequence[_Affected]) -> Advisory:
    versions = tuple(version for part in parts for version in part.versions)
    ranges = tuple(tuple(_events(each)) for part in parts for each in part.ranges if each.type in _PER_VERSION)
    own = [_level(part.severity) for part in parts if part.severity]
    return msgspec.structs.replace(shared, affected=Affected(versions, ranges), level=max([shared.level, *own]))


def _says_versions(part: _Affected) -> bool:
    """Whether it says anything of releases. Ranges of commits alone do not; nothing at all means every version."""
    return bool(part.versions) or not part.ranges or any(each.type in _PER_VERSION for each in part.ranges)


def _events(each: _Range) -> Iterator[Event]:
    for event in each.events:
        for edge, version in event.items():
            if edge in _EDGES:
                yield Event(_EDGES[edge], version)


_EDGES: Final = {edge.value: edge for edge in Edge}


def _place(package: _Package) -> tuple[str, str] | None:
    """Kind and name of a package, None for one of a kind that is not kept. Raises `InvalidInput` for no name."""
    kind = KINDS.get(package.ecosystem.partition(":")[0])
    if kind is None:
        return None
    if kind == Ecosystem.PYPI:
        return kind, ECOSYSTEMS[Ecosystem.PYPI].name(package.name)
    if not package.name or len(package.name) > limits.ADVISORY_ID_CHARACTERS_MAX * 2:
        raise InvalidInput("a package without a name, or with one that is too long")
    return kind, package.name


def _level(severities: Sequence[_Severity] | None) -> Level:
    """The worst of the ratings that can be read; vectors are turned into base scores as their specification says."""
    worst = Level.UNRATED
    for each in severities or ():
        vector = _VECTORS.get(each.type)
        if vector is None:
            continue
        try:
            score = float(vector(each.score).scores()[0])
        except (CVSSError, ValueError, TypeError, KeyError, IndexError):  # a vector of another version, or none
            continue
        worst = max(worst, next((level for least, level in _BOUNDS if score >= least), Level.UNRATED))
    return worst


def _moment(text: str) -> datetime:
    """A moment as RFC 3339 writes it. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
