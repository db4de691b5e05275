"""A name is the one that was meant: not a look-alike of one that many use, nor of one of ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.names.own import like_own
from pratique.facts.names.resemblance import said
from pratique.facts.names.versions import unlikely_version
from pratique.facts.questions.names import NameLikeness
from pratique.facts.questions.upload import Upload
from pratique.model.artifact import ProjectName
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.durations import after
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case
from pratique.policy.pattern import NamePattern, compile_name

_ID: Final = "names"
_CONTENT: Final = Reason(_ID, Verdict.ALLOW, "its name is taken for no other")
_OURS: Final = Reason(_ID, Verdict.ALLOW, "its name is one of this organisation's")
_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "this policy knows its name")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "its name was not compared; the condition unknowns says what follows")
_ESTABLISHED: Final = Reason(
    _ID, Verdict.ALLOW, "its name is like another, and the project is old and has several releases"
)
_DO: Final = "pin a version that the project has counted up to"


@dataclass(frozen=True, slots=True)
class Names:
    """Holds projects whose name is likely taken for another, and versions that are there to win over every other."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = (
        "A name is the one that was meant: not a look-alike of one that many use, nor of one of ours."
    )
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    suspicious: Verdict = Verdict.HOLD
    unlikely_version: Verdict = Verdict.HOLD
    internal: tuple[NamePattern, ...] = ()
    known: tuple[NamePattern, ...] = ()
    established_after: timedelta = timedelta(days=1825)
    established_releases: int = 3

    def __post_init__(self) -> None:
        if self.established_releases < 1:
            raise InvalidInput("`established_releases` is at least 1")

    def judge(self, case: Case) -> Reason:
        """Judge the name against ours, then against used ones, then the version; old projects with several releases pass."""
        name = case.artifact.name
        if self.known and _is_one_of(name, self.known):
            return _KNOWN
        ours = bool(self.internal) and _is_one_of(name, self.internal)
        alike = None if ours or not self.internal else like_own(name, self.internal)
        if alike is not None:
            return _held(self.suspicious, f"its name is {said(alike)}", clean(alike.intended), "internal")
        answer = case.evidence.names
        return self._judge_answer(answer, case, ours=ours) if type(answer) is NameLikeness else _NOT_KNOWN

    def _judge_answer(self, answer: NameLikeness, case: Case, *, ours: bool) -> Reason:
        suspected = bool(answer.intended) and not ours
        unlikely = unlikely_version(case.artifact.version, answer.majors)
        if not suspected and not unlikely:
            return _OURS if ours else _CONTENT
        if self._is_established(answer, case):
            return _ESTABLISHED
        if suspected:
            meant = " or ".join(map(clean, answer.intended))
            return _held(self.suspicious, f"did you mean {meant}? {clean(answer.why)}", meant, "suspicious")
        return _held(self.unlikely_version, clean(unlikely), "", "unlikely_version")

    def changes_at(self, case: Case) -> datetime | None:
        """As `Timed.changes_at`: the moment at which a project that is held is old enough to be established."""
        upload, answer = case.evidence.upload, case.evidence.names
        if type(upload) is not Upload or type(answer) is not NameLikeness:
            return None
        if not answer.intended and not unlikely_version(case.artifact.version, answer.majors):
            return None
        old = after(upload.project_since, self.established_after)
        return old if case.now < old else None

    def _is_established(self, answer: NameLikeness, case: Case) -> bool:
        upload = case.evidence.upload
        old = type(upload) is Upload and case.now >= after(upload.project_since, self.established_after)
        return old and answer.releases >= self.established_releases


def _is_one_of(name: ProjectName, patterns: tuple[NamePattern, ...]) -> bool:
    return any(compile_name(pattern).fullmatch(name) for pattern in patterns)


def _held(verdict: Verdict, why: str, use: str, rule: str) -> Reason:
    if verdict is Verdict.ALLOW:
        return Reason(_ID, verdict, f"{why}; this policy accepts that")
    return Reason(_ID, verdict, why, Remedy(use=use, do="" if use else _DO, ask=SECURITY), rule=rule)
