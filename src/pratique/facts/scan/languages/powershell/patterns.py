"""Regular expressions of scanned code, as far as they can be worked out in a time that is known beforehand."""

import re
from functools import lru_cache
from typing import Final

_CHARACTERS_MAX: Final = 300
_TEXT_CHARACTERS_MAX: Final = {0: 4_000_000, 1: 4_000, 2: 400, 3: 100}
"""How long a text may be for a pattern with so many repetitions: the time grows with that power of the length."""
_RISKY: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*+(?:\]|\Z)|(\))?([*+?{])|(\(\?)")
_SIMPLE_WILDCARD: Final = 3


@lru_cache(maxsize=256)
def compiled(pattern: str, *, ignore_case: bool) -> "tuple[re.Pattern[str], int] | None":
    """A pattern, and how many repetitions are in it; None for one that could take long, or that is written in another way.

    No group is repeated, and none looks around: only then does the time grow no faster than a power of the text's length.
    """
    if len(pattern) > _CHARACTERS_MAX:
        return None
    repeats = 0
    for found in _RISKY.finditer(pattern):
        if found[1] or found[3]:
            return None
        repeats += bool(found[2])
    if repeats > max(_TEXT_CHARACTERS_MAX):
        return None
    try:
        return re.compile(pattern, re.IGNORECASE if ignore_case else 0), repeats
    except (re.error, OverflowError, RecursionError):
        return None


def _ready(text: str, pattern: str, *, ignore_case: bool) -> "re.Pattern[str] | None":
    """A pattern for a text, if it comes to an end in time."""
    found = compiled(pattern, ignore_case=ignore_case)
    return found[0] if found is not None and len(text) <= _TEXT_CHARACTERS_MAX[found[1]] else None


def replaced(text: str, pattern: str, replacement: str, *, ignore_case: bool, longest: int) -> str | None:
    """A text with a pattern replaced; None where that is not worked out. `$1` and `${1}` stand for groups."""
    expression = _ready(text, pattern, ignore_case=ignore_case)
    if expression is None or len(text) * (len(replacement) + 1) > longest:
        return None

    def put(match: "re.Match[str]") -> str:
        return re.sub(r"\$(?:(\d)|\{(\d)\}|\$)", lambda group: _group(match, group), replacement)

    return expression.sub(put if "$" in replacement else lambda _: replacement, text)


def _group(match: "re.Match[str]", group: "re.Match[str]") -> str:
    number = group[1] or group[2]
    if number is None:
        return "$"
    if int(number) > (match.re.groups or 0):
        return group[0]
    return match[int(number)] or ""


def parted(text: str, pattern: str, *, ignore_case: bool) -> list[str] | None:
    """A text cut where a pattern matches; None where that is not worked out."""
    expression = _ready(text, pattern, ignore_case=ignore_case)
    return expression.split(text) if expression is not None and not expression.groups else None


def matches(text: str, pattern: str, *, ignore_case: bool) -> list[str] | None:
    """Everything in a text that a pattern matches; None where that is not worked out."""
    expression = _ready(text, pattern, ignore_case=ignore_case)
    return None if expression is None else [each[0] for each in expression.finditer(text)]


def like(name: str, wildcard: str) -> bool:
    """Whether a name is like a wildcard, in which `*`, `?` and `[…]` may stand; both in lower case."""
    if wildcard.count("*") > _SIMPLE_WILDCARD or len(wildcard) > 64:
        return False
    parts = re.split(r"(\*|\?|\[[^\]\[]{1,20}\])", wildcard)
    written = {"*": ".*", "?": "."}
    pattern = "".join(
        written.get(part, part if part[:1] == "[" and len(part) > 1 else re.escape(part)) for part in parts
    )
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return False
