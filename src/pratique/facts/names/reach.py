"""How much used a name has to be, for another to be taken for it: the less, the longer it is and the surer the slip.

The figures are ranks, measured on names that nobody takes for others: short names are near to many by chance, and so are those
that differ in a first letter or in a word that has a meaning of its own.
"""

from bisect import bisect_right
from typing import Final

from pratique.facts.names.lists import Names
from pratique.facts.names.resemblance import Likeness

_LENGTHS: Final = (4, 5, 6, 7, 8, 9, 11, 13, 16)
"""Below the first, names are too short for any slip; the last column begins at the last."""

_REACH: Final[dict[Likeness, tuple[int, ...]]] = {
    #                          <4     4     5      6      7      8      9     11     13     16
    Likeness.SEPARATORS: (0, 500, 2000, 15000, 15000, 15000, 15000, 15000, 15000, 15000),
    Likeness.CONFUSABLE: (500, 2000, 4000, 8000, 15000, 15000, 15000, 15000, 15000, 15000),
    Likeness.WORD_ORDER: (0, 500, 1000, 3000, 5000, 8000, 15000, 15000, 15000, 15000),
    Likeness.TRANSPOSED: (0, 400, 1500, 8000, 15000, 15000, 15000, 15000, 15000, 15000),
    Likeness.REPEATED: (0, 300, 1200, 5000, 10000, 15000, 15000, 15000, 15000, 15000),
    Likeness.NEIGHBOUR_KEY: (0, 100, 1200, 5000, 9000, 12000, 15000, 15000, 15000, 15000),
    Likeness.VOWEL: (0, 100, 1200, 5000, 9000, 12000, 15000, 15000, 15000, 15000),
    Likeness.DROPPED: (0, 100, 1000, 3000, 6000, 12000, 15000, 15000, 15000, 15000),
    Likeness.ADDED: (0, 100, 1000, 3000, 6000, 12000, 15000, 15000, 15000, 15000),
    Likeness.REPLACED: (0, 60, 1000, 2000, 9000, 10000, 15000, 15000, 15000, 15000),
    Likeness.NUMBER: (0, 100, 300, 1000, 3000, 5000, 6000, 8000, 8000, 8000),
    Likeness.TWO_EDITS: (0, 0, 0, 40, 100, 150, 800, 3000, 5000, 8000),
}
_OWN_WORD: Final = ((9, 30), (14, 800), (1_000, 2_000))
"""A slip that makes words of their own is believed of so few names only, by length."""
_KNOWN_WORD: Final = 2
"""In so many used names a word stands that is one."""
_FIRST_LETTER: Final = 4
"""Nobody mistakes the first letter: by so much less far reaches what differs there."""


def reach(likeness: Likeness, length: int, *, first: bool = False, own_word: bool = False) -> int:
    """How many of the names that are used most can be meant, by the length of the one that is.

    `first` says that they differ in their first letter, `own_word` that what differs is a word that is used elsewhere.
    """
    most = _REACH[likeness][bisect_right(_LENGTHS, length)]
    if first and length < _LENGTHS[-3]:
        most //= _FIRST_LETTER
    return min(most, next(most for below, most in _OWN_WORD if length < below)) if own_word else most


def own_words(name: list[str], intended: list[str], names: Names) -> bool:
    """Whether all words that one name has and the other has not are known from elsewhere, and not short ones."""
    missing = [word for word in name if word not in intended]
    return bool(missing) and all(names.words.get(word, 0) >= _KNOWN_WORD and not word.isdigit() for word in missing)
