"""Answers into evidence: the one place where it is made, and where silence becomes `Unknown`.

Whoever gathers hands in what it found; whatever else is asked of that kind of artifact at that tier, and that nobody answered,
is said to be unknown. So a new question is never passed over in silence, whichever way the artifact came.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from pratique.facts.questions import QUESTIONS
from pratique.model.evidence import Evidence, Tier, Unknown


def gather(kind: str, tier: Tier, answers: Mapping[str, object]) -> Evidence:
    """Complete evidence of an artifact of this kind: what was answered, and what nobody answered, as unknown."""
    return Evidence({**unanswered(kind, tier), **answers}, tier)


def silent(kind: str, tier: Tier, nothing: Unknown) -> Evidence:
    """Complete evidence for when one source was all there was, and kept silent."""
    return Evidence(dict.fromkeys(unanswered(kind, tier), nothing), tier)


@lru_cache
def unanswered(kind: str, tier: Tier) -> Mapping[str, Unknown]:
    """What is known of an artifact of this kind at this tier while nobody has answered anything."""
    return MappingProxyType(
        {each.id: each.unanswered for each in QUESTIONS if kind in each.kinds and each.tier <= tier}
    )
