"""A real store without a disk: for drills, demonstrations and tests."""

from collections.abc import Sequence
from itertools import islice

from pratique.adapters.store.fitness import checked, refuse_unfit
from pratique.errors import NotFound, NotRecorded, PratiqueError
from pratique.model.artifact import Digest
from pratique.ports import Signer
from pratique.record.entry import BLOCK_ENTRIES, Entry
from pratique.record.sequence import Edge, extend
from pratique.record.state import Change, Key, Rows, View, apply, begins


class MemoryStore:
    """Keeps everything until it is closed. One event loop may use it."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._edge = Edge()
        self._entries: list[bytes] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._checkpoints: dict[int, str] = {}
        self._documents: dict[Digest, bytes] = {}
        self._terms: set[tuple[str, int]] = set()
        self._rows: Rows = {}
        self._closed = False

    async def commit(self, entries: Sequence[Entry], changes: Sequence[Change] = ()) -> int:
        """As `ports.Store.commit`."""
        if self._closed:
            raise NotRecorded("the store is closed")
        refuse_unfit(entries, changes)
        rows = {view: dict(kept) for view, kept in self._rows.items()} if changes else self._rows
        for change in changes:
            apply(rows, change)
        first = len(self._entries)
        if entries:
            self._append(entries)
        self._rows = rows
        return first

    def _append(self, entries: Sequence[Entry]) -> None:
        try:
            growth = extend(
                self._edge, [entry.data for entry in entries], self._signer.name, self._signer.sign, self._tile
            )
        except PratiqueError as error:
            raise NotRecorded(f"the checkpoint could not be signed: {error}", advice=error.advice) from error
        self._edge = growth.edge
        self._tiles.update({(level, number): hashes for level, number, hashes in growth.tiles})
        for place, entry in enumerate(entries, growth.first):
            self._entries.append(entry.data)
            self._documents.update(entry.documents)
            self._terms.update((term, place // BLOCK_ENTRIES) for term in entry.terms)
        self._checkpoints[len(self._entries)] = growth.edge.note

    def _tile(self, level: int, n: int) -> bytes:
        return self._tiles.get((level, n), b"")

    async def size(self) -> int:
        """As `ports.Store.size`."""
        return len(self._entries)

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """As `ports.Store.entries`."""
        return self._entries[max(start, 0) : max(end, 0)]

    async def tile(self, level: int, n: int) -> bytes:
        """As `ports.Store.tile`."""
        return self._tile(level, n)

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """As `ports.Store.checkpoints`."""
        if end - start == 1:
            return [(start, self._checkpoints[start])] if start in self._checkpoints else []
        return [(size, note) for size, note in self._checkpoints.items() if start <= size < end]

    async def document(self, digest: Digest) -> bytes:
        """As `ports.Store.document`."""
        if digest not in self._documents:
            raise NotFound(f"the ledger holds no document {digest}")
        return checked(digest, self._documents[digest])

    async def rows(
        self, view: View, key: Key = (), *, after: Key | None = None, most: int
    ) -> Sequence[tuple[Key, bytes]]:
        """As `ports.Store.rows`."""
        kept = self._rows.get(view, {})
        if key in kept and after is None and most == 1:
            return [(key, kept[key])]
        found = sorted(row for row in kept.items() if begins(row[0], key) and (after is None or row[0] > after))
        return found[:most]

    async def terms(
        self, start: str, end: str, *, after: tuple[str, int] | None = None, most: int
    ) -> Sequence[tuple[str, int]]:
        """As `ports.Store.terms`."""
        found = sorted(one for one in self._terms if start <= one[0] < end and (after is None or one > after))
        return list(islice(found, most))

    async def faults(self) -> Sequence[tuple[str, str]]:
        """As `ports.Store.faults`: what is in memory has no form of its own."""
        return ()

    async def close(self) -> None:
        """As `ports.Store.close`."""
        self._closed = True
