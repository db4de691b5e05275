"""Functions of others that a file replaces, and payment addresses beside them."""

import re
from typing import Final

from pratique.facts.scan.languages.javascript import places
from pratique.facts.scan.languages.javascript.moments import Moments

_ADDRESSES: Final = re.compile(
    rb"[\"'`](?:0x[0-9a-fA-F]{40}|bc1[a-z0-9]{25,60}|T[1-9A-HJ-NP-Za-km-z]{33}|[13][1-9A-HJ-NP-Za-km-z]{25,33}"
    rb"|[LM][1-9A-HJ-NP-Za-km-z]{26,33}|[1-9A-HJ-NP-Za-km-z]{43,44})[\"'`]"
)
_SHAPES: Final = re.compile(
    rb"0x\[a-fA-F0-9\]\{40\}|0x\[0-9a-fA-F\]\{40\}|\[13\]\[a-km-zA-HJ-NP-Z1-9\]|bc1\[|\[1-9A-HJ-NP-Za-km-z\]\{3[0-9]|\[LM3\]\["
)
_PAYING: Final = re.compile(rb"ethereum|solana|XMLHttpRequest|fetch|clipboard")
_ADDRESSES_MIN: Final = 2
_SHAPES_MIN: Final = 2


def look(module: Moments) -> None:
    """Tell of what is replaced; beside lists of addresses or the shapes of several kinds, payments are led elsewhere."""
    first = None
    for hit in places.near(places.PATCHED, places.ASSIGNED, module.data):
        node = module.at(hit.start(1), hit.end(1))
        if not places.stands_alone(module.data, hit.start(1)) and b"." not in hit[1]:
            continue
        around = module.parent(node)
        while around is not None and around.type == "member_expression":
            node, around = around, module.parent(around)
        if around is None or around.type != "assignment_expression":
            continue
        module.emit("code.patch", node, text=module.text(node))
        if first is None and _PAYING.search(hit[1]):
            first = node
    if first is None:
        return
    addresses = {hit[0] for hit in _ADDRESSES.finditer(module.data)}
    shapes = {hit[0] for hit in _SHAPES.finditer(module.data)}
    if len(addresses) >= _ADDRESSES_MIN and len(shapes) >= _SHAPES_MIN:
        module.emit("harm.address_swap", first, text=f"{len(addresses)} addresses beside {module.text(first)}")
