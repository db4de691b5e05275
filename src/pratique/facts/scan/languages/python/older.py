"""Python that this Python's parser refuses, written so that it takes it: Python 2, and what is newer than this Python.

The tree is that of tree-sitter's grammar, which takes the statements of all versions. Each thing is written anew where it stands,
so that lines stay the same. What comes out is for looking at only: of `print >>f, x` it is enough that both are used.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable
from typing import Final, TypeAlias

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from pratique.facts.scan.languages.trees import parsed

_LANGUAGE: Final = Language(tree_sitter_python.language())
_PARSER: Final = Parser(_LANGUAGE)
_WANTED: Final = Query(
    _LANGUAGE,
    """[(print_statement) (exec_statement) (except_clause) (raise_statement) (comparison_operator) (string) (integer)
    (tuple_pattern) (type_parameter) (type_alias_statement) (list_splat) (keyword_argument) (identifier)] @found""",
)
_SIMPLE: Final = Query(
    _LANGUAGE, "[(expression_statement) (return_statement) (import_from_statement) (assert_statement)] @found"
)
_STATEMENT_LINES_MAX: Final = 60
_ENDS: Final = frozenset({tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER})
_BEGINS: Final = frozenset(
    {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENCODING}
)
_IGNORED: Final = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_LAZY: Final = re.compile(rb"^([ \t]*)lazy[ \t]+(?=(?:import|from)\b)", re.MULTILINE)
_CONSTANTS: Final = re.compile(rb"^([ \t]*)(?:(?:True|False|None)[ \t]*,?[ \t]*)+(?==[^=])", re.MULTILINE)
"""Names that became constants where they were given a value."""
_CODE: Final = re.compile(r"\s*[^\s(=.,)\[:]")
"""What stands behind `exec` where it is a statement."""
_LINE_END: Final = re.compile(r"\n")
_OCTAL: Final = re.compile(rb"0+([0-7]*)[lL]?")
_RESERVED: Final = frozenset({b"async", b"await", b"nonlocal"})
_PARAMETERS: Final = frozenset({"parameters", "lambda_parameters"})

Edit: TypeAlias = tuple[int, int, bytes]
"""What is written in place of the bytes from the first to the second."""


def rewritten(text: str) -> str:
    """A text with everything that is older or newer than this Python written as it is read here. Lines stay the same.

    Raises `LimitExceeded` for one that is nested too deeply, or takes too much work.
    """
    source = _with_calls_of_exec(text).encode("utf-8", errors="surrogatepass")
    source = _CONSTANTS.sub(rb"\1_ ", _LAZY.sub(rb"\1", source))
    root = parsed(_PARSER, source)
    edits: list[Edit] = []
    nodes = QueryCursor(_WANTED).captures(root).get("found", [])
    reached = 0
    for node in sorted(nodes, key=lambda each: (each.start_byte, -each.end_byte)):
        if node.end_byte <= reached:
            continue  # inside of what is written anew as a whole
        new = _BY_KIND[node.type](node, source)
        reached = node.end_byte if (node.start_byte, node.end_byte) in {edit[:2] for edit in new} else reached
        edits += new
    return _applied(source, edits).decode("utf-8", errors="replace")


def _with_calls_of_exec(text: str) -> str:
    """`exec code in names` as a call. The grammar knows the statement with a name or a text only, so tokens are gone by."""
    begins = True
    depth = 0
    inside = False
    last = (0, 0)
    edits: list[tuple[tuple[int, int], int, str]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if inside and depth == 0 and (token.type in _ENDS or token.string == ";"):
                edits.append((last, 0, ")"))
                inside = False
            elif inside and depth == 0 and token.string == "in":
                edits.append((token.start, 2, ", "))
            elif begins and token.string == "exec" and token.type == tokenize.NAME:
                inside = _CODE.match(token.line, token.end[1]) is not None
                if inside:
                    edits.append((token.start, 4, "exec("))
            depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
            begins = token.type in _BEGINS or token.string in (";", ":")
            last = last if token.type in _IGNORED else token.end
    except (tokenize.TokenError, SyntaxError):
        pass  # what stands in front of the place has been seen
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))] if edits else []
    parts, place = [], 0
    for (row, column), size, new in sorted(edits):
        start = starts[row - 1] + column
        parts += [text[place:start], new]
        place = start + size
    return "".join([*parts, text[place:]])


def _applied(source: bytes, edits: list[Edit]) -> bytes:
    """The text after its edits, from the first to the last; one that lies in another is left out."""
    parts: list[bytes] = []
    place = 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        if start >= place:
            parts += [source[place:start], new]
            place = end
    return b"".join([*parts, source[place:]])


def _text(node: Node, source: bytes) -> bytes:
    return source[node.start_byte : node.end_byte]


def _blank(node: Node, source: bytes, instead: bytes = b"") -> Edit:
    """Nothing in place of a node, but the lines that it is long."""
    return node.start_byte, node.end_byte, instead + b"\\\n" * _text(node, source).count(b"\n")


def _print(node: Node, _: bytes) -> list[Edit]:
    arrows = [child.start_byte for child in node.children if child.type == "chevron"]
    return [
        (node.start_byte, node.start_byte + 5, b"print("),
        *((start, start + 2, b"") for start in arrows),
        (node.end_byte, node.end_byte, b")"),
    ]


def _exec(node: Node, _: bytes) -> list[Edit]:
    edits: list[Edit] = [(node.start_byte, node.start_byte + 4, b"exec(")]
    edits += [(child.start_byte, child.end_byte, b",") for child in node.children if child.type == "in"]
    return [*edits, (node.end_byte, node.end_byte, b")")]


def _except(node: Node, _: bytes) -> list[Edit]:
    """`except A, e:` of Python 2, and `except A, B:` of 3.14, which has no second meaning here."""
    commas = [child for child in node.children if child.type == ","]
    values = node.children_by_field_name("value")
    if not commas or len(values) < 2:
        return []
    if len(values) == 2 and values[1].type == "identifier":
        return [(commas[0].start_byte, commas[0].end_byte, b" as")]
    return [(values[0].start_byte, values[0].start_byte, b"("), (values[-1].end_byte, values[-1].end_byte, b")")]


def _raise(node: Node, _: bytes) -> list[Edit]:
    """`raise E, text` and `raise E, text, traceback`."""
    for child in node.children:
        if child.type == "expression_list":
            comma = next((each for each in child.children if each.type == ","), None)
            if comma is not None:
                return [(comma.start_byte, comma.end_byte, b"("), (child.end_byte, child.end_byte, b")")]
    return []


def _comparison(node: Node, _: bytes) -> list[Edit]:
    return [(child.start_byte, child.end_byte, b"!=") for child in node.children if child.type == "<>"]


def _string(node: Node, source: bytes) -> list[Edit]:
    text = _text(node, source)
    if text[:1] == b"`":
        return [
            (node.start_byte, node.start_byte + 1, b"repr("),
            (node.end_byte - 1, node.end_byte, b")"),
        ]
    if text[:2].lower() == b"ur":
        return [(node.start_byte, node.start_byte + 2, b"r")]
    prefix = text[:3].lower().partition(b"'")[0].partition(b'"')[0]
    if b"t" in prefix:
        return [(node.start_byte, node.start_byte + len(prefix), prefix.replace(b"t", b"f"))]
    if b"f" in prefix and not _readable(text):
        return [(node.start_byte, node.end_byte, _put_together(node, source))]
    return []


def _readable(text: bytes) -> bool:
    try:
        ast.parse(b"(" + text + b")", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _put_together(node: Node, source: bytes) -> bytes:
    """A formatted text as a sum of its parts: quotes within quotes are read from 3.12 on only."""
    parts: list[bytes] = []
    for child in node.children:
        if child.type == "string_content":
            parts.append(repr(_text(child, source).decode("utf-8", errors="replace")).encode())
        elif child.type == "interpolation":
            inner = child.child_by_field_name("expression")
            parts.append(b"str(" + _text(inner, source) + b")" if inner is not None else b"''")
    whole = b"(" + (b" + ".join(parts) or b"''")
    return whole + b"\n" * (_text(node, source).count(b"\n") - whole.count(b"\n")) + b")"


def _integer(node: Node, source: bytes) -> list[Edit]:
    text = _text(node, source)
    octal = _OCTAL.fullmatch(text)
    if octal is not None and octal[1]:
        return [(node.start_byte, node.end_byte, b"0o" + octal[1])]
    new = text.rstrip(b"lL") if text[:1].isdigit() else text
    if new[:2].lower() not in (b"0x", b"0b", b"0o"):
        new = new.lstrip(b"0") or b"0"
    return [(node.start_byte, node.end_byte, new)] if new != text else []


def _tuple_pattern(node: Node, source: bytes) -> list[Edit]:
    """A parameter that takes a tuple apart. What it is called inside is lost."""
    if node.parent is None or node.parent.type not in _PARAMETERS:
        return []
    return [_blank(node, source, b"_%d" % node.start_byte)]


def _type_parameter(node: Node, source: bytes) -> list[Edit]:
    if node.parent is None or node.parent.type not in ("function_definition", "class_definition"):
        return []
    return [_blank(node, source)]


def _type_alias(node: Node, source: bytes) -> list[Edit]:
    return [_blank(node, source, b"pass")]


def _splat(node: Node, _: bytes) -> list[Edit]:
    """Unpacking in a comprehension, of 3.15."""
    if node.parent is None or not node.parent.type.endswith(("comprehension", "generator_expression")):
        return []
    return [(node.start_byte, node.start_byte + 1, b" ")]


def _keyword(node: Node, source: bytes) -> list[Edit]:
    name = node.child_by_field_name("name")
    return [] if name is None else _identifier(name, source)


def _identifier(node: Node, source: bytes) -> list[Edit]:
    """Words that were names before they were reserved."""
    text = _text(node, source)
    return [(node.end_byte, node.end_byte, b"_")] if text in _RESERVED else []


_BY_KIND: Final[dict[str, Callable[[Node, bytes], list[Edit]]]] = {
    "print_statement": _print,
    "exec_statement": _exec,
    "except_clause": _except,
    "raise_statement": _raise,
    "comparison_operator": _comparison,
    "string": _string,
    "integer": _integer,
    "tuple_pattern": _tuple_pattern,
    "type_parameter": _type_parameter,
    "type_alias_statement": _type_alias,
    "list_splat": _splat,
    "keyword_argument": _keyword,
    "identifier": _identifier,
}


def statements(text: str) -> dict[int, tuple[int, int]]:
    """Of each line of a simple statement that has several lines, the first and the last of it; lines count from 0.

    Raises `LimitExceeded` for a text that is nested too deeply, or takes too much work.
    """
    found: dict[int, tuple[int, int]] = {}
    root = parsed(_PARSER, text.encode("utf-8", errors="surrogatepass"))
    for node in QueryCursor(_SIMPLE).captures(root).get("found", []):
        first, last = node.start_point.row, node.end_point.row
        if first < last < first + _STATEMENT_LINES_MAX:
            found.update(dict.fromkeys(range(first, last + 1), (first, last)))
    return found
