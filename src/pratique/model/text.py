"""Somebody else's words, made fit to be shown: on one line, visible, bounded."""

from typing import Final

from pratique.model import limits

_INVISIBLE: Final = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),  # joins letters and shows nothing
        (0x115F, 0x1160),  # fillers of Hangul, which count as letters
        (0x17B4, 0x17B5),  # vowels that are inherent
        (0x180B, 0x180F),  # Mongolian selectors of forms
        (0x2800, 0x2800),  # a Braille pattern without dots
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),  # selectors of forms
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)
"""What shows nothing although Python counts it as printable (Unicode: Default_Ignorable_Code_Point, and blank Braille)."""

_READ_CHARACTERS_MAX: Final = 4 * limits.QUOTE_CHARACTERS_MAX


def clean(text: str) -> str:
    """Somebody else's words on one line, shortened visibly.

    Controls, escapes, marks that turn the direction of writing and characters without a form of their own become spaces.
    """
    shown = (character if _visible(character) else " " for character in text[:_READ_CHARACTERS_MAX])
    line = " ".join("".join(shown).split())
    if len(line) <= limits.QUOTE_CHARACTERS_MAX and len(text) <= _READ_CHARACTERS_MAX:
        return line
    return line[: limits.QUOTE_CHARACTERS_MAX - 1] + "…"


def quoted(text: str) -> str:
    """Somebody else's words in quotation marks, which they cannot end."""
    return '"' + clean(text.replace('"', "'")) + '"'


def _visible(character: str) -> bool:
    return character.isprintable() and character not in _INVISIBLE
