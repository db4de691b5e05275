"""The store in one SQLite file: one writer thread with group commit, reads beside it, forward-only migrations.

Several processes may share the file: every commit takes the write lock and reads the newest checkpoint anew. Reads take
microseconds and happen where they are asked for.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import msgspec

from pratique.adapters.store.database import FAULTS, Value, connect, migrate, plain, refuse_unsound, rows, typed, value
from pratique.adapters.store.entry import checked, refuse_unfit, refuse_used_up
from pratique.adapters.store.person import fresh_salt, pseudonymous
from pratique.adapters.store.sequencer import Sequencer, stored_tile
from pratique.adapters.store.writer import Writer
from pratique.errors import NotFound, Tampered, Unavailable
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan
from pratique.model.scope import Actor
from pratique.model.waiver import Waiver
from pratique.ports import Entry, Remembered, Signer, Token

_WRITER_CACHE_KIB: Final = 16 * 1024
"""Room for the pages of the index of decisions that a commit touches, so that it need not read them again."""

T = TypeVar("T")


class SqliteStore:
    """Everything that is kept, in one file. One event loop uses it; `open` makes it."""

    def __init__(self, path: Path, writer: Writer, reading: apsw.Connection) -> None:
        self._path = path
        self._writer = writer
        self._reading = reading

    @classmethod
    async def open(cls, path: Path, signer: Signer) -> "SqliteStore":
        """Open the file, made and migrated as needed.

        Raises `InvalidInput` for a database that is no ledger or was written by a newer Pratique, `Tampered`
        (`store-damaged`) for a file that is no sound database, and `Unavailable` for one that cannot be opened.
        """
        refuse_unsound(apsw.sqlite_lib_version())
        return await asyncio.to_thread(cls._open, path, signer)

    @classmethod
    def _open(cls, path: Path, signer: Signer) -> "SqliteStore":
        writing = connect(path)
        try:
            migrate(writing, path)
            reading = connect(path)
        except BaseException:
            writing.close()
            raise
        reading.pragma("query_only", "ON")
        writing.pragma("cache_size", -_WRITER_CACHE_KIB)
        return cls(path, Writer(writing, path, Sequencer(signer)), reading)

    async def append(self, entries: Sequence[Entry]) -> int:
        """As `ports.Ledger.append`."""
        refuse_unfit(entries)
        return await self._writer.append(entries) if entries else await self.size()

    async def size(self) -> int:
        """As `ports.Ledger.size`: that of the newest checkpoint."""
        return int(self._value("SELECT coalesce(max(size), 0) FROM checkpoint"))

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """As `ports.Ledger.entries`. Raises `Tampered` (`entry-missing`) where one is gone."""
        start, end = max(start, 0), min(end, await self.size())
        found = self._rows("SELECT idx, data FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx", start, end)
        for place, row in enumerate(typed([*found, (end, b"")], int, bytes), start):
            if row[0] != place and place < end:
                raise Tampered("entry-missing", f"entry {place} is gone")
        return [data for _, data in found]

    async def tile(self, level: int, n: int) -> bytes:
        """As `ports.Ledger.tile`."""
        try:
            return stored_tile(self._reading, level, n)
        except FAULTS as error:
            raise plain(error, self._path) from error

    async def checkpoint(self, size: int | None = None) -> str:
        """As `ports.Ledger.checkpoint`."""
        newest = "SELECT note FROM checkpoint WHERE size = coalesce(?, (SELECT max(size) FROM checkpoint))"
        for (note,) in typed(self._rows(newest, size), str):
            return str(note)
        raise NotFound("the ledger has no such checkpoint")

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """As `ports.Ledger.checkpoints`."""
        found = self._rows("SELECT size, note FROM checkpoint WHERE size >= ? AND size < ? ORDER BY size", start, end)
        return [(size, note) for size, note in typed(found, int, str)]

    async def document(self, digest: Digest) -> bytes:
        """As `ports.Ledger.document`."""
        for (body,) in typed(self._rows("SELECT body FROM document WHERE digest = ?", digest), bytes):
            return checked(digest, body)
        raise NotFound(f"the ledger holds no document {digest}")

    async def find(self, decision: str) -> Sequence[int]:
        """As `ports.Ledger.find`."""
        found = self._rows("SELECT idx FROM decided WHERE id = ? ORDER BY idx DESC", decision)
        return [place for (place,) in typed(found, int)]

    async def remembered(self, index: str, project: str) -> Mapping[str, Remembered]:
        """As `ports.Memory.remembered`."""
        seen = "SELECT filename, digest, path, first_seen FROM seen WHERE place = ? AND project = ?"
        found = typed(self._rows(seen, index, project), str, (str, type(None)), str, str)
        try:
            return {
                filename: Remembered(filename, digest, path, datetime.fromisoformat(first_seen))
                for filename, digest, path, first_seen in found
            }
        except ValueError as error:
            raise Tampered("store-damaged", f"what is remembered of {project} cannot be read: {error}") from error

    async def remember(self, index: str, project: str, files: Sequence[Remembered]) -> None:
        """As `ports.Memory.remember`."""
        values = [(index, project, f.filename, f.digest, f.path, f.first_seen.isoformat()) for f in files]

        def write(db: apsw.Connection) -> None:
            db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?, ?)", values)

        await self._writer.write(write)

    async def scanned(self, blob: Digest, rules: Digest) -> Scan | None:
        """As `ports.Memory.scanned`."""
        body = self._value("SELECT body FROM scan WHERE digest = ? AND rules = ?", blob, rules)
        return None if body is None else _decoded(body, Scan)

    async def keep_scan(self, blob: Digest, scan: Scan) -> None:
        """As `ports.Memory.keep_scan`."""
        query = "INSERT INTO scan VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
        await self._run(query, blob, scan.rules, msgspec.json.encode(scan))

    async def waivers(self) -> Sequence[Waiver]:
        """As `ports.Waivers.waivers`."""
        found = self._rows("SELECT body FROM waiver ORDER BY rowid")
        return [_decoded(body, Waiver) for (body,) in found]

    async def uses(self) -> Mapping[str, int]:
        """As `ports.Waivers.uses`."""
        return dict(self._rows("SELECT id, uses FROM waiver_use"))

    async def grant(self, waiver: Waiver, entry: Entry) -> int:
        """As `ports.Waivers.grant`."""
        query = "INSERT INTO waiver VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
        return await self._recorded(entry, query, waiver.id, msgspec.json.encode(waiver))

    async def revoke(self, waiver: str, entry: Entry) -> int:
        """As `ports.Waivers.revoke`."""
        return await self._ended(entry, "DELETE FROM waiver WHERE id = ?", waiver, f"no waiver {waiver} is in force")

    async def use(self, waivers: Sequence[Waiver], entries: Sequence[Entry]) -> int:
        """As `ports.Waivers.use`."""
        refuse_unfit(entries)
        query = "INSERT INTO waiver_use VALUES (?, 1) ON CONFLICT DO UPDATE SET uses = uses + 1 RETURNING uses"

        def write(db: apsw.Connection) -> None:
            for waiver in waivers:
                refuse_used_up(waiver, int(value(db, query, waiver.id)))

        return await self._writer.append(entries, write if waivers else None)

    async def token(self, digest: Digest) -> Token:
        """As `ports.Tokens.token`."""
        body = self._value("SELECT body FROM token WHERE digest = ?", digest)
        if body is None:
            raise NotFound("no such token")
        return _decoded(body, Token)

    async def tokens(self) -> Sequence[Token]:
        """As `ports.Tokens.tokens`."""
        return [_decoded(body, Token) for (body,) in self._rows("SELECT body FROM token ORDER BY rowid")]

    async def issue(self, token: Token, entry: Entry) -> int:
        """As `ports.Tokens.issue`."""
        query = "INSERT INTO token VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
        return await self._recorded(entry, query, token.digest, msgspec.json.encode(token))

    async def withdraw(self, digest: Digest, entry: Entry) -> int:
        """As `ports.Tokens.withdraw`."""
        return await self._ended(entry, "DELETE FROM token WHERE digest = ?", digest, "no such token")

    async def pseudonym(self, actor: Actor) -> Actor:
        """As `ports.Pseudonyms.pseudonym`."""
        query = "SELECT salt FROM person WHERE name = ?"
        salt: str | None = self._value(query, actor.name)
        if salt is None:
            await self._run("INSERT OR IGNORE INTO person VALUES (?, ?)", actor.name, fresh_salt())
            salt = self._value(query, actor.name)
        if salt is None:
            raise Unavailable("the actor was forgotten at this very moment", advice="try again")
        return pseudonymous(actor, salt)

    async def people(self) -> Sequence[str]:
        """As `ports.Pseudonyms.people`."""
        return [name for (name,) in self._rows("SELECT name FROM person ORDER BY rowid")]

    async def forget(self, name: str) -> None:
        """As `ports.Pseudonyms.forget`: the salt is overwritten in the file and driven out of its log."""
        if not await self._run("DELETE FROM person WHERE name = ?", name, traceless=True):
            raise NotFound("nobody is known by that name")

    async def close(self) -> None:
        """As `ports.Store.close`: what was queued is still written."""
        await self._writer.close()
        self._reading.close()

    async def _recorded(self, entry: Entry, query: str, *values: Value) -> int:
        """Append an entry and run one statement, both or neither."""
        refuse_unfit([entry])
        return await self._writer.append([entry], lambda db: db.execute(query, values))

    async def _ended(self, entry: Entry, query: str, key: str, missing: str) -> int:
        """Append an entry and run a deletion, both or neither. Raises `NotFound` where there is nothing to delete."""
        refuse_unfit([entry])

        def write(db: apsw.Connection) -> None:
            db.execute(query, (key,))
            if not db.changes():
                raise NotFound(missing)

        return await self._writer.append([entry], write)

    async def _run(self, query: str, *values: Value, traceless: bool = False) -> int:
        """Run one statement in the next transaction; the number of rows it changed."""

        def write(db: apsw.Connection) -> int:
            db.execute(query, values)
            return db.changes()

        return await self._writer.write(write, traceless=traceless)

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


def _decoded(body: bytes, kind: type[T]) -> T:
    """A stored value. Raises `Tampered` for bytes that are none."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, TypeError) as error:
        raise Tampered("store-damaged", f"a stored {kind.__name__} cannot be read: {error}") from error
