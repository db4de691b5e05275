"""Lets the ledger in a SQLite database grow: entries, tiles, documents and a signed checkpoint, inside one transaction.

It signs only what continues what it found. The right edge of the tree is kept between commits and taken up again from
the stored tiles when the newest checkpoint is not the one it wrote itself (another process did), and then proven: the
checkpoint must be signed by the same key, the tiles must lead to its root, and the tree must continue the one this
process knew. A ledger that was rolled back or exchanged under a running process is thus never signed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from pratique.adapters.store.database import rows, typed
from pratique.adapters.store.entry import decision_of
from pratique.errors import InvalidInput, Tampered
from pratique.ports import Entry, Signer
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import Frontier, leaf_hash
from pratique.record.note import VerifierKey
from pratique.record.tiles import grow, hash_reader


@dataclass(frozen=True, slots=True)
class Edge:
    """A checkpoint and the right edge of its tree."""

    note: str
    frontier: Frontier


class Sequencer:
    """Appends under one key. Used by the writer thread only."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._key = VerifierKey.parse(signer.verifier_key)
        self._known: Edge | None = None

    def append(self, db: apsw.Connection, batch: Sequence[Entry]) -> tuple[int, Edge]:
        """Add entries, at least one, inside a transaction: the index of the first, and what to `settle` once committed.

        Raises `Tampered` when the stored ledger is not one to sign on, and `apsw.Error`.
        """
        edge = self._edge(db)
        first = edge.frontier.size
        leaves = [leaf_hash(entry.data) for entry in batch]
        frontier = edge.frontier.grown(leaves)
        checkpoint = Checkpoint(self._signer.name, frontier.size, frontier.root)
        note = self._signer.sign(checkpoint.text)
        _store(db, first, leaves, batch)
        db.execute("INSERT INTO checkpoint VALUES (?, ?)", (frontier.size, note))
        return first, Edge(note, frontier)

    def settle(self, edge: Edge) -> None:
        """What was appended is committed: the next entries continue it."""
        self._known = edge

    def _edge(self, db: apsw.Connection) -> Edge:
        newest = rows(db, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
        size, note = newest[0] if newest else (0, "")
        known = self._known
        if known is not None and known.note == note:
            return known
        read = hash_reader(lambda level, n: stored_tile(db, level, n))
        if known is not None and size < known.frontier.size:
            raise Tampered("rolled-back", f"the ledger had {known.frontier.size} entries and now has {size}")
        edge = Edge(note, Frontier.at(size, read))
        if note:
            self._prove(note, edge.frontier)
        if known is not None and Frontier.at(known.frontier.size, read).root != known.frontier.root:
            raise Tampered("forked", f"the first {known.frontier.size} entries are not those this process knew")
        return edge

    def _prove(self, note: str, frontier: Frontier) -> None:
        try:
            checkpoint = Checkpoint.open(note, self._key)
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


def stored_tile(db: apsw.Connection, level: int, n: int) -> bytes:
    """The hashes of one tile, empty when there is none. Raises `FAULTS`, and `Tampered` for what is no tile."""
    found = rows(db, "SELECT hashes FROM tile WHERE level = ? AND n = ?", level, n)
    return b"".join(hashes for (hashes,) in typed(found, bytes))


def _store(db: apsw.Connection, first: int, leaves: Sequence[bytes], batch: Sequence[Entry]) -> None:
    tiles = list(grow(first, leaves, lambda level, n: stored_tile(db, level, n)))
    db.executemany(
        "INSERT INTO tile VALUES (?, ?, ?) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes", tiles
    )
    db.executemany("INSERT INTO entry VALUES (?, ?)", [(place, entry.data) for place, entry in enumerate(batch, first)])
    named = [(decision_of(entry.data), place) for place, entry in enumerate(batch, first)]
    db.executemany("INSERT INTO decided VALUES (?, ?)", [(name, place) for name, place in named if name is not None])
    documents = {digest: body for entry in batch for digest, body in entry.documents}
    db.executemany("INSERT OR IGNORE INTO document VALUES (?, ?)", documents.items())
