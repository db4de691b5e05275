"""Check a whole log against what was signed: entries, tiles, checkpoints, and a checkpoint remembered elsewhere.

The log is read in blocks of 256 entries, each beside its tile. Two trees grow side by side, one from the entries and
one from the tiles; as long as they agree they are one. A signed root then tells which of them is right, so that each
kind of damage can be named. `record/pratique_verify.py` is a second, independent verifier of the same form; tests hold
the two against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pratique.errors import InvalidInput, Tampered
from pratique.model import limits
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import HASH_BYTES, Frontier, leaf_hash, peaks_root, root_of
from pratique.record.note import VerifierKey
from pratique.record.tiles import TILE_WIDTH, split

_NOTHING: Final = Frontier()


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was written; `what` is a kind of `errors.Tampered`."""

    what: str
    message: str


@dataclass(slots=True)
class DamageList:
    """Damage in the order of its discovery, the first of it by name and all of it counted."""

    named: list[Damage] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    count: int = 0

    def add(self, what: str, message: str) -> None:
        """Note one more."""
        self.count += 1
        self.kinds.add(what)
        if len(self.named) < limits.DAMAGE_REPORTED_MAX:
            self.named.append(Damage(what, message))


@dataclass(frozen=True, slots=True)
class _Line:
    """One reading of the log so far: the tree over its full blocks, and that of the block at hand."""

    blocks: Frontier = _NOTHING
    block: Frontier = _NOTHING

    @property
    def root(self) -> bytes:
        """The root of everything read."""
        return peaks_root(self.blocks.peaks + self.block.peaks)

    def grown(self, leaves: Sequence[bytes]) -> "_Line":
        """With more leaves of the block at hand."""
        return _Line(self.blocks, self.block.grown(leaves))

    def turned(self) -> "_Line":
        """At the end of a full block."""
        return _Line(self.blocks.grown(self.block.peaks))


class Examination:
    """A log under examination: `block` by block from the first, then its upper tiles, then `close`.

    `size` is that of the newest checkpoint. Nothing raises: what is wrong is in `damage`.
    """

    def __init__(self, key: VerifierKey, size: int, remembered: Checkpoint | None = None) -> None:
        self.damage = DamageList()
        self.checkpoints_count = 0
        self._key = key
        self._size = size
        self._remembered = remembered
        self._place = 0
        self._by_entries = self._by_tiles = _Line()
        self._proven_until = 0
        self._before = 0
        self._lost = False
        self._suspects: list[int] = []
        self._above: dict[int, list[tuple[bytes, bytes]]] = {1: []}
        if remembered is not None and remembered.size == 0:
            self._recall(remembered)
        if remembered is not None and remembered.size > size:
            self.damage.add("rolled-back", f"the log once had {remembered.size} entries and now has {size}")

    def block(self, entries: Sequence[bytes] | None, tile: bytes, checkpoints: Sequence[tuple[int, str]]) -> None:
        """The next block: up to 256 entries (None when they cannot be read), its tile, and the checkpoints within it.

        `checkpoints` are those whose size is beyond the block's first entry and not beyond its last, smallest first.
        """
        first, width = self._place, min(TILE_WIDTH, self._size - self._place)
        by_tile = split(tile)[:width]
        by_entry = by_tile if entries is None else [leaf_hash(entry) for entry in entries]
        if len(by_tile) != width or len(tile) % HASH_BYTES:
            self.damage.add(
                "tile-changed", f"tile 0/{first // TILE_WIDTH} has {len(tile)} bytes, too few for its entries"
            )
            by_tile = by_entry
        if len(by_entry) != width:
            if entries is not None:
                self.damage.add(
                    "entry-missing", f"of entries {first} to {first + width - 1}, {len(by_entry)} are there"
                )
            by_entry = by_tile = by_tile if len(by_tile) == width else [bytes(HASH_BYTES)] * width
        if by_entry != by_tile:
            self._suspects += [first + i for i in range(width) if by_entry[i] != by_tile[i]]
        self._read(by_entry, by_tile, checkpoints)
        if width == TILE_WIDTH:
            self._above[1].append((self._by_entries.block.root, self._by_tiles.block.root))
            turned = self._by_entries.turned()
            self._by_tiles = turned if self._by_tiles is self._by_entries else self._by_tiles.turned()
            self._by_entries = turned

    def upper(self, level: int, number: int, tile: bytes) -> None:
        """A tile above level 0, in the order of `tiles.tiles_of`."""
        wanted = self._above[level][number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
        held = split(tile)[: len(wanted)]
        if len(held) != len(wanted) or any(one not in pair for one, pair in zip(held, wanted, strict=True)):
            self.damage.add("tile-changed", f"tile {level}/{number} is not that of the tiles below it")
            held = [by_entries for by_entries, _ in wanted]
        if len(wanted) == TILE_WIDTH:
            pair = (root_of([by_entries for by_entries, _ in wanted]), root_of(held))
            self._above.setdefault(level + 1, []).append(pair)

    def close(self) -> None:
        """Say what was left open."""
        for index in self._suspects:
            self.damage.add(
                "entry-changed", f"entry {index} and its hash in the tile differ, and no checkpoint says which"
            )
        self._suspects = []

    def _read(
        self, by_entry: Sequence[bytes], by_tile: Sequence[bytes], checkpoints: Sequence[tuple[int, str]]
    ) -> None:
        """Let both trees grow, stopping wherever a root is known."""
        first, end = self._place, self._place + len(by_entry)
        notes = dict(checkpoints)
        stops = {end, *notes}
        if self._remembered is not None and first < self._remembered.size <= end:
            stops.add(self._remembered.size)
        for stop in sorted(stop for stop in stops if first < stop <= end):
            self._grow(by_entry[self._place - first : stop - first], by_tile[self._place - first : stop - first])
            self._place = stop
            if stop in notes:
                self._meet(stop, notes[stop])
            if self._remembered is not None and self._remembered.size == stop:
                self._recall(self._remembered)

    def _grow(self, by_entry: Sequence[bytes], by_tile: Sequence[bytes]) -> None:
        together = self._by_tiles is self._by_entries and by_entry == by_tile
        grown = self._by_entries.grown(by_entry)
        self._by_tiles = grown if together else self._by_tiles.grown(by_tile)
        self._by_entries = grown

    def _meet(self, size: int, note: str) -> None:
        """A checkpoint: check its signature, and let its root tell what is right."""
        self.checkpoints_count += 1
        before, self._before = self._before, size
        try:
            checkpoint = Checkpoint.open(note, self._key)
        except (InvalidInput, Tampered) as error:
            self.damage.add("checkpoint-forged", f"the checkpoint of size {size}: {error}")
            return
        if checkpoint.size != size:
            self.damage.add("checkpoint-forged", f"the checkpoint of size {size} speaks of size {checkpoint.size}")
            return
        if checkpoint.previous is not None and checkpoint.previous != before:
            missing = f"the checkpoint of size {checkpoint.previous}, named by that of size {size}, is not there"
            self.damage.add("checkpoint-missing", missing)
        if not self._lost:
            self._judge(checkpoint)

    def _judge(self, checkpoint: Checkpoint) -> None:
        suspects = [index for index in self._suspects if index < checkpoint.size]
        self._suspects = self._suspects[len(suspects) :]
        if self._by_entries.root == checkpoint.root:
            for index in suspects:
                self.damage.add("tile-changed", f"tile 0/{index // TILE_WIDTH} has another hash for entry {index}")
            self._by_tiles = self._by_entries
        elif self._by_tiles.root == checkpoint.root:
            for index in suspects:
                self.damage.add("entry-changed", f"entry {index} is not the one that was signed")
            self._by_entries = self._by_tiles
        else:
            self._lost = True
            places = f"{self._proven_until} to {checkpoint.size - 1}"
            named = f"; at least {suspects[0]}" if suspects else ""
            self.damage.add("entry-changed", f"entries {places} are not those that were signed{named}")
        self._proven_until = checkpoint.size

    def _recall(self, remembered: Checkpoint) -> None:
        roots = (self._by_entries.root, self._by_tiles.root)
        if remembered.root not in roots and not self._lost:
            self.damage.add("forked", f"the first {remembered.size} entries are not those that were remembered")
