"""What differs between two names that are one slip of a finger apart."""

from itertools import pairwise
from typing import Final

from pratique.facts.names.resemblance import Likeness

_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS: Final = frozenset("aeiouy")


def _neighbours() -> frozenset[tuple[str, str]]:
    """Pairs of keys beside each other, in both orders, on a keyboard whose rows are each half a key further right."""
    pairs: set[tuple[str, str]] = set()
    for row, below in zip(_ROWS, (*_ROWS[1:], ""), strict=True):
        pairs.update(pairwise(row))
        pairs.update(zip(row, below, strict=False))
        pairs.update(zip(row[1:], below, strict=False))
    return frozenset(pairs | {(other, one) for one, other in pairs})


_NEIGHBOURS: Final = _neighbours()


def difference(name: str, other: str) -> tuple[int, str, str]:
    """Where two texts begin to differ, and what of each lies between their common beginning and end."""
    shorter = min(len(name), len(other))
    start = 0
    while start < shorter and name[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and name[-1 - end] == other[-1 - end]:
        end += 1
    return start, name[start : len(name) - end], other[start : len(other) - end]


def slip(name: str, other: str) -> Likeness:
    """The slip by which `name` came from `other`: one edit, of a letter or of two that are exchanged; else two edits."""
    start, here, there = difference(name, other)
    match len(here), len(there):
        case 2, 2 if here == there[::-1]:
            return Likeness.TRANSPOSED
        case 1, 1:
            return _replaced(here, there)
        case 1, 0:
            return _longer(here, name, start)
        case 0, 1:
            longer = _longer(there, other, start)
            return Likeness.DROPPED if longer is Likeness.ADDED else longer
        case _:
            return Likeness.TWO_EDITS


def _replaced(here: str, there: str) -> Likeness:
    if here.isdigit() and there.isdigit():
        return Likeness.NUMBER
    if here in _VOWELS and there in _VOWELS:
        return Likeness.VOWEL
    return Likeness.NEIGHBOUR_KEY if (here, there) in _NEIGHBOURS else Likeness.REPLACED


def _longer(letter: str, longer: str, at: int) -> Likeness:
    """What one letter more is; `at` is its place in the longer text."""
    if letter.isdigit():
        return Likeness.NUMBER
    repeated = letter in (longer[at - 1 : at], longer[at + 1 : at + 2])
    return Likeness.REPEATED if repeated else Likeness.ADDED
