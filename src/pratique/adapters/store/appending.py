"""Appends to the ledger in a SQLite database, inside one transaction; what the tree needs is told by `record/sequence.py`."""

from collections.abc import Sequence
from itertools import repeat
from typing import Final

import apsw

from pratique.adapters.store.database import rows, typed, value
from pratique.ports import Signer
from pratique.record.entry import BLOCK_ENTRIES, Entry
from pratique.record.note import VerifierKey
from pratique.record.sequence import Edge, extend, take_up

_FRESH_BLOCKS_MAX: Final = 16
"""The terms of so many full blocks are put in their places together: ids are random, and each place written costs a page."""


class Sequencer:
    """Appends under one key, and keeps the right edge of the tree between commits. Used by the writer thread only."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._key = VerifierKey.parse(signer.verifier_key)
        self._known: Edge | None = None

    def append(self, db: apsw.Connection, batch: Sequence[Entry]) -> tuple[int, Edge]:
        """Add entries, at least one, inside a transaction: the index of the first, and what to `settle` once committed.

        Raises `Tampered` when the stored ledger is not one to sign on, and `apsw.Error`.
        """
        newest = rows(db, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
        size, note = newest[0] if newest else (0, "")

        def tile(level: int, n: int) -> bytes:
            return stored_tile(db, level, n)

        edge = take_up(size, note, self._key, tile, self._known)
        growth = extend(edge, [entry.data for entry in batch], self._signer.name, self._signer.sign, tile)
        db.executemany(
            "INSERT INTO tile VALUES (?, ?, ?) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes",
            growth.tiles,
        )
        _store(db, growth.first, batch)
        db.execute("INSERT INTO checkpoint VALUES (?, ?)", (growth.edge.frontier.size, growth.edge.note))
        return growth.first, growth.edge

    def settle(self, edge: Edge) -> None:
        """What was appended is committed: the next entries continue it."""
        self._known = edge


def stored_tile(db: apsw.Connection, level: int, n: int) -> bytes:
    """The hashes of one tile, empty when there is none. Raises `FAULTS`, and `Tampered` for what is no tile."""
    found = rows(db, "SELECT hashes FROM tile WHERE level = ? AND n = ?", level, n)
    return b"".join(hashes for (hashes,) in typed(found, bytes))


def _store(db: apsw.Connection, first: int, batch: Sequence[Entry]) -> None:
    db.executemany("INSERT INTO entry VALUES (?, ?)", [(place, entry.data) for place, entry in enumerate(batch, first)])
    start, block = 0, first // BLOCK_ENTRIES
    while start < len(batch):
        end = (block + 1) * BLOCK_ENTRIES - first
        terms = sorted({term for entry in batch[start:end] for term in entry.terms})
        db.executemany("INSERT OR IGNORE INTO fresh_term VALUES (?, ?)", zip(terms, repeat(block), strict=False))
        start, block = end, block + 1
    full = (first + len(batch)) // BLOCK_ENTRIES
    if full - int(value(db, "SELECT coalesce(min(block), ?) FROM fresh_term", full)) >= _FRESH_BLOCKS_MAX:
        db.execute("INSERT INTO term SELECT term, block FROM fresh_term WHERE block < ? ORDER BY term, block", (full,))
        db.execute("DELETE FROM fresh_term WHERE block < ?", (full,))
    documents = {digest: body for entry in batch for digest, body in entry.documents}
    db.executemany("INSERT OR IGNORE INTO document VALUES (?, ?)", documents.items())
