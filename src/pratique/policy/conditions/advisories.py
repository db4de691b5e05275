"""What is known against the release, by the feeds that were imported, does not worry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.questions.advisories import Advisories as Facts
from pratique.facts.questions.advisories import Known, unsettled
from pratique.model.advisory import Level
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.durations import after, exactly
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "advisories"
_NOTHING: Final = Reason(_ID, Verdict.ALLOW, "nothing is known against it")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "no feed answered; the condition unknowns says what follows")


@dataclass(frozen=True, slots=True)
class Accepted:
    """An advisory that this organisation has looked at, under any of its names. `why` says who looked, and what they saw."""

    advisory: str
    why: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing comes in by feeds that were last asked longer than `after` ago: `then` says what follows."""

    after: timedelta
    then: Verdict = Verdict.HOLD


@dataclass(frozen=True, slots=True)
class Advisories:
    """Judges the worst of what is known against a release; a report of malice cannot be waived."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "What is known against the release, by the feeds that were imported, does not worry."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    malicious: Verdict = Verdict.DENY
    exploited: Verdict = Verdict.HOLD
    critical: Verdict = Verdict.HOLD
    high: Verdict = Verdict.ALLOW
    medium: Verdict = Verdict.ALLOW
    low: Verdict = Verdict.ALLOW
    unrated: Verdict = Verdict.ALLOW
    only_fixable: bool = True
    accepted: tuple[Accepted, ...] = ()
    statements: bool = True
    stale: Stale | None = None

    def __post_init__(self) -> None:
        if self.malicious is Verdict.ALLOW:
            raise InvalidInput("`malicious` is hold or deny")
        if any(lower > higher for lower, higher in pairwise((self.low, self.medium, self.high, self.critical))):
            raise InvalidInput("a lower rating is not judged more strictly than a higher one")

    def judge(self, case: Case) -> Reason:
        """The strictest of what follows. With `only_fixable` a vulnerability without a fix comes in: waiting helps nobody."""
        facts = case.evidence.advisories
        if type(facts) is not Facts:
            return _NOT_KNOWN
        if not facts.known:
            return _NOTHING if self.stale is None else self._aged(self.stale, facts, case.now) or _NOTHING
        judged = [(self._verdict(known), known) for known in self._open(facts)]
        verdict, worst = max(judged, key=lambda each: each[0], default=(Verdict.ALLOW, None))
        aged = None if self.stale is None else self._aged(self.stale, facts, case.now)
        if aged is not None and aged.verdict > verdict:
            return aged
        if worst is None:
            return _accepted(facts)
        if verdict is Verdict.ALLOW:
            return Reason(_ID, Verdict.ALLOW, f"{_what(facts)}; this policy lets that in")
        return self._refused(verdict, worst, facts)

    def changes_at(self, case: Case) -> datetime | None:
        """As `Timed.changes_at`: when the feeds are too old."""
        facts = case.evidence.advisories
        if self.stale is None or type(facts) is not Facts:
            return None
        until = after(facts.as_of, self.stale.after)
        return until if case.now < until else None

    def _open(self, facts: Facts) -> Iterator[Known]:
        """What is known and neither accepted nor settled. A report of malice is neither."""
        accepted = {each.advisory for each in self.accepted}
        known = unsettled(facts) if self.statements else facts.known
        return (each for each in known if each.malicious or accepted.isdisjoint((each.id, *each.aliases)))

    def _verdict(self, known: Known) -> Verdict:
        if known.malicious:
            return self.malicious
        if self.only_fixable and not known.fixed:
            return Verdict.ALLOW
        rated = self._rated(known.level)
        return max(rated, self.exploited) if known.exploited else rated

    def _rated(self, level: Level) -> Verdict:
        match level:
            case Level.CRITICAL:
                return self.critical
            case Level.HIGH:
                return self.high
            case Level.MEDIUM:
                return self.medium
            case Level.LOW:
                return self.low
            case _:
                return self.unrated

    def _refused(self, verdict: Verdict, worst: Known, facts: Facts) -> Reason:
        about = f": {clean(worst.summary)}" if worst.summary else ""
        others = len(facts.known) - 1
        more = f" (and {others} more)" if others else ""
        if worst.malicious:
            do = "do not install it; where it is installed: end the credentials of that machine, pratique explain advisories"
            return Reason(
                _ID, verdict, f"known to be malicious, {clean(worst.id)}{about}{more}", Remedy(do=do), rule="malicious"
            )
        do = (
            f"take {clean(worst.fixed)} or later"
            if worst.fixed
            else "take another project; pratique explain advisories"
        )
        return Reason(_ID, verdict, f"vulnerable, {worst.told}{about}{more}", Remedy(do=do, ask=SECURITY))

    @staticmethod
    def _aged(stale: Stale, facts: Facts, now: datetime) -> Reason | None:
        """What follows from feeds that are too old; None where they are not."""
        if now < after(facts.as_of, stale.after):
            return None
        why = f"the feeds of advisories were last asked on {facts.as_of:%Y-%m-%d}, more than {exactly(stale.after)} ago"
        if stale.then is Verdict.ALLOW:
            return None
        return Reason(_ID, stale.then, why, Remedy(do="pratique advisories sync", ask=SECURITY), rule="stale")


def _accepted(facts: Facts) -> Reason:
    stated = next((each for each in facts.known if each.is_settled), None)
    if stated is None:
        return Reason(_ID, Verdict.ALLOW, f"{_what(facts)}; this policy accepts that")
    return Reason(_ID, Verdict.ALLOW, _what(facts))


def _what(facts: Facts) -> str:
    more = f" and {len(facts.known) - 1} more" if len(facts.known) > 1 else ""
    return f"{facts.known[0].told}{more}"
