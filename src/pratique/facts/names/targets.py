"""An index of the names that are worth imitating: made once for a list, asked for every name.

Names at most two edits apart have one third in common, at about the same place: each third is a key. That is a few dozen looks
into a table for a name, whatever the number of targets.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from pratique.facts.names.forms import skeleton, squashed, words
from pratique.facts.names.lists import Names

TARGETS_MAX: Final = 15_000
"""Only so many of the names that are used most can be meant."""
CHARACTERS_MAX: Final = 48
"""Longer names are compared in whole only: nobody strikes them."""
_THIRDS: Final = 3
_FAMOUS: Final = 1_000
_MADE_WITH: Final = 15
_FAMED_MIN: Final = 6
_CHARACTERS_MIN: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Targets by rank: `names` as they are written, `squashes` without separators; the tables say the rank for a form."""

    names: tuple[str, ...]
    squashes: tuple[str, ...]
    by_squash: dict[str, int]
    by_skeleton: dict[str, int]
    by_words: dict[str, int]
    by_third: dict[str, list[int]]
    fame: dict[int, int]

    def known(self, rank: int) -> int:
        """The rank as which a target counts: a name that many others are made with is better known than it is used."""
        return self.fame.get(rank, rank)

    def near(self, squash: str, two_edits: int) -> Iterator[tuple[int, int]]:
        """Rank and distance of the targets near a squashed name, itself not among them.

        Those with a rank below `two_edits` are near when they are two edits away, all the others one.
        """
        length, thirds, found = len(squash), self.by_third, set[int]()
        furthest = 2 if two_edits else 1
        for other in range(max(_CHARACTERS_MIN, length - furthest), length + furthest + 1):
            for head, start, end in _thirds(other):
                for shift in range(-furthest, furthest + 1):
                    if start + shift < 0 or end + shift > length:
                        continue
                    ranks = thirds.get(head + squash[start + shift : end + shift])
                    if ranks is None:
                        continue
                    if furthest == 1 or (abs(shift) < 2 and abs(other - length) < 2):  # noqa: PLR2004 - two edits
                        found.update(ranks)
                    else:
                        found.update(ranks[: bisect_left(ranks, two_edits)])
        squashes = self.squashes
        for rank in found:
            most = 2 if rank < two_edits else 1
            distance = OSA.distance(squash, squashes[rank], score_cutoff=most)
            if 0 < distance <= most:
                yield rank, distance


@lru_cache(maxsize=8)
def targets(names: Names) -> Targets:
    """The index of a list, kept for as long as it is asked."""
    ranked = tuple(names.ranks)[:TARGETS_MAX] if names.used else ()
    together = squashed("\n".join(ranked))
    squashes = tuple(together.split("\n"))
    by_third: dict[str, list[int]] = {}
    for rank, squash in enumerate(squashes):
        if _CHARACTERS_MIN <= len(squash) <= CHARACTERS_MAX:
            for head, start, end in _thirds(len(squash)):
                key = head + squash[start:end]
                if key in by_third:
                    by_third[key].append(rank)
                else:
                    by_third[key] = [rank]
    fame = {
        names.ranks[word]: _FAMOUS
        for word, count in names.words.items()
        if count >= _MADE_WITH and _is_famed(names, word)
    }
    return Targets(
        ranked,
        squashes,
        _first(squashes),
        _first(skeleton(together).split("\n")),
        _first(in_order(name) if squash != name else "" for name, squash in zip(ranked, squashes, strict=True)),
        by_third,
        fame,
    )


def _first(forms: Iterable[str]) -> dict[str, int]:
    """The lowest rank of each form."""
    found: dict[str, int] = {}
    for rank, form in enumerate(forms):
        found.setdefault(form, rank)
    return found


def _is_famed(names: Names, word: str) -> bool:
    return len(word) >= _FAMED_MIN and _FAMOUS < names.ranks.get(word, 0) < TARGETS_MAX


def in_order(name: str) -> str:
    """The words of a name in the order of the alphabet."""
    return " ".join(sorted(words(name)))


@lru_cache
def _thirds(length: int) -> tuple[tuple[str, int, int], ...]:
    """The thirds of a text: what begins the key of each, where it begins and ends."""
    first, second = length // _THIRDS, 2 * length // _THIRDS
    bounds = ((0, first), (first, second), (second, length))
    return tuple((f"{length} {third} ", start, end) for third, (start, end) in enumerate(bounds))
