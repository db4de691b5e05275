"""Whether one scope of a policy is at least as strict as another: what a project may choose for itself."""

from collections.abc import Iterator
from typing import Final

from pratique.errors import InvalidInput
from pratique.model.durations import exactly
from pratique.model.scope import Mode, ScopeName
from pratique.policy.condition import Condition
from pratique.policy.conditions.cooldown import Cooldown
from pratique.policy.conditions.hash_required import HashRequired
from pratique.policy.conditions.release_gate import ReleaseGate
from pratique.policy.policy import Policy
from pratique.policy.rules import OrganisationRule

_BY_STRICTNESS: Final = (Mode.OBSERVE, Mode.WARN, Mode.ENFORCE)


def refuse_laxer(policy: Policy, scope: ScopeName, than: ScopeName, chooser: str) -> None:
    """Raises `InvalidInput` when `scope`, which `chooser` asks for, lets in anything that `than` would keep out.

    Where it cannot be told, as with an organisation's rule that speaks of scopes, it counts as laxer.
    """
    if scope == than:
        return
    reasons = list(_laxer(policy, scope, than))
    if reasons:
        raise InvalidInput(
            f"{chooser} chooses the scope {scope}, which is laxer than {than}: {reasons[0]}",
            advice=f"take it out; whoever runs the machine may choose it: PRATIQUE_SCOPE={scope}",
        )


def _laxer(policy: Policy, scope: ScopeName, than: ScopeName) -> Iterator[str]:
    mode, other = policy.mode(scope), policy.mode(than)
    if _BY_STRICTNESS.index(mode) < _BY_STRICTNESS.index(other):
        yield f"its mode is {mode}, not {other}"
    for condition in policy.conditions:
        yield from _laxer_by(condition, scope, than)
    for waiver in policy.waivers:
        if scope in waiver.scopes and than not in waiver.scopes:
            yield f"the waiver {waiver.id} is for {scope} only"


def _laxer_by(condition: Condition, scope: ScopeName, than: ScopeName) -> Iterator[str]:
    match condition:
        case Cooldown():
            longest = max(condition.waits.values())
            waits, usual = condition.waits.get(scope, longest), condition.waits.get(than, longest)
            if waits < usual:
                yield f"new releases wait {exactly(waits)} there, and {exactly(usual)} here"
        case HashRequired():
            if condition.scopes is not None and than in condition.scopes and scope not in condition.scopes:
                yield "it does not ask for a SHA-256"
        case ReleaseGate():
            lacking = set(condition.needs.get(than, ())) - set(condition.needs.get(scope, ()))
            if lacking:
                yield f"it does not ask for {' and '.join(sorted(lacking))} of our own releases"
        case OrganisationRule():
            if "scope" in condition.when:
                yield f"the rule {condition.id} speaks of scopes"
        case _:
            return
