"""Answers into evidence: the one place where it is made, and where silence becomes `Unknown`.

Whoever gathers hands in what it found; whatever else is asked of that kind of artifact at that tier, and that nobody answered,
is said to be unknown. So a new question is never passed over in silence, whichever way the artifact came.
"""

from collections.abc import Mapping
from functools import lru_cache

from pratique.facts.evidence import Evidence
from pratique.facts.questions import QUESTIONS
from pratique.model.evidence import Tier, Unknown


def gather(kind: str, tier: Tier, answers: Mapping[str, object]) -> Evidence:
    """Complete evidence of an artifact of this kind: what was answered, by question id, and what nobody answered, as unknown."""
    return Evidence(tier=tier, **{**_unanswered(kind, tier), **answers})  # type: ignore[arg-type]  # each is of its question's type


def further(kind: str, tier: Tier, evidence: Evidence, answers: Mapping[str, object]) -> Evidence:
    """The evidence at a further tier: what was known, what is known now, and what nobody answered, as unknown."""
    known = {each.id: answer for each in QUESTIONS if (answer := each.of(evidence)) is not None}
    return gather(kind, tier, {**known, **answers})


def silent(kind: str, tier: Tier, nothing: Unknown) -> Evidence:
    """Complete evidence for when one source was all there was, and kept silent."""
    return gather(kind, tier, dict.fromkeys(_unanswered(kind, tier), nothing))


@lru_cache
def _unanswered(kind: str, tier: Tier) -> dict[str, Unknown]:
    return {each.id: each.unanswered for each in QUESTIONS if kind in each.kinds and each.tier <= tier}
