"""Names that no index has: mistyped, or invented by an assistant. What was meant may be another name that is used."""

from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.process import extract

from pratique.facts.names.judge import SHIPPED, Known, resemblances
from pratique.facts.names.lists import normal
from pratique.facts.names.targets import targets

_TOLD_MAX: Final = 3
_LIKE_MIN: Final = 65
_LIKE_STEP: Final = 5
"""Of what is alike in per cent to within this, the names that are used more come first."""


@lru_cache(maxsize=1_024)
def absent(kind: str, name: str, known: Known = SHIPPED) -> str:
    """What to say to whoever asked for a name that no index has, without a full stop. `kind` is the type of its package URL."""
    real = real_names(kind, name, known)
    meant = f"; did you mean {' or '.join(real)}?" if real else ""
    return f"it may be mistyped, or invented by an assistant{meant}"


def real_names(kind: str, name: str, known: Known = SHIPPED) -> tuple[str, ...]:
    """The used names that a name may have been meant for, most likely first: also from further away than is suspicious.

    At most three. Slow, and not for names that may be right: every target is compared.
    """
    alike = [found.intended for found in resemblances(kind, name, known)]
    return tuple(dict.fromkeys((*alike, *_nearest(kind, name, known))))[:_TOLD_MAX]


def _nearest(kind: str, name: str, known: Known) -> list[str]:
    """Used names that have words or letters in common with this one, best first."""
    index, written = targets(known.of(kind)), normal(kind, name)
    told = extract(written, index.names, scorer=fuzz.token_sort_ratio, limit=_TOLD_MAX * 5, score_cutoff=_LIKE_MIN)
    best = sorted(told, key=lambda each: (-round(each[1] / _LIKE_STEP), index.known(each[2])))
    return [each[0] for each in best if each[0] != written]
