"""Which texts no version of Python 3 can run: old code, templates, test data for parsers.

The gate's own parser knows one version. A text that it refuses may be fine for a newer one, so it counts as unread, unless
one of two things shows that it is wrong to all: something in it that no version has ever taken, or that nothing in it is
newer than the oldest version this project runs on (3.11), for grammars only grow.
"""

import io
import keyword
import re
import tokenize
from collections.abc import Iterator
from typing import Final

_NEWER_STRINGS: Final = re.compile(r"(?<!\w)(?:[ft]r?|r[ft])['\"]", re.IGNORECASE)
"""Strings that newer versions read in another way (3.12: f-strings, 3.14: t-strings): where they are, words may be text."""
_NEWER: Final = re.compile(
    r"\b(?:def|class)[\s\\]+\w+[\s\\]*\["  # 3.12: type parameters
    r"|(?:^|[;:])[ \t\f]*type[\s\\]+\w"  # 3.12: type statements
    r"|\bexcept\b(?:[^:(\n,\\]{0,1000}[,\\]|[^:(\n,\\]{1000})"  # 3.14: several exceptions without parentheses
    r"|[\[({,](?:[\s\\]|#[^\n]*\n)*\*"  # 3.15: unpacking in comprehensions
    r"|\blazy[\s\\]+(?:import|from)\b",  # 3.15: lazy imports
    re.MULTILINE,
)
_OF_THIS_VERSION: Final = re.compile(
    r"too many|Exceeds the limit|\(unicode error\)|invalid (?:non-printable )?character|unknown encoding"
)
"""What one version refuses for limits and tables of its own: depth, digits, the characters that Unicode had."""
_BETWEEN: Final = frozenset(
    {"and", "or", "in", "is", "if", "else", "for", "not", "as", "from", "import", "async", "await"}
)
_IGNORED: Final = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING})


def never_runs(text: str, message: str) -> bool:
    """Whether a text that this Python refuses with `message` is refused by every Python 3 up to 3.15."""
    if _NEWER_STRINGS.search(text):
        return False
    if not _NEWER.search(text) and not _OF_THIS_VERSION.match(message):
        return True
    return any(_impossible(one, two) for one, two in _pairs(text))


def _pairs(text: str) -> Iterator[tuple[tokenize.TokenInfo, tokenize.TokenInfo]]:
    """Neighbouring tokens, as far as the text can be cut into any."""
    before: tokenize.TokenInfo | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _IGNORED:
                continue
            if before is not None:
                yield before, token
            before = token
    except (tokenize.TokenError, SyntaxError):
        return


def _impossible(one: tokenize.TokenInfo, two: tokenize.TokenInfo) -> bool:
    """Whether two tokens can stand beside each other in no version: `print "x"`, `ur"x"`, `0777`, a backtick, `{% if`."""
    if two.string == "`" or (one.string, two.string) == ("{", "%"):
        return True
    named = one.type == tokenize.NAME and not keyword.iskeyword(one.string) and not keyword.issoftkeyword(one.string)
    if two.type == tokenize.STRING:
        return named
    if two.type == tokenize.NUMBER:
        return named or one.type == tokenize.NUMBER
    if one.string in ("print", "exec") and two.type == tokenize.NAME:
        return two.string not in _BETWEEN
    return False
