"""How deep a tree of tree-sitter is: its queries count depths in 16 bits.

Of what is deeper they take many times as long, in code that no timer can interrupt, and leave it out.
"""

from typing import Final

from tree_sitter import Node

from pratique.errors import InvalidInput

_DEPTH_MAX: Final = 50_000
_STEP: Final = 2_000


def check_depth(root: Node) -> None:
    """Raise `InvalidInput` for a tree that queries could not count."""
    # Each node is at most one step deeper than the one before it, so that it is enough to ask some.
    cursor = root.walk()
    for place in range(0, root.descendant_count, _STEP):
        cursor.goto_descendant(place)
        if cursor.depth > _DEPTH_MAX - _STEP:
            raise InvalidInput("nested too deeply to be followed")
