"""The store in one SQLite file: one writer thread with group commit, reads beside it.

Several processes may share the file: every commit takes the write lock and reads the newest checkpoint anew. Reads take
microseconds and happen where they are asked for.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import apsw

from pratique.adapters.store.appending import Sequencer, stored_tile
from pratique.adapters.store.database import (
    FAULTS,
    Value,
    connect,
    faults,
    plain,
    prepare,
    refuse_unsound,
    rows,
    typed,
    value,
)
from pratique.adapters.store.fitness import checked, refuse_unfit
from pratique.adapters.store.writer import Writer
from pratique.errors import NotFound, Tampered
from pratique.model.artifact import Digest
from pratique.ports import Signer
from pratique.record.entry import Entry
from pratique.record.state import (
    Add,
    Change,
    Delete,
    Key,
    Put,
    View,
    joined,
    parted,
    refuse_missing,
    refuse_too_many,
)

_WRITER_CACHE_KIB: Final = 16 * 1024
"""Room for the pages of the index of terms that a commit touches, so that it need not read them again."""

_TERMS: Final = """
    SELECT term, block FROM term WHERE term >= ?1 AND term < ?2 AND (term, block) > (?3, ?4)
    UNION SELECT term, block FROM fresh_term WHERE term >= ?1 AND term < ?2 AND (term, block) > (?3, ?4)
    ORDER BY term, block LIMIT ?5
"""
_LAST: Final = "\U0010ffff"
"""Sorts behind whatever a key or a term begins with."""


class SqliteStore:
    """Everything that is kept, in one file. One event loop uses it; `open` makes it."""

    def __init__(self, path: Path, writer: Writer, reading: apsw.Connection) -> None:
        self._path = path
        self._writer = writer
        self._reading = reading

    @classmethod
    async def open(cls, path: Path, signer: Signer) -> "SqliteStore":
        """Open the file, made where there is none.

        Raises `InvalidInput` for a database that is no ledger or has another schema, `Tampered` (`store-damaged`) for a file
        that is no sound database, and `Unavailable` for one that cannot be opened.
        """
        refuse_unsound(apsw.sqlite_lib_version())
        return await asyncio.to_thread(cls._open, path, signer)

    @classmethod
    def _open(cls, path: Path, signer: Signer) -> "SqliteStore":
        writing = connect(path)
        try:
            prepare(writing, path)
            reading = connect(path)
        except BaseException:
            writing.close()
            raise
        reading.pragma("query_only", "ON")
        writing.pragma("cache_size", -_WRITER_CACHE_KIB)
        return cls(path, Writer(writing, path, Sequencer(signer)), reading)

    async def commit(self, entries: Sequence[Entry], changes: Sequence[Change] = ()) -> int:
        """As `ports.Store.commit`."""
        refuse_unfit(entries, changes)
        write = partial(_changed, changes=changes) if changes else None
        if not entries:
            if write is not None:
                traceless = any(isinstance(change, Delete) and change.view is View.PERSON for change in changes)
                await self._writer.write(write, traceless=traceless)
            return await self.size()
        traceless = any(isinstance(change, Delete) and change.view is View.PERSON for change in changes)
        return await self._writer.append(entries, write, traceless=traceless)

    async def size(self) -> int:
        """As `ports.Store.size`: that of the newest checkpoint."""
        return int(self._value("SELECT coalesce(max(size), 0) FROM checkpoint"))

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """As `ports.Store.entries`. Raises `Tampered` (`entry-missing`) where one is gone."""
        start, end = max(start, 0), min(end, await self.size())
        found = self._rows("SELECT idx, data FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx", start, end)
        if len(found) != max(end - start, 0):
            there = {place for place, _ in found}
            gone = next(place for place in range(start, end) if place not in there)
            raise Tampered("entry-missing", f"entry {gone} is gone")
        return [data for _, data in typed(found, int, bytes)]

    async def tile(self, level: int, n: int) -> bytes:
        """As `ports.Store.tile`."""
        try:
            return stored_tile(self._reading, level, n)
        except FAULTS as error:
            raise plain(error, self._path) from error

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """As `ports.Store.checkpoints`."""
        found = self._rows("SELECT size, note FROM checkpoint WHERE size >= ? AND size < ? ORDER BY size", start, end)
        return [(size, note) for size, note in typed(found, int, str)]

    async def document(self, digest: Digest) -> bytes:
        """As `ports.Store.document`."""
        for (body,) in typed(self._rows("SELECT body FROM document WHERE digest = ?", digest), bytes):
            return checked(digest, body)
        raise NotFound(f"the ledger holds no document {digest}")

    async def rows(
        self, view: View, key: Key = (), *, after: Key | None = None, most: int
    ) -> Sequence[tuple[Key, bytes]]:
        """As `ports.Store.rows`."""
        query = "SELECT key, value FROM row WHERE view = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?"
        start, end = _span(key)
        found = self._rows(query, view, start, end, "" if after is None else joined(after), most)
        return [(parted(text), body) for text, body in typed(found, str, bytes)]

    async def terms(
        self, start: str, end: str, *, after: tuple[str, int] | None = None, most: int
    ) -> Sequence[tuple[str, int]]:
        """As `ports.Store.terms`."""
        behind = ("", -1) if after is None else after
        return [(term, block) for term, block in typed(self._rows(_TERMS, start, end, *behind, most), str, int)]

    async def faults(self) -> Sequence[tuple[str, str]]:
        """As `ports.Store.faults`: another schema, and rows of the ledger that no checkpoint covers."""
        try:
            return faults(self._reading, await self.size())
        except FAULTS as error:
            raise plain(error, self._path) from error

    async def close(self) -> None:
        """As `ports.Store.close`: what was queued is still written."""
        await self._writer.close()
        self._reading.close()

    def _rows(self, query: str, *values: Value) -> list[tuple[Any, ...]]:
        try:
            return rows(self._reading, query, *values)
        except FAULTS as error:
            raise plain(error, self._path) from error

    def _value(self, query: str, *values: Value) -> Any:  # noqa: ANN401 - what a column holds
        try:
            return value(self._reading, query, *values)
        except FAULTS as error:
            raise plain(error, self._path) from error


def _span(key: Key) -> tuple[str, str]:
    """The first joined key that begins with `key`, and one behind the last: parts hold nothing below a space."""
    start = joined(key)
    return (start, f"{start} ") if key else ("", _LAST)


def _changed(db: apsw.Connection, *, changes: Sequence[Change]) -> None:
    """Make changes inside a transaction. Raises `NotFound` and `NotRecorded`."""
    for many, some in groupby(changes, key=lambda change: isinstance(change, Add) and not change.most):
        if many:  # the files of a page that is new here are thousands
            rows_of = ((change.view, joined(change.key), change.value) for change in some if isinstance(change, Add))
            db.executemany("INSERT OR IGNORE INTO row VALUES (?, ?, ?)", rows_of)
            continue
        for change in some:
            _change(db, change)


def _change(db: apsw.Connection, change: Change) -> None:
    start, end = _span(change.key)
    match change:
        case Put():
            query = "INSERT INTO row VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
            db.execute(query, (change.view, start, change.value))
        case Add():
            _add(db, change)
        case Delete():
            db.execute("DELETE FROM row WHERE view = ? AND key >= ? AND key < ?", (change.view, start, end))
            refuse_missing(change, db.changes())


def _add(db: apsw.Connection, change: Add) -> None:
    there = "SELECT count(*) FROM row WHERE view = ? AND key = ?"
    if value(db, there, change.view, joined(change.key)):
        return
    counted = "SELECT count(*) FROM row WHERE view = ? AND key >= ? AND key < ?"
    refuse_too_many(change, int(value(db, counted, change.view, *_span(change.key[:1]))))
    db.execute("INSERT INTO row VALUES (?, ?, ?)", (change.view, joined(change.key), change.value))
