"""What is known against the release: vulnerabilities, and that it is bad on purpose."""

from datetime import datetime, timedelta
from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.advisory import Level, Statement
from pratique.model.artifact import VersionText
from pratique.model.decision import Verdict
from pratique.model.evidence import Level as Asked
from pratique.model.evidence import Unknown
from pratique.model.text import clean

_TOLD_MAX: Final = 5


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """One vulnerability or one report of malice, whatever names its records have; `id` is the first of them.

    `fixed` is the lowest later version without it, empty where none is named. `likelihood` is in thousandths (EPSS). `stated`
    is what the organisation itself says of it for this version, where it does.
    """

    id: str
    level: Level = Level.UNRATED
    malicious: bool = False
    exploited: bool = False
    fixed: VersionText = VersionText("")
    aliases: tuple[str, ...] = ()
    summary: str = ""
    likelihood: int | None = None
    stated: Statement | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the organisation stated that nothing is left to do about it; never for a report of malice."""
        return self.stated is not None and self.stated.settles and not self.malicious

    @property
    def told(self) -> str:
        """What it is, for a person."""
        if self.malicious:
            return f"{clean(self.id)} (malicious)"
        level = self.level.name.lower() if self.level else "not rated"
        used = ", used in attacks" if self.exploited else ""
        stated = f"; {self.stated.status.replace('_', ' ')}, says {clean(self.stated.by)}" if self.stated else ""
        return f"{clean(self.id)} ({level}{used}{stated})"


@final
class Advisories(msgspec.Struct, frozen=True, tag="advisories", omit_defaults=True):
    """What is known against a release, the worst first, and the day (its start, UTC) up to which the feeds were asked."""

    as_of: datetime
    known: tuple[Known, ...] = ()


def _told(advisories: Advisories) -> str:
    day = f"{advisories.as_of:%Y-%m-%d}"
    if not advisories.known:
        return f"nothing, as of {day}"
    more = f" and {len(advisories.known) - _TOLD_MAX} more" if len(advisories.known) > _TOLD_MAX else ""
    return f"{', '.join(each.told for each in advisories.known[:_TOLD_MAX])}{more}, as of {day}"


def worst(advisories: Advisories) -> Level:
    """The worst rating of its vulnerabilities, but for those that are settled."""
    return max((each.level for each in unsettled(advisories)), default=Level.UNRATED)


def unsettled(advisories: Advisories) -> tuple[Known, ...]:
    """What is known against it, but for what the organisation's statements settle."""
    return tuple(each for each in advisories.known if not each.is_settled)


def _with(advisories: Advisories, known: Known) -> Advisories:
    return msgspec.structs.replace(advisories, known=(known,))


def _rated(advisories: Advisories, level: str, now: datetime) -> Advisories:
    del now
    rating = Level[level.upper()]
    return _with(advisories, Known("EXAMPLE-2026-1", rating)) if rating else advisories


def _flagged(advisories: Advisories, flag: str, *, put: bool) -> Advisories:
    first = advisories.known[0] if advisories.known else Known("EXAMPLE-2026-1")
    return _with(advisories, msgspec.structs.replace(first, **{flag: put}))


def _malicious(advisories: Advisories, put: object, now: datetime) -> Advisories:
    del now
    return _flagged(advisories, "malicious", put=bool(put))


def _exploited(advisories: Advisories, put: object, now: datetime) -> Advisories:
    del now
    return _flagged(advisories, "exploited", put=bool(put))


def _fixable(advisories: Advisories, put: object, now: datetime) -> Advisories:
    del now
    first = advisories.known[0] if advisories.known else Known("EXAMPLE-2026-1")
    return _with(advisories, msgspec.structs.replace(first, fixed=VersionText("9999" if put else "")))


def _aged(advisories: Advisories, age: timedelta, now: datetime) -> Advisories:
    return msgspec.structs.replace(advisories, as_of=now - age)


ADVISORIES: Final = Question(
    id="advisories",
    answer=Advisories,
    asks="what is known against it",
    source="advisories",
    unanswered=Unknown("advisories", "no feed of advisories was imported"),
    benign=Advisories,
    told=_told,
    words=(
        Word(
            "advisories.ids",
            Kind.TEXTS,
            "the advisories about this version, by all their names",
            lambda advisories, _: tuple(name for each in advisories.known for name in (each.id, *each.aliases)),
            lambda advisories, ids, _: msgspec.structs.replace(advisories, known=tuple(map(Known, ids))),
        ),
        Word(
            "advisories.worst",
            Kind.TEXT,
            "how bad the worst vulnerability of this version is",
            lambda advisories, _: worst(advisories).name.lower(),
            _rated,
            choices=tuple(level.name.lower() for level in Level),
        ),
        Word(
            "advisories.malicious",
            Kind.YES_NO,
            "whether this version is reported as malicious",
            lambda advisories, _: any(each.malicious for each in advisories.known),
            _malicious,
        ),
        Word(
            "advisories.exploited",
            Kind.YES_NO,
            "whether a vulnerability of this version is known to be used in attacks",
            lambda advisories, _: any(each.exploited for each in unsettled(advisories)),
            _exploited,
        ),
        Word(
            "advisories.fixable",
            Kind.YES_NO,
            "whether a later version is named that has none of what is known against this one",
            lambda advisories, _: bool(advisories.known) and all(each.fixed for each in advisories.known),
            _fixable,
        ),
        Word(
            "advisories.age",
            Kind.DURATION,
            "how long ago the feeds were asked, counted from the start of that day",
            lambda advisories, now: now - advisories.as_of,
            _aged,
        ),
    ),
    level=Asked.RELEASE,
    unknown=Verdict.ALLOW,
)
