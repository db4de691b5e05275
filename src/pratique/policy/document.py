"""The text of a policy into a TOML document, within bounds, or the one mistake that keeps it from being read."""

import re
import tomllib
from collections.abc import Mapping
from typing import Final

from pratique.errors import InvalidPolicy, Mistake
from pratique.model import limits
from pratique.policy.toml_lines import STRING

_LINE_IN_MESSAGE: Final = re.compile(r"at line (\d+)")
_UNSEEN: Final = re.compile(rf"{STRING}|#[^\n]*", re.DOTALL)
_SIGNS: Final = re.compile(r"[\[\]{}.\n,=]")


def parse(text: str, source: str) -> Mapping[str, object]:
    """The document. Raises `InvalidPolicy` for a text that is too long, too deep, or no TOML."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InvalidPolicy(source, (Mistake(line, "not readable as UTF-8: half of a surrogate pair"),)) from error
    if size > limits.POLICY_BYTES_MAX:
        raise InvalidPolicy(source, (Mistake(0, f"a policy has at most {limits.POLICY_BYTES_MAX} bytes"),))
    deep = _too_deep(text)
    if deep:
        message = f"tables, lists and dotted keys go at most {limits.POLICY_DEPTH_MAX} levels deep"
        raise InvalidPolicy(source, (Mistake(deep, message),))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE_IN_MESSAGE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise InvalidPolicy(source, (Mistake(line, f"not readable as TOML: {error}"),)) from error
    except ValueError as error:
        raise InvalidPolicy(source, (Mistake(0, "a number in it has more digits than anybody needs"),)) from error


def _too_deep(text: str) -> int:
    """The first line that goes deeper than allowed; 0 when none does.

    Looked at before the text is parsed: the parser recurses into brackets, and its time grows with the square of dotted keys.
    """
    seen = _UNSEEN.sub(lambda match: "\n" * match[0].count("\n"), text)
    depth, line, dots = 0, 1, 0
    for character in _SIGNS.findall(seen):
        if character == ".":
            dots += 1
        else:
            dots = 0
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth = max(0, depth - 1)
        elif character == "\n":
            line += 1
        if max(depth, dots) > limits.POLICY_DEPTH_MAX:
            return line
    return 0
