"""What well-known packers wrap up, unwrapped by what they do: words for numbers, and tables of texts."""

import re
from typing import Final

from pratique.facts.scan.languages.javascript.folding import number_of
from pratique.facts.scan.value import Value
from pratique.model import limits

PACKER: Final = re.compile(r"function\s*\w*\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e\s*,\s*[dr]\s*\)")
_WORD: Final = re.compile(r"\b\w+\b")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PARTS: Final = 4
_PLACES_MAX: Final = 8


def unpacked(given: list[Value]) -> str | None:
    """The code behind `eval(function(p,a,c,k,e,d){...}(text, base, count, words, ...))`; None where it is none.

    Each word of the text is a number of that base, and stands for the word at that place in the list.
    """
    if len(given) < _PARTS or not isinstance(given[0].constant, str) or given[3].items is None:
        return None
    base = number_of(given[1])
    if base is None or not 1 < base <= len(_DIGITS):
        return None
    words = [each.text for each in given[3].items]

    def word(found: "re.Match[str]") -> str:
        place = _number(found[0], int(base))
        return words[place] if place is not None and place < len(words) and words[place] else found[0]

    if len(given[0].text) * max(map(len, words), default=1) > limits.SCAN_DECODED_BYTES_MAX * _PLACES_MAX:
        return None
    text = _WORD.sub(word, given[0].text)
    return text if len(text) <= limits.SCAN_DECODED_BYTES_MAX else None


def _number(word: str, base: int) -> int | None:
    number = 0
    for each in word[:_PLACES_MAX]:
        digit = _DIGITS.find(each)
        if not 0 <= digit < base:
            return None
        number = number * base + digit
    return number if len(word) <= _PLACES_MAX else None
