"""A Python file as text and as a tree: its declared encoding, the normal form of its identifiers. Nothing is executed."""

import ast
import re
import unicodedata
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.languages.python.never_python import never_runs

_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_ASCII_COMPATIBLE: Final = frozenset({"utf-8", "utf8", "ascii", "us-ascii", "latin1", "iso-8859-1"})
_NAMES: Final = (
    ("utf-8", "utf-8"),
    *((name, "iso-8859-1") for name in ("latin-1", "iso-8859-1", "iso-latin-1")),
    # Known on Windows only; for the letters of identifiers any encoding of that kind is the same.
    *((name, "iso-8859-1") for name in ("mbcs", "ansi", "dbcs", "oem")),
)
"""Prefixes of encoding names that CPython takes for an encoding, whatever follows behind a hyphen, and that encoding."""


def searchable(data: bytes) -> bytes:
    """A module in a form in which each of its identifiers can be found by its letters.

    That is the bytes themselves where they are plain ASCII, else the decoded text in the normal form of identifiers (NFKC).
    Null bytes are left out, so that a text of wider characters is found too. Raises `LookupError` for an encoding that Python
    does not know, and `InvalidInput` where the bytes are not in the encoding they declare.
    """
    declared = _encoding(data)
    if declared in _ASCII_COMPATIBLE and data.isascii() and b"\0" not in data:
        return data
    try:
        text = data.replace(b"\0", b"").decode(declared)
    except (UnicodeError, ValueError):
        if declared not in _ASCII_COMPATIBLE:
            raise InvalidInput(f"it is not in the encoding it declares: {declared}") from None
        text = data.replace(b"\0", b"").decode("utf-8", errors="replace")
    return unicodedata.normalize("NFKC", text).encode("utf-8", errors="surrogatepass")


def as_text(data: bytes) -> str:
    """A module's text in the normal form of identifiers. Raises as `searchable` does."""
    return searchable(data).decode("utf-8", errors="replace")


def tree_of(data: bytes) -> ast.Module | None:
    """The tree of a module; None for a text that no version of Python 3 can run.

    Raises `InvalidInput` for what this Python cannot read and another might, and `LimitExceeded` for what is nested too deeply.
    """
    try:
        return ast.parse(data)
    except SyntaxError as error:
        if b"\0" not in data and never_runs(as_text(data), error.msg):
            return None
        raise InvalidInput(f"not readable as Python here: {error.msg}") from error
    except ValueError as error:
        raise InvalidInput(f"not readable as Python here: {type(error).__name__}") from error
    except (RecursionError, MemoryError) as error:
        raise LimitExceeded(f"not readable as Python here: {type(error).__name__}") from error


def _encoding(data: bytes) -> str:
    """The declared encoding (PEP 263): in one of the first two lines, UTF-8 otherwise. Named as CPython's tokenizer does."""
    for line in _LINE_END.split(data.removeprefix(b"\xef\xbb\xbf"), maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found is not None:
            name = found[1].decode("latin-1").lower().replace("_", "-")
            return next((real for prefix, real in _NAMES if f"{name}-".startswith(f"{prefix}-")), name)
        if line.strip(b" \t\f") and not line.lstrip(b" \t\f").startswith(b"#"):
            break
    return "utf-8"
