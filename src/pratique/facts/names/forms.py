"""Forms of a name in which others are looked for: without separators, and with look-alike letters as one."""

import re
import unicodedata
from typing import Final

_SEPARATORS: Final = re.compile(r"[-_.@/]+")
_GONE: Final = str.maketrans("", "", "-_.@/")

_LETTERS: Final = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "i": "l",
        "|": "l",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "$": "s",
        # Letters of other scripts that are drawn as Latin ones are.
        **dict(zip("аеосрхуіјѕԁһӏькмнтвг", "aeocpxyijsdhlbkmhtbr", strict=True)),
        **dict(zip("αεοςρχυιικνητωγ", "aeocpxuilkvntwy", strict=True)),
        **dict(zip("ıłøđß", "llodb", strict=True)),
    }
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def squashed(name: str) -> str:
    """A name without its separators, `@` and `/` among them; also many names at once, with a line end between."""
    return name.translate(_GONE)


def words(name: str) -> list[str]:
    """The words between a name's separators."""
    return [each for each in _SEPARATORS.split(name) if each]


def skeleton(squash: str) -> str:
    """A squashed name in which letters and pairs that look alike are one: two such names are the same. Also of many at once."""
    plain = squash
    if not squash.isascii():
        parts = unicodedata.normalize("NFKD", squash)
        plain = "".join(each for each in parts if not unicodedata.combining(each))
    text = plain.translate(_LETTERS)
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text
