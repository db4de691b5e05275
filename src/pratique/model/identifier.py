"""Names for decisions and waivers that people read aloud and type: 80 bits in Crockford's base 32."""

import re
from typing import Final

from pratique.errors import InvalidInput

ID_CHARACTERS: Final = 16
ID_BYTES: Final = 10
PREFIX_CHARACTERS_MIN: Final = 4
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None})
_FORM: Final = re.compile(f"[{_ALPHABET}]{{{PREFIX_CHARACTERS_MIN},{ID_CHARACTERS}}}")


def identifier(data: bytes) -> str:
    """The identifier made of the first ten of some bytes: 16 characters."""
    number = int.from_bytes(data[:ID_BYTES], "big")
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(ID_CHARACTERS)))


def is_identifier(text: str) -> bool:
    """Whether a text is a whole identifier, as `identifier` writes them."""
    return len(text) == ID_CHARACTERS and _FORM.fullmatch(text) is not None


def read_identifier(text: str) -> str:
    """An identifier as somebody typed it, or its beginning: any case, O for 0, I and L for 1, dashes anywhere.

    Raises `InvalidInput` for what is none, and for a beginning of fewer than four characters.
    """
    read = text.strip().upper().translate(_MISREAD)
    if not _FORM.fullmatch(read):
        raise InvalidInput(
            f"{text[:40]} is no id: it has {ID_CHARACTERS} letters and digits, of which the first"
            f" {PREFIX_CHARACTERS_MIN} or more are enough",
            advice="pratique log tail shows the newest ones",
        )
    return read
