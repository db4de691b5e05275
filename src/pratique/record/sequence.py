"""How a tree grows: from its right edge and new entries to tiles, a signed checkpoint, and the next edge. Pure.

A store signs only what continues what it found. `take_up` reads the edge from stored tiles and proves it: the newest
checkpoint is signed by the same key, the tiles lead to its root, and the tree continues the one that was known. A ledger that
was rolled back or exchanged under a running process is thus never signed on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput, Tampered
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import Frontier, leaf_hash
from pratique.record.note import VerifierKey
from pratique.record.tiles import TileReader, grow, hash_reader

_NOTHING: Final = Frontier()


@dataclass(frozen=True, slots=True)
class Edge:
    """A signed checkpoint (empty for an empty log) and the right edge of its tree."""

    note: str = ""
    frontier: Frontier = _NOTHING


@dataclass(frozen=True, slots=True)
class Growth:
    """What a commit adds: the index of its first entry, the tiles it changes (level, number, hashes), and the new edge."""

    first: int
    tiles: tuple[tuple[int, int, bytes], ...]
    edge: Edge


def extend(edge: Edge, entries: Sequence[bytes], origin: str, sign: Callable[[str], str], tile: TileReader) -> Growth:
    """Add entries, at least one, to the tree at `edge`, and sign.

    The checkpoint names the size of the one before it, so that none can be taken out unnoticed. Raises `Tampered` when a tile
    does not hold what the edge says, and what `sign` raises.
    """
    first = edge.frontier.size
    frontier, tiles = grow(edge.frontier, [leaf_hash(entry) for entry in entries], tile)
    note = sign(Checkpoint(origin, frontier.size, frontier.root, first).text)
    return Growth(first, tuple(tiles), Edge(note, frontier))


def take_up(size: int, note: str, key: VerifierKey, tile: TileReader, known: Edge | None) -> Edge:
    """The edge of a stored log whose newest checkpoint is `note` (empty for an empty log), of `size`.

    `known` is the edge this process knew, if any. Raises `Tampered` (`rolled-back`, `forked`, `checkpoint-forged`,
    `tile-changed`) when it is not a log to sign on.
    """
    if known is not None and known.note == note:
        return known
    if known is not None and size < known.frontier.size:
        raise Tampered("rolled-back", f"the ledger had {known.frontier.size} entries and now has {size}")
    read = hash_reader(tile)
    edge = Edge(note, Frontier.at(size, read))
    if note:
        _prove(note, edge.frontier, key)
    if known is not None and Frontier.at(known.frontier.size, read).root != known.frontier.root:
        raise Tampered("forked", f"the first {known.frontier.size} entries are not those this process knew")
    return edge


def _prove(note: str, frontier: Frontier, key: VerifierKey) -> None:
    try:
        checkpoint = Checkpoint.open(note, key)
    except (InvalidInput, Tampered) as error:
        raise Tampered(
            "checkpoint-forged",
            f"the newest checkpoint does not hold: {error}",
            advice="was the key exchanged? restore the one the ledger was begun with; else: pratique log verify",
        ) from error
    if (checkpoint.size, checkpoint.root) != (frontier.size, frontier.root):
        raise Tampered(
            "tile-changed",
            f"the tiles do not lead to the checkpoint of size {checkpoint.size}",
            advice="pratique log verify says where the ledger is damaged",
        )
