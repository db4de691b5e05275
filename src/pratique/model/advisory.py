"""What is known against releases of a package: one record of a feed, as far as it is used here (OSV schema 1.7)."""

from datetime import datetime
from enum import IntEnum, StrEnum

import msgspec


class Level(IntEnum):
    """How bad it is, in the words of CVSS (qualitative severity rating scale); a larger value is worse."""

    UNRATED = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Edge(StrEnum):
    """What begins or ends a range of affected versions (OSV schema, `events`)."""

    INTRODUCED = "introduced"
    FIXED = "fixed"
    LAST_AFFECTED = "last_affected"
    LIMIT = "limit"


class Event(msgspec.Struct, frozen=True, gc=False):
    """One edge of a range: it lies at this version, as the record writes it. `0` is before every version."""

    edge: Edge
    version: str


class Affected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a record says of one package: versions by name, and ranges in the order of the package's versions.

    A record that names neither is about every version.
    """

    versions: tuple[str, ...] = ()
    ranges: tuple[tuple[Event, ...], ...] = ()


class Status(StrEnum):
    """What an organisation says of a vulnerability in a package that it uses (OpenVEX 0.2.0, "Status Labels")."""

    NOT_AFFECTED = "not_affected"
    AFFECTED = "affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was stated of a vulnerability, by whom, and why (a label of OpenVEX, or a sentence)."""

    status: Status
    by: str
    why: str = ""

    @property
    def settles(self) -> bool:
        """Whether nothing is left to do about the vulnerability."""
        return self.status in {Status.NOT_AFFECTED, Status.FIXED}


class FeedForm(StrEnum):
    """What the records of a feed are: advisories of others (OSV), or an organisation's own statements about them (OpenVEX)."""

    OSV = "osv"
    OPENVEX = "openvex"


class Advisory(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record about one package. Moments are aware, UTC.

    `malicious` is said of packages that are bad on purpose, `exploited` of vulnerabilities known to be used in attacks.
    `likelihood` is that of an attack within 30 days, in thousandths (EPSS); None where no feed gives it. A record with a
    statement says nothing against a package: it says what an organisation has found out about the vulnerability of that name.
    """

    id: str
    modified: datetime
    affected: Affected
    aliases: tuple[str, ...] = ()
    summary: str = ""
    level: Level = Level.UNRATED
    malicious: bool = False
    withdrawn: bool = False
    exploited: bool = False
    likelihood: int | None = None
    source: str = ""
    stated: Statement | None = None


class About(msgspec.Struct, frozen=True):
    """All records about one package, and the moment (aware, UTC) at which the feed that was asked longest ago was asked."""

    records: tuple[Advisory, ...]
    as_of: datetime
