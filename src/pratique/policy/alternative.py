"""The version to use instead: the newest one that this same policy allows."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from pratique.facts.release import Candidate
from pratique.model.artifact import VersionText
from pratique.model.decision import Decision, Reason, Remedy, Verdict
from pratique.model.ecosystem import Version
from pratique.model.scope import Scope
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.decide import verdict
from pratique.policy.policy import Policy

NONE_YET = "no safe version yet"


def newest_allowed(
    policy: Policy,
    candidates: Iterable[Candidate],
    scope: Scope,
    now: datetime,
    *,
    read: Callable[[str], Version | None],
    previews: bool,
    waivers: Sequence[Waiver] = (),
    most: int = 2,
) -> tuple[VersionText, ...]:
    """The versions of which the policy allows at least one file, newest first, at most so many.

    `read` is how the candidates' ecosystem reads versions. Previews come only where they are asked for: nobody is sent to one
    who did not want any, also when nothing else is left. A project can have very many versions: no more of them are kept than
    are wanted.
    """
    newest: list[Version] = []
    for candidate in candidates:
        version = read(candidate.artifact.version)
        if version is None or (version.preview and not previews) or version in newest:
            continue
        if len(newest) == most and version.key < newest[-1].key:
            continue
        case = Case(candidate.artifact, candidate.evidence, scope, now)
        if verdict(policy, case, waivers=waivers) is Verdict.ALLOW:
            newest = sorted([*newest, version], key=lambda each: each.key, reverse=True)[:most]
    return tuple(version.text for version in newest)


def with_alternative(decision: Decision, version: VersionText | None) -> Decision:
    """The decision with the alternative named in every reason that is not content, or that there is none."""
    name = decision.artifact.name

    def told(reason: Reason) -> Reason:
        if reason.verdict is Verdict.ALLOW or reason.remedy is None or reason.remedy.use:
            return reason
        remedy: Remedy = msgspec.structs.replace(
            reason.remedy, use=NONE_YET if version is None else f"{name} {version}", use_version=version
        )
        return msgspec.structs.replace(reason, remedy=remedy)

    return msgspec.structs.replace(decision, reasons=tuple(told(reason) for reason in decision.reasons))
