"""A new release waits until others have had time to look at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import ClassVar, Final, TypeAlias, assert_never

from pratique.errors import InvalidInput
from pratique.facts.evidence import Evidence
from pratique.facts.questions.provenance import Continuity, Provenance
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.upload import SILENCE, Upload
from pratique.facts.severity import is_clean
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.durations import after, exactly, roughly, roughly_until
from pratique.model.evidence import Tier, Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.model.text import clean
from pratique.policy.condition import OTHER_KEYS, SECURITY, Case

_ID: Final = "cooldown"
_WAITED: Final = Reason(_ID, Verdict.ALLOW, "old enough")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "the upload time is not known; the condition unknowns says what follows")
_ADVISORIES_NAMED: Final = 3


class Need(StrEnum):
    """What a security fix must show to take its fast lane."""

    PROVENANCE = "provenance-continuity"
    SCAN = "clean-scan"


@dataclass(frozen=True, slots=True)
class YoungProject:
    """Releases of a project first published less than `younger_than` ago wait longer."""

    younger_than: timedelta
    wait: timedelta


@dataclass(frozen=True, slots=True)
class RevivedProject:
    """Releases up to `within` after a silence of `silent_for` or more wait longer, as those of a new project do."""

    silent_for: timedelta
    within: timedelta
    wait: timedelta

    def __post_init__(self) -> None:
        if self.silent_for < SILENCE:
            raise InvalidInput(f"`silent_for` is at least {exactly(SILENCE)}; shorter pauses are not noticed")
        if self.within > SILENCE:
            raise InvalidInput(f"`within` is at most {exactly(SILENCE)}; a new silence may have begun by then")


@dataclass(frozen=True, slots=True)
class SecurityFixLane:
    """A release that fixes a known advisory waits only `wait`, once it shows all of `needs`."""

    wait: timedelta
    needs: tuple[Need, ...] = (Need.PROVENANCE, Need.SCAN)


_Rule: TypeAlias = timedelta | YoungProject | RevivedProject
"""What makes a file wait: the usual time of its scope, or one of the rules for special projects."""


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Holds a file until its upload is as old as the policy wants; a scope that is not named waits as long as any."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "A new release waits until others have had time to look at it."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    waits: Mapping[ScopeName, timedelta] = field(metadata=OTHER_KEYS)
    young_project: YoungProject | None = None
    revived_project: RevivedProject | None = None
    security_fix: SecurityFixLane | None = None
    longest: timedelta = field(init=False)

    def __post_init__(self) -> None:
        if not self.waits:
            raise InvalidInput('a cooldown names at least one scope, such as workstation = "3 days"')
        special = (self.young_project, self.revived_project)
        waits = [*self.waits.values(), *(rule.wait for rule in special if rule is not None)]
        object.__setattr__(self, "longest", max(waits))

    def judge(self, case: Case) -> Reason:
        """HOLD while the wait lasts; the remedy says until when, and for a security fix how to shorten it."""
        upload = case.evidence.upload
        if type(upload) is not Upload:
            return _NOT_KNOWN
        if case.now - upload.at >= self.longest:
            return _WAITED
        until, rule = max(self._waits(upload, case.scope), key=itemgetter(0))
        if case.now >= until:
            return _WAITED
        fix = case.evidence.security_fix
        if self.security_fix is not None and type(fix) is SecurityFix and fix.advisories:
            return self._judge_fix(self.security_fix, upload, fix.advisories, until, case)
        why = f"{_published(upload, case.now)}; {_because(rule, upload)}"
        return Reason(_ID, Verdict.HOLD, why, Remedy(until=until, ask=SECURITY), rule=_key(rule))

    def changes_at(self, case: Case) -> datetime | None:
        """As `Timed.changes_at`: the end of the wait, or the moment at which one says otherwise how long ago it was."""
        upload = case.evidence.upload
        if type(upload) is not Upload or case.now - upload.at >= self.longest:
            return None
        if case.now < upload.at:
            return upload.at
        waited = max(until for until, _ in self._waits(upload, case.scope))
        if case.now >= waited:
            return None
        ends = self._fast_lane_ends(upload, case.evidence)
        if ends is not None and case.now >= ends:
            return waited
        told = after(upload.at, roughly_until(case.now - upload.at))
        return min(waited, told, waited if ends is None else ends)

    def _fast_lane_ends(self, upload: Upload, evidence: Evidence) -> datetime | None:
        """When a security fix that shows all it needs may come in; None where that is not the case."""
        lane, fix = self.security_fix, evidence.security_fix
        if lane is None or type(fix) is not SecurityFix or not fix.advisories:
            return None
        return after(upload.at, lane.wait) if all(_shown(need, evidence) for need in lane.needs) else None

    def _waits(self, upload: Upload, scope: Scope) -> Iterator[tuple[datetime, _Rule]]:
        """When each wait that applies is over; that of a young project at the latest when it is no longer young."""
        usual = self.waits.get(scope.name)
        if usual is None:
            usual = max(self.waits.values())
        yield after(upload.at, usual), usual
        young, revived, silence = self.young_project, self.revived_project, upload.silence
        if young is not None:
            yield min(after(upload.at, young.wait), after(upload.project_since, young.younger_than)), young
        if revived is not None and silence is not None and silence.until - silence.since >= revived.silent_for:
            yield min(after(upload.at, revived.wait), after(silence.until, revived.within)), revived

    def _judge_fix(
        self, lane: SecurityFixLane, upload: Upload, advisories: tuple[str, ...], waited: datetime, case: Case
    ) -> Reason:
        named = ", ".join(clean(advisory) for advisory in advisories[:_ADVISORIES_NAMED])
        missing = [need for need in lane.needs if not _shown(need, case.evidence)]
        until = waited if missing else min(waited, after(upload.at, lane.wait))
        if case.now >= until:
            return Reason(_ID, Verdict.ALLOW, f"it fixes {named}, and a security fix waits {exactly(lane.wait)} here")
        if missing:
            because = f"it fixes {named}, but its fast lane still needs {' and '.join(missing)}"
        else:
            because = f"it fixes {named}, and a security fix waits {exactly(lane.wait)} here"
        do = f"ask {SECURITY} for the fast lane, naming {named}"
        remedy = Remedy(do=do, until=until, ask=SECURITY)
        return Reason(_ID, Verdict.HOLD, f"{_published(upload, case.now)}; {because}", remedy, rule="security_fix")


def _key(rule: _Rule) -> str:
    """The key of the table that a rule stands under; empty for the usual time, which stands under its scope."""
    match rule:
        case timedelta():
            return ""
        case YoungProject():
            return "young_project"
        case RevivedProject():
            return "revived_project"
        case _:
            assert_never(rule)


def _because(rule: _Rule, upload: Upload) -> str:
    match rule:
        case timedelta():
            return f"new releases wait {exactly(rule)} here"
        case YoungProject():
            waits = f"new releases of projects younger than {exactly(rule.younger_than)} wait {exactly(rule.wait)} here"
            return f"{waits}; its name may be one that an assistant invented and somebody took"
        case RevivedProject():
            silence = upload.silence
            slept = f"after {roughly(silence.until - silence.since)} of silence " if silence is not None else ""
            return f"releases {slept}wait {exactly(rule.wait)} here"
        case _:
            assert_never(rule)


def _published(upload: Upload, now: datetime) -> str:
    if now < upload.at:
        return "its upload time lies ahead of this clock"
    return f"published {roughly(now - upload.at)} ago"


def _shown(need: Need, evidence: Evidence) -> bool:
    """Whether a security fix shows this; a scan is taken for granted until the bytes are here."""
    match need:
        case Need.PROVENANCE:
            provenance = evidence.provenance
            return type(provenance) is Provenance and provenance.continuity is not Continuity.BROKEN
        case Need.SCAN:
            scan = evidence.scan
            if scan is None:
                return evidence.tier is Tier.INDEX
            return type(scan) is not Unknown and is_clean(scan)
        case _:
            assert_never(need)
