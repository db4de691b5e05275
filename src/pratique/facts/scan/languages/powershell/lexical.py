"""How PowerShell spells things: blanks, names, numbers, operators, escapes (language specification 3.0, chapter 2)."""

import re
from typing import Final

PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("\u2013\u2014\u2015", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u00a0\u0085\u1680\u2000\u2001\u2002\u2003\u2009\u200a\u202f\u205f\u3000", " "),
        "\0": " ",
    }
)
"""Dashes, quotes and blanks that the language takes for the plain ones; each is one character, so that places stay."""

BLANK: Final = re.compile(r"(?:[ \t\f\v]+|`\r?\n|#[^\r\n]*|<#(?s:.*?)(?:#>|\Z))*+")
"""What may stand between the words of one line: blanks, comments, and a line's end behind a backtick."""
LINES: Final = re.compile(r"(?:[ \t\f\v\r\n;]+|`\r?\n|#[^\r\n]*|<#(?s:.*?)(?:#>|\Z))*+")
"""What may stand between statements."""
GAP: Final = re.compile(r"(?:[ \t\f\v\r\n]+|`\r?\n|#[^\r\n]*|<#(?s:.*?)(?:#>|\Z))*+")
"""What may stand where a line may go on: blanks, line ends and comments."""
PIPE: Final = re.compile(r"\s*\|(?!\|)")
WORD: Final = re.compile(r"[A-Za-z_][\w-]*")
VARIABLE: Final = re.compile(r"\$(?:(?:(\w+):(?=[\w?]))?([\w?]+)|\{([^}]{0,1000}+)\}|([\^$]))")
SPLAT: Final = re.compile(r"@(?:\w+:)?(\w+)")
NUMBER: Final = re.compile(
    r"(?:0[xX][0-9a-fA-F]+|0[bB][01]+(?![\w])|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)(?:[uU]?[yYsSlL]|[dDnN])?(?:[kKmMgGtTpP][bB])?"
)
NUMBER_END: Final = re.compile(r"$|[\s;|&(){},.+*/%=\]<>!?:-]", re.MULTILINE)
NUMBERS: Final = re.compile(
    r"(?:0[xX][0-9a-fA-F]{1,4}|\d{1,5})(?:\s*,\s*(?:0[xX][0-9a-fA-F]{1,4}|\d{1,5})(?![\w.(\[:])){7,}+"
)
TYPE: Final = re.compile(r"\[\s*([A-Za-z_][\w.+`]*+(?:\s*+\[[\w.,\s+`\[\]]{0,400}?\])?)\s*\]")
TYPE_START: Final = re.compile(r"\[\s*[A-Za-z_][\w.]*\s*\(")
IN_ATTRIBUTE: Final = re.compile(r"""'(?:[^']|'')*+'|"(?:[^"`]|`.|"")*+"|[\[\]]|[^'"\[\]]+|['"]""", re.DOTALL)
FUNCTION: Final = re.compile(r"[^\s({$\"'`]+")
MEMBER: Final = re.compile(r"[A-Za-z_`][\w`]*")
PARAMETER: Final = re.compile(r"-[A-Za-z_?`][^\s:;|&(){}<>,.'\"$\[\]]*")
BARE: Final = re.compile(r"[^\s;|&(){}<>,'\"$`]+")
BARE_END: Final = re.compile(r"[\s;|&(){},<>]|\Z")
REDIRECT: Final = re.compile(r"([0-6*]?)(>>?|<)(&[0-9])?")
QUOTED: Final = re.compile(r"'((?:[^']|'')*)'")
PLAIN_DOUBLE: Final = re.compile(r'"([^"`$]*)"(?!")')
DOUBLE_RUN: Final = re.compile(r'[^"`$]+')
HERE_RUN: Final = re.compile(r"[^`$]+")
OPERATOR: Final = re.compile(
    r"""-(?:([ci]?)(eq|ne|ge|gt|lt|le|like|notlike|match|notmatch|replace|contains|notcontains|in|notin|split)
        |(join|isnot|is|as|and|or|xor|band|bor|bxor|shl|shr|f))(?![A-Za-z])
        |(\.\.|\?\?(?!=)|[*/%](?!=)|\+(?![+=])|-(?![-=]))""",
    re.IGNORECASE | re.VERBOSE,
)
UNARY: Final = re.compile(r"-(not|bnot|[ci]?split|join)(?![A-Za-z])", re.IGNORECASE)
ASSIGNED: Final = re.compile(r"(?:\?\?|[-+*/%])?=(?!=)")

LOGICAL, BITWISE, COMPARISON, COALESCE, ADDITION, PRODUCT, FORMAT, RANGE = range(1, 9)
"""Precedences of operators, the loosest first."""
PRECEDENCE: Final = {
    **dict.fromkeys(("and", "or", "xor"), LOGICAL),
    **dict.fromkeys(("band", "bor", "bxor"), BITWISE),
    "??": COALESCE,
    **dict.fromkeys(("+", "-"), ADDITION),
    **dict.fromkeys(("*", "/", "%"), PRODUCT),
    "f": FORMAT,
    "..": RANGE,
}
"""Of all others it is that of comparisons."""

ESCAPES: Final = {  # `e is an escape of newer versions only, and what older ones read as a letter is what attacks are written in
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\n": "",
}
CODE_POINT: Final = re.compile(r"u\{([0-9a-fA-F]{1,6})\}")
SCOPES: Final = frozenset({"global", "local", "script", "private", "using", "variable", "workflow"})
"""What stands before a colon in the name of a plain variable."""
SCALES: Final = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}


def number(text: str) -> int | float:
    """A number as it is written. Raises `ValueError` for what is none."""
    lower = text.lower()
    scale = SCALES.get(lower[-2:], 1)
    if scale > 1:
        lower = lower[:-2]
    if lower.startswith("0x"):
        digits = lower[2:].rstrip("uysln")
        return int(digits, 16) * scale if len(digits) <= 64 else 0
    lower = lower.rstrip("uysldn")
    if lower.startswith("0b"):
        return int(lower, 0) * scale
    if lower.isdecimal():
        return int(lower) * scale if len(lower) <= 64 else 0
    return float(lower) * scale


def variable_name(scope: str, name: str) -> str:
    """The name of a variable in one form: without a scope, with any other drive."""
    lower = name.lower()
    if not scope and ":" in lower:
        scope, _, lower = lower.partition(":")
    scope = scope.lower()
    if not scope or scope in SCOPES:
        return lower
    return f"{scope}:{lower}"


def type_name(name: str) -> str:
    """The name of a type in one form: lower case, no blanks, no `system.` in front."""
    return "".join(name.lower().split()).removeprefix("system.")
