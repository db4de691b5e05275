"""Somebody else's words, made fit to be shown: on one line, printable, bounded."""

from pratique.model import limits


def clean(text: str) -> str:
    """Somebody else's words on one line: printable, and shortened visibly."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= limits.QUOTE_CHARACTERS_MAX else line[: limits.QUOTE_CHARACTERS_MAX - 1] + "…"


def quoted(text: str) -> str:
    """Somebody else's words in quotation marks."""
    return f'"{clean(text)}"'
