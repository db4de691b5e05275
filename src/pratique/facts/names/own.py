"""Names that look like those of an organisation's own packages, without being among them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from pratique.facts.names.forms import skeleton, squashed
from pratique.facts.names.resemblance import Likeness, Resemblance

_LETTERS_MIN: Final = 4
_LONG: Final = 10


@lru_cache(maxsize=1_024)
def like_own(name: str, own: tuple[str, ...]) -> Resemblance | None:
    """The own name or pattern that a name looks like; None where it is like none.

    `name` is none of them. It and `own` are in normal form; in these, a star at the end or the beginning stands for anything.
    """
    likely = ((distance, -len(each), each) for each in own if (distance := _distance(name, each)) is not None)
    nearest = min(likely, default=None)
    return None if nearest is None else Resemblance(Likeness.INTERNAL, nearest[2], 0, nearest[0])


def _distance(name: str, pattern: str) -> int | None:
    """How many slips lie between a name and what a pattern says for sure; None for too many."""
    begins, star, ends = pattern.partition("*")
    said = squashed(begins or ends.rpartition("*")[2])
    if len(said) < _LETTERS_MIN:
        return None
    squash = squashed(name)
    most = 2 if len(said) >= _LONG else 1
    forms = _cuts(squash, len(said), most, at_end=not begins) if star else [squash]
    distances = (
        0 if skeleton(form) == skeleton(said) else OSA.distance(form, said, score_cutoff=most) for form in forms
    )
    least = min(distances, default=most + 1)
    return least if least <= most else None


def _cuts(squash: str, length: int, most: int, *, at_end: bool) -> Iterable[str]:
    """The beginnings, or the ends, of a name that are about as long as what a pattern says for sure."""
    for size in range(length - most, length + most + 1):
        if size <= len(squash):
            yield squash[-size:] if at_end else squash[:size]
