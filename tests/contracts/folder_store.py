"""A store of plain files, written from `test_store.py` alone: what the suite asks is enough to write an adapter from."""

import json
from collections.abc import Sequence
from pathlib import Path

from pratique.errors import NotFound, NotRecorded, PratiqueError, Tampered
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.ports import Signer
from pratique.record.entry import BLOCK_ENTRIES, Entry
from pratique.record.sequence import Edge, extend
from pratique.record.state import Change, Key, Rows, View, apply, begins, joined

Files = dict[str, bytes]


class FolderStore:
    """Every entry, tile, checkpoint, document, term and row is a file whose name is its key in hexadecimal."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self._folder, self._signer, self._edge, self._closed = folder, signer, Edge(), False

    def _names(self, kind: str) -> list[list[str]]:
        found = (self._folder / kind).glob("*") if (self._folder / kind).exists() else ()
        return sorted(json.loads(bytes.fromhex(path.name) or b"[]") for path in found)

    def _path(self, kind: str, *key: str | int) -> Path:
        return self._folder / kind / json.dumps(key).encode().hex()

    def _read(self, kind: str, *key: str | int) -> bytes | None:
        path = self._path(kind, *key)
        return path.read_bytes() if path.exists() else None

    def _write(self, kind: str, key: Sequence[str | int], body: bytes) -> None:
        path = self._path(kind, *key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def _tile(self, level: int, n: int) -> bytes:
        return self._read("tile", level, n) or b""

    async def commit(self, entries: Sequence[Entry], changes: Sequence[Change] = ()) -> int:
        first = self._edge.frontier.size
        if self._closed:
            raise NotRecorded("closed")
        if not all(_fits(entry) for entry in entries):
            raise NotRecorded("unfit")
        rows: Rows = {}
        for change in changes:
            joined(change.key)
            if change.view not in rows:
                rows[change.view] = dict(await self.rows(change.view, most=1_000_000))
            apply(rows, change)
        if entries:
            self._append(entries)
        for view in rows:
            for name in self._names(view):
                if tuple(name) not in rows[view]:
                    self._path(view, *name).unlink()
            for key, value in rows[view].items():
                self._write(view, key, value)
        return first

    def _append(self, entries: Sequence[Entry]) -> None:
        try:
            growth = extend(self._edge, [one.data for one in entries], self._signer.name, self._signer.sign, self._tile)
        except PratiqueError as error:
            raise NotRecorded(str(error)) from error
        for level, n, hashes in growth.tiles:
            self._write("tile", (level, n), hashes)
        for place, entry in enumerate(entries, growth.first):
            self._write("entry", (place,), entry.data)
            for digest, body in entry.documents:
                self._write("document", (digest,), body)
            for term in entry.terms:
                self._write("term", (term, place // BLOCK_ENTRIES), b"")
        self._edge = growth.edge
        self._write("checkpoint", (self._edge.frontier.size,), self._edge.note.encode())

    async def size(self) -> int:
        return self._edge.frontier.size

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        found = [self._read("entry", place) for place in range(max(start, 0), min(end, await self.size()))]
        if None in found:
            raise Tampered("entry-missing", "gone")
        return [one for one in found if one is not None]

    async def tile(self, level: int, n: int) -> bytes:
        return self._tile(level, n)

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        sizes = [int(name[0]) for name in self._names("checkpoint") if start <= int(name[0]) < end]
        return [(size, (self._read("checkpoint", size) or b"").decode()) for size in sorted(sizes)]

    async def document(self, digest: Digest) -> bytes:
        body = self._read("document", digest)
        if body is None:
            raise NotFound("no such document")
        if digest_of(body) != digest:
            raise Tampered("document-changed", "other bytes")
        return body

    async def rows(
        self, view: View, key: Key = (), *, after: Key | None = None, most: int
    ) -> Sequence[tuple[Key, bytes]]:
        keys = [tuple(name) for name in self._names(view)]
        wanted = [one for one in keys if begins(one, key) and (after is None or one > after)][:most]
        return [(one, self._read(view, *one) or b"") for one in wanted]

    async def terms(
        self, start: str, end: str, *, after: tuple[str, int] | None = None, most: int
    ) -> Sequence[tuple[str, int]]:
        found = [(str(term), int(block)) for term, block in self._names("term") if start <= term < end]
        return [one for one in found if after is None or one > after][:most]

    async def faults(self) -> Sequence[tuple[str, str]]:
        return ()

    async def close(self) -> None:
        self._closed = True


def _fits(entry: Entry) -> bool:
    sound = all(digest_of(body) == name and len(body) <= limits.DOCUMENT_BYTES_MAX for name, body in entry.documents)
    return sound and len(entry.data) <= limits.ENTRY_BYTES_MAX
