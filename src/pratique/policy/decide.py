"""Evidence and policy in, decision out. Pure: the same five arguments give the same answer for ever.

There is no verdict by default: a policy has at least one condition, each gives exactly one reason, and the strictest wins,
in whichever order they were asked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pratique.facts.document import document
from pratique.facts.evidence import Evidence
from pratique.model.artifact import Artifact
from pratique.model.canonical import digest_of
from pratique.model.decision import Decision, Reason, Verdict
from pratique.model.scope import Scope
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case, Condition
from pratique.policy.policy import Policy
from pratique.policy.waive import lifting


def decide(
    policy: Policy,
    artifact: Artifact,
    evidence: Evidence,
    scope: Scope,
    now: datetime,
    *,
    waivers: Sequence[Waiver] = (),
    written: bytes = b"",
) -> Decision:
    """Judge one artifact in one scope at one moment (aware, UTC).

    `waivers` are the waivers that can be used at this moment, those of the policy's own file among them; `written` is the
    evidence's own `document`, from a caller that has made it already. Raises `InvalidInput` for a scope that the policy does
    not know, and nothing else.
    """
    mode = policy.mode(scope.name)
    reasons = _reasons(policy, Case(artifact, evidence, scope, now), waivers)
    return Decision(
        artifact=artifact,
        scope=scope,
        mode=mode,
        verdict=max(reason.verdict for reason in reasons),
        reasons=reasons,
        evidence=digest_of(written or document(evidence)),
        policy=policy.digest,
        at=now,
    )


def suspects(policy: Policy, cases: Sequence[Case]) -> list[Case]:
    """The cases to which some condition objects, waivers aside, in their order.

    A page lists thousands of files and nearly all are fine; these are the ones that need the account `decide` gives.
    """
    allow = Verdict.ALLOW
    objected: set[int] = set()
    for condition in policy.conditions:
        judge = condition.judge
        objected.update([id(case) for case in cases if judge(case).verdict is not allow])
    return [case for case in cases if id(case) in objected] if objected else []


def changes_at(policy: Policy, cases: Iterable[Case]) -> datetime | None:
    """Until when (excluded) the same waivers give the same answers to these cases, in verdict and words; None is for good.

    It may lie nearer than need be, and not behind the moment of the cases where nothing can be said.
    """
    timed = [each.changes_at for each in policy.timed]
    return min((at for case in cases for ask in timed if (at := ask(case)) is not None), default=None)


def verdict(policy: Policy, case: Case, *, waivers: Sequence[Waiver] = ()) -> Verdict:
    """The verdict `decide` would give, without its account."""
    return max(reason.verdict for reason in _reasons(policy, case, waivers))


def _reasons(policy: Policy, case: Case, waivers: Sequence[Waiver]) -> tuple[Reason, ...]:
    """What every condition says, as it counts."""
    return tuple(_heard(policy, condition, condition.judge(case), case, waivers) for condition in policy.conditions)


def _heard(
    policy: Policy,
    condition: Condition,
    reason: Reason,
    case: Case,
    waivers: Sequence[Waiver],
) -> Reason:
    """The reason as it counts: lifted to ALLOW by a standing exemption or a waiver, or as it was given."""
    if reason.verdict is Verdict.ALLOW:
        return reason
    for exempting in policy.exempting:
        if condition.id in exempting.exempts_from:
            exempt = exempting.exemption(case)
            if exempt:
                return Reason(reason.condition, Verdict.ALLOW, exempt)
    waiver = lifting(waivers, case, reason, condition.waivable_by)
    return reason if waiver is None else Reason(reason.condition, Verdict.ALLOW, reason.why, waiver=waiver.id)
