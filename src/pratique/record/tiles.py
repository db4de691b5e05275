"""The tree in tiles of 256 hashes (C2SP tlog-tiles): what is stored, served and exported, byte for byte.

Tile `(level, n)` holds the hashes of tree level `8 * level` from place `256 * n` on; the last one of a level may be
partial.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from pratique.errors import Tampered
from pratique.record.merkle import HASH_BYTES, Frontier, HashReader, root_of

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT

TileReader: TypeAlias = Callable[[int, int], bytes]
"""Given a tile level and number, the tile's hashes; empty for a tile there is none of."""


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[place : place + HASH_BYTES] for place in range(0, len(tile), HASH_BYTES)]


def hash_reader(tile: TileReader) -> HashReader:
    """Reads roots of complete subtrees out of tiles. What it returns raises `Tampered` where a tile is too short."""

    def read(level: int, place: int) -> bytes:
        tile_level, rest = divmod(level, TILE_HEIGHT)
        first = place << rest
        number, offset = divmod(first, TILE_WIDTH)
        stored = tile(tile_level, number)
        wanted = stored[offset * HASH_BYTES : (offset + (1 << rest)) * HASH_BYTES]
        if len(wanted) != HASH_BYTES << rest:
            raise Tampered("tile-changed", f"tile {tile_level}/{number} has {len(stored)} bytes, too few for its tree")
        return root_of(split(wanted))

    return read


def grow(edge: Frontier, leaves: Sequence[bytes], tile: TileReader) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
    """Add `leaves` (hashes) to the tree at `edge`: its new edge, and the tiles that change (level, number, new bytes).

    Tiles come level by level, and `tile` is asked only for tiles as they were before. Raises `Tampered` when the last tile of a
    level does not hold what the size says.
    """
    full = (edge.size >> TILE_HEIGHT).bit_count()
    blocks = Frontier(edge.size >> TILE_HEIGHT, edge.peaks[:full])
    block = Frontier(edge.size % TILE_WIDTH, edge.peaks[full:])
    changed: list[tuple[int, int, bytes]] = []
    carried: list[bytes] = []
    for number, offset, portion in _portions(edge.size, leaves):
        block = block.grown(portion)
        changed.append((0, number, _held(tile, 0, number, offset) + b"".join(portion)))
        if block.size == TILE_WIDTH:
            carried.append(block.root)
            blocks, block = blocks.grown(block.peaks), Frontier()
    level, start = 1, edge.size >> TILE_HEIGHT
    while carried:
        roots: list[bytes] = []
        for number, offset, portion in _portions(start, carried):
            now = _held(tile, level, number, offset) + b"".join(portion)
            changed.append((level, number, now))
            if offset + len(portion) == TILE_WIDTH:
                roots.append(root_of(split(now)))
        level, start, carried = level + 1, start >> TILE_HEIGHT, roots
    return Frontier(edge.size + len(leaves), blocks.peaks + block.peaks), changed


def _portions(start: int, hashes: Sequence[bytes]) -> Iterator[tuple[int, int, Sequence[bytes]]]:
    """Hashes from a place of their level on, tile by tile: the tile's number, where in it they begin, and they themselves."""
    place = 0
    while place < len(hashes):
        number, offset = divmod(start + place, TILE_WIDTH)
        portion = hashes[place : place + TILE_WIDTH - offset]
        yield number, offset, portion
        place += len(portion)


def _held(tile: TileReader, level: int, number: int, width: int) -> bytes:
    """A tile that holds `width` hashes. Raises `Tampered` for one that holds more or fewer."""
    held = tile(level, number) if width else b""
    if len(held) != width * HASH_BYTES:
        raise Tampered("tile-changed", f"tile {level}/{number} has {len(held)} bytes, not {width * HASH_BYTES}")
    return held


def tile_path(level: int | str, number: int, width: int = TILE_WIDTH) -> str:
    """Where a tile lies in a published log: `tile/0/x001/234`, with `.p/<width>` behind it for a partial one."""
    parts = [f"{number % 1000:03}"]
    while number >= 1000:  # noqa: PLR2004 - tlog-tiles groups the number by thousands
        number //= 1000
        parts.append(f"x{number % 1000:03}")
    path = f"tile/{level}/{'/'.join(reversed(parts))}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Every tile of a tree with `size` leaves: level, number and width."""
    level, count = 0, size
    while count:
        for number in range(-(-count // TILE_WIDTH)):
            yield level, number, min(TILE_WIDTH, count - number * TILE_WIDTH)
        level, count = level + 1, count // TILE_WIDTH


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry behind its length in two bytes, the most significant first."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
