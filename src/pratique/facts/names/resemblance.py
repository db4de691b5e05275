"""What makes one name look like another, and how that is said to a person."""

from enum import StrEnum
from typing import Final

import msgspec


class Likeness(StrEnum):
    """How a name resembles a used one. The values are recorded, and never change their meaning."""

    SEPARATORS = "separators"
    WORD_ORDER = "word-order"
    CONFUSABLE = "confusable"
    TRANSPOSED = "transposed"
    REPEATED = "repeated"
    NEIGHBOUR_KEY = "neighbour-key"
    VOWEL = "vowel"
    DROPPED = "dropped"
    ADDED = "added"
    REPLACED = "replaced"
    TWO_EDITS = "two-edits"
    NUMBER = "number"
    AFFIX = "affix"
    GLUED = "glued"
    MODULE = "module"
    OTHER_ECOSYSTEM = "other-ecosystem"
    INTERNAL = "internal"


class Resemblance(msgspec.Struct, frozen=True, gc=False):
    """A used name that another may have been meant for.

    `distance` grows with how unlikely that is; `rank` is the place of the intended name among those that are used most, from 0.
    `detail` is the letters or the word that make the difference, where one sentence needs them.
    """

    likeness: Likeness
    intended: str
    rank: int
    distance: float
    detail: str = ""


_SAYS: Final[dict[Likeness, str]] = {
    Likeness.SEPARATORS: "written with other separators than {intended}",
    Likeness.WORD_ORDER: "the words of {intended} in another order",
    Likeness.CONFUSABLE: "letters that look alike stand for those of {intended}",
    Likeness.TRANSPOSED: "two letters of {intended} are exchanged",
    Likeness.REPEATED: "a letter of {intended} is doubled, or one that is doubled is not",
    Likeness.NEIGHBOUR_KEY: "the key beside a letter of {intended} was struck",
    Likeness.VOWEL: "one vowel of {intended} is another",
    Likeness.DROPPED: "one letter of {intended} is missing",
    Likeness.ADDED: "one letter more than {intended}",
    Likeness.REPLACED: "one letter of {intended} is another",
    Likeness.TWO_EDITS: "two letters away from {intended}",
    Likeness.NUMBER: "{intended} with another number",
    Likeness.AFFIX: "{intended} with `{detail}` added, which says nothing",
    Likeness.GLUED: "{intended} with `{detail}` stuck to it",
    Likeness.MODULE: "the name that is imported; the project is called {intended}",
    Likeness.OTHER_ECOSYSTEM: "a name much used in {detail}, and hardly here",
    Likeness.INTERNAL: "like {intended}, a name of this organisation",
}


def said(found: Resemblance, *, used: bool = True) -> str:
    """A resemblance in plain words, without a full stop; `used` adds that the other name is used by many."""
    text = _SAYS[found.likeness].format(intended=found.intended, detail=found.detail)
    plain = found.likeness in (Likeness.MODULE, Likeness.OTHER_ECOSYSTEM, Likeness.INTERNAL)
    return text if plain or not used else f"{text}, a name used by many"
