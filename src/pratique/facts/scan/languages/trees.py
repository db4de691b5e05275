"""The tree that tree-sitter makes of a text, within bounds.

Of some texts its parsers follow many readings side by side, and take ever longer for each byte. Its queries count depths in 16
bits, so that of what is deeper they take many times as long, and leave it out; and at a sign that belongs to nothing they look
through all that follow it, up to the next name. All three are refused here. Between the rounds of a parser a timer can interrupt
it; a query is not interrupted.
"""

from typing import Final

from tree_sitter import Node, Parser, Point

from pratique.errors import LimitExceeded
from pratique.model import limits

_DEPTH_MAX: Final = 50_000
_STEP: Final = 2_000
_PIECE_BYTES: Final = 64 * 1024


def parsed(parser: Parser, data: bytes) -> Node:
    """The root of the tree of a text. The tree does not hold the text: what a node covers is cut out of `data`.

    Raises `LimitExceeded` for one that takes a parser or a query more work than any program does, or is nested too deeply.
    """
    bound = _Bound()

    def piece(start: int, _: Point) -> bytes:
        return data[start : start + _PIECE_BYTES]

    try:
        root = parser.parse(piece, progress_callback=bound.is_reached).root_node
    except BaseException as error:
        parser.reset()  # or it would go on with this text at the next one
        if bound.reached and isinstance(error, ValueError):
            raise LimitExceeded("it takes too much work to parse") from error
        raise
    _check_depth(root)
    _check_signs(root)
    return root


class _Bound:
    """How much work a parser may do: so many rounds, and more of them the further it has come.

    A round is a hundred operations. Programs take 28 for each KiB at most: 37,768 files of the benign corpus were counted.
    """

    __slots__ = ("_furthest", "_rounds", "reached")

    def __init__(self) -> None:
        self._rounds = self._furthest = 0
        self.reached = False

    def is_reached(self, place: int, _: bool, /) -> bool:  # noqa: FBT001 - as tree-sitter calls it
        """Count a round that ends at a place in bytes."""
        self._rounds += 1
        self._furthest = max(self._furthest, place)
        more = self._furthest * limits.SCAN_PARSED_ROUNDS_PER_KIB_MAX // 1024
        self.reached = self._rounds > limits.SCAN_PARSED_ROUNDS_MIN + more
        return self.reached


def _check_depth(root: Node) -> None:
    # Each node is at most one step deeper than the one before it, so that it is enough to ask some.
    cursor = root.walk()
    for place in range(0, root.descendant_count, _STEP):
        cursor.goto_descendant(place)
        if cursor.depth > _DEPTH_MAX - _STEP:
            raise LimitExceeded("nested too deeply to be followed")


def _check_signs(root: Node) -> None:
    """Errors are looked through for rows of signs: at each sign a query looks at the rest of its row."""
    looks = 0
    waiting = [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        row = 0
        for child in node.children:
            row = row + 1 if node.is_error and not child.is_named else 0
            looks += row
            if child.has_error:
                waiting.append(child)
        if looks > limits.SCAN_PARSED_LOOKS_MAX:
            raise LimitExceeded("too many signs in a row that belong to nothing")
