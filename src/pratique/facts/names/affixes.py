"""Words that are put before or behind a known name, and that say nothing of what would be in there."""

from collections.abc import Iterator
from typing import Final

from pratique.facts.names.targets import Targets

_BEFORE_WORDS: Final = """
    python python2 python3 py py2 py3 pip node nodejs js npm lib the my a new real true official original genuine
    easy simple plain get free fast quick super best better secure safe fixed pro open pure
"""
_BEFORE: Final = frozenset(_BEFORE_WORDS.split())
_BEHIND_WORDS: Final = """
    python python2 python3 py py2 py3 js node nodejs npm lib libs library plus pro lite light official original
    new latest beta stable fix fixed fixer patch patched update updated compat z x s free easy simple secure safe
    eng orm darwin linux windows win32 win64 provider provider2 providers2 providerz v1 v2 v3 v4
"""
_BEHIND: Final = frozenset(_BEHIND_WORDS.split())
_BEHIND_LONE_WORDS: Final = """
    sdk api apis client clients core util utils tool tools helper helpers package packages pkg pkgs module modules
    wrapper debug debugger mcp dev test tests
"""
_BEHIND_LONE: Final = frozenset(_BEHIND_LONE_WORDS.split())
"""Words that are ordinary behind a name which many others are made with, and odd behind one that stands alone."""
_ANY_BEHIND: Final = _BEHIND | _BEHIND_LONE
_GLUED_BEFORE: Final = (
    "python3",
    "python",
    "py3",
    "py",
    "nodejs",
    "node",
    "js",
    "lib",
    "the",
    "my",
    "new",
    "real",
    "easy",
    "get",
)
_GLUED_BEHIND: Final = (
    "python3", "python", "py3", "py", "nodejs", "node", "js", "libs", "lib", "sdk", "apis", "api", "client", "core", "utils",
    "util", "tools", "tool", "helpers", "helper", "plus", "pro", "lite", "official", "dev", "pkgs", "pkg", "debug", "fix", "new",
)  # fmt: skip
_BASE_MIN: Final = 4
_STUCK_BASE_MIN: Final = 6
_STUCK_MAX: Final = 9


def stripped(name_words: list[str]) -> Iterator[tuple[str, str]]:
    """A name without the empty words before or behind it, squashed, beside what was taken away."""
    count = len(name_words)
    begin = 0
    while begin < count - 1 and name_words[begin] in _BEFORE:
        begin += 1
        yield "".join(name_words[begin:]), "-".join(name_words[:begin])
    end = count
    while end > 1 and (name_words[end - 1] in _ANY_BEHIND or name_words[end - 1].isdigit()):
        end -= 1
        yield "".join(name_words[:end]), "-".join(name_words[end:])
        if 0 < begin < end:
            yield "".join(name_words[begin:end]), "-".join(name_words[:begin] + name_words[end:])


def unglued(squash: str) -> Iterator[tuple[str, str]]:
    """A squashed name without an empty word or a number that stands before or behind it with nothing between."""
    for word in _GLUED_BEFORE:
        if squash.startswith(word) and len(squash) - len(word) >= _BASE_MIN:
            yield squash[len(word) :], word
    for word in _GLUED_BEHIND:
        if squash.endswith(word) and len(squash) - len(word) >= _BASE_MIN:
            yield squash[: -len(word)], word
    base = squash.rstrip("0123456789")
    if _BASE_MIN <= len(base) < len(squash):
        yield base, squash[len(base) :]


def stuck(squash: str, targets: Targets, reach: int) -> Iterator[tuple[int, str]]:
    """Targets with a rank below `reach` that a squashed name begins or ends with: their rank, and the rest of the name."""
    length = len(squash)
    for size in range(max(_STUCK_BASE_MIN, length - _STUCK_MAX), length):
        for base, rest in ((squash[:size], squash[size:]), (squash[-size:], squash[:-size])):
            rank = targets.by_squash.get(base, reach)
            if rank < reach:
                yield rank, rest


def is_ordinary(word: str) -> bool:
    """Whether nothing is odd about this behind or before a name that many others are made with."""
    return any(each in _BEHIND_LONE for each in word.split("-"))
