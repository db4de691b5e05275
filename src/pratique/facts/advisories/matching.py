"""What is known against each version of a project, and which versions are the fix for something.

Several feeds tell of one vulnerability under several names. Records that share a name are one (their ids and aliases), and
what is said of it is the worst that any of them says.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from pratique.facts.advisories.ranges import Ordered
from pratique.facts.questions.advisories import Advisories, Known
from pratique.facts.questions.security_fix import SecurityFix
from pratique.model import limits
from pratique.model.advisory import About, Advisory, Edge, Statement
from pratique.model.artifact import VersionText
from pratique.model.ecosystem import Version
from pratique.model.text import clean

_PREFERRED: Final = ("MAL-", "PYSEC-", "GHSA-", "CVE-")
"""Under which of its names something is told of first."""

Reader = Callable[[str], Version | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """The answers of a project's versions: those that stand in neither mapping have the empty one."""

    nothing: Advisories
    against: Mapping[VersionText, Advisories]
    fixes: Mapping[VersionText, SecurityFix]

    def advisories(self, version: VersionText) -> Advisories:
        """What is known against a version."""
        return self.against.get(version, self.nothing)

    def security_fix(self, version: VersionText) -> SecurityFix:
        """What a version is the fix for."""
        return self.fixes.get(version, _FIXES_NOTHING)


_FIXES_NOTHING: Final = SecurityFix()


def match(about: About, versions: Iterable[VersionText], read: Reader) -> Matched:
    """Hold a project's advisories against its versions; `read` takes a version apart as its ecosystem does.

    A fix counts where another of the project's versions is affected: it is in this list that somebody may have one in use.
    """
    day = _day(about.as_of)
    ordered = Ordered.of(versions, read)
    against: dict[VersionText, list[Known]] = {}
    fixes: dict[VersionText, list[str]] = {}
    records = [each for each in about.records if not each.withdrawn]
    things = [_Thing.of(group, read) for group in grouped([each for each in records if each.stated is None])]
    stated = _Statements.of([each for each in records if each.stated is not None], ordered)
    for thing in sorted(things, key=_worst_first):
        affected = frozenset[VersionText]().union(*(ordered.affected(each.affected) for each in thing.records))
        for version in affected:
            against.setdefault(version, []).append(stated.beside(thing.known(version, read), version))
        for version in ordered.named(thing.fixed_texts) - affected if affected else ():
            fixes.setdefault(version, []).append(thing.told.id)
    return Matched(
        Advisories(day),
        {version: Advisories(day, tuple(known[: limits.ADVISORIES_TOLD_MAX])) for version, known in against.items()},
        {version: SecurityFix(tuple(sorted(names))) for version, names in fixes.items()},
    )


@dataclass(frozen=True, slots=True)
class _Stated:
    """One statement, when it was made, and the versions that it is about."""

    statement: Statement
    at: datetime
    versions: frozenset[VersionText]


@dataclass(frozen=True, slots=True)
class _Statements:
    """What an organisation says of vulnerabilities, by every name of them."""

    by_name: Mapping[str, Sequence[_Stated]]

    @classmethod
    def of(cls, records: Iterable[Advisory], ordered: Ordered) -> "_Statements":
        by_name: dict[str, list[_Stated]] = {}
        for record in records:
            if record.stated is not None:
                stated = _Stated(record.stated, record.modified, ordered.affected(record.affected))
                for name in (record.id, *record.aliases):
                    by_name.setdefault(name, []).append(stated)
        return cls(by_name)

    def beside(self, known: Known, version: VersionText) -> Known:
        """What is known of a version, with the last that was stated of it; of two made at once, the one that settles less."""
        if not self.by_name:
            return known
        about = [
            each
            for name in (known.id, *known.aliases)
            for each in self.by_name.get(name, ())
            if version in each.versions
        ]
        last = max(about, key=lambda each: (each.at, not each.statement.settles), default=None)
        return known if last is None else msgspec.structs.replace(known, stated=last.statement)


@dataclass(frozen=True, slots=True)
class _Thing:
    """One vulnerability, or one report of malice, with all its records; `fixes` are in their order."""

    records: Sequence[Advisory]
    told: Known
    fixes: Sequence[Version]
    fixed_texts: Sequence[str]
    told_by_fix: dict[VersionText, Known] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[Advisory], read: Reader) -> "_Thing":
        """What records of one thing say together: the worst that any of them says."""
        names = sorted(
            {name for record in records for name in (record.id, *record.aliases)}, key=lambda name: (_rank(name), name)
        )
        likelihoods = [record.likelihood for record in records if record.likelihood is not None]
        fixed = list(
            dict.fromkeys(
                event.version
                for record in records
                for events in record.affected.ranges
                for event in events
                if event.edge is Edge.FIXED
            )
        )
        told = Known(
            id=names[0],
            level=max(record.level for record in records),
            malicious=any(record.malicious for record in records),
            exploited=any(record.exploited for record in records),
            aliases=tuple(names[1 : limits.ADVISORY_ALIASES_MAX]),
            summary=clean(next((record.summary for record in records if record.summary), "")),
            likelihood=max(likelihoods, default=None),
        )
        fixes = sorted((fix for text in fixed if (fix := read(text)) is not None), key=lambda fix: fix.key)
        return cls(records, told, fixes, fixed)

    def known(self, version: VersionText, read: Reader) -> Known:
        """What is told of one version: with the lowest later one that is called fixed."""
        parsed = read(version)
        place = len(self.fixes) if parsed is None else bisect_right(self.fixes, parsed.key, key=lambda fix: fix.key)
        if place == len(self.fixes):
            return self.told
        fix = self.fixes[place].text
        found = self.told_by_fix.get(fix)
        if found is None:
            found = self.told_by_fix[fix] = msgspec.structs.replace(self.told, fixed=fix)
        return found


def grouped(records: Sequence[Advisory]) -> list[list[Advisory]]:
    """Records of one thing together: those that share an id or an alias, whichever way round."""
    group_of: dict[str, list[Advisory]] = {}
    groups: list[list[Advisory]] = []
    for record in records:
        names = (record.id, *record.aliases)
        met = {id(group): group for name in names if (group := group_of.get(name)) is not None}
        joined = [record]
        for group in met.values():
            joined = group + joined
            groups.remove(group)
        groups.append(joined)
        for each in joined:
            group_of.update(dict.fromkeys((each.id, *each.aliases), joined))
    return groups


def _rank(name: str) -> int:
    return next((rank for rank, prefix in enumerate(_PREFERRED) if name.startswith(prefix)), len(_PREFERRED))


def _worst_first(thing: _Thing) -> tuple[bool, bool, int, str]:
    told = thing.told
    return not told.malicious, not told.exploited, -told.level, told.id


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
