"""What a decision means to a script: its exit code."""

from pratique.cli.ending import Exit
from pratique.model.decision import Decision, Verdict
from pratique.policy.conditions.unknowns import Unknowns


def answered(decision: Decision) -> Exit:
    """The exit code of a decision. Of several holds the one counts that takes most: a missing answer, then a person."""
    if decision.verdict is Verdict.ALLOW:
        return Exit.ALLOWED
    if decision.verdict is Verdict.DENY:
        return Exit.DENIED
    holds = [reason for reason in decision.reasons if reason.verdict is Verdict.HOLD]
    if any(reason.condition == Unknowns.id for reason in holds):
        return Exit.EVIDENCE_MISSING
    lasting = any(reason.remedy is None or reason.remedy.until is None for reason in holds)
    return Exit.WAITING if lasting else Exit.HELD
