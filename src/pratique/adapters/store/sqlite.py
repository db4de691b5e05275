"""The store in one SQLite file: WAL, one writer thread, group commit, forward-only migrations.

What is awaited together is committed together: the writer takes everything that has queued up while the disk was busy, and
closes it with one signed checkpoint and one sync. Several processes may share the file; each commit reads the size anew inside
its transaction. All access goes through `apsw`, which brings its own SQLite: versions before 3.51.3, and 3.52.0, can corrupt
a database in WAL mode that two connections write to, and are refused.
"""

import asyncio
import contextlib
import queue
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Generic, TypeVar

import apsw
import msgspec

from pratique.adapters.store.memory import Head, check_sizes, checked, pseudonymous
from pratique.errors import InvalidInput, NotFound, NotRecorded, PratiqueError, Tampered, Unavailable
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan
from pratique.model.scope import Actor
from pratique.model.waiver import Waiver
from pratique.ports import Entry, Remembered, Signer, Token
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import leaf_hash, tree_root
from pratique.record.tiles import grow, hash_reader

_SOUND_FROM: Final = (3, 51, 3)
_UNSOUND: Final = (3, 52, 0)
_BUSY_MS: Final = 10_000

Result = TypeVar("Result")


@dataclass(slots=True)
class _Job(Generic[Result]):
    """One write that somebody awaits. Entries to append are gathered; everything else is a function of the connection."""

    done: "asyncio.Future[Result]"
    entries: Sequence[Entry] = ()
    write: Callable[[apsw.Connection], Result] | None = None

    def settle(self, result: Result | None, error: BaseException | None) -> None:
        loop = self.done.get_loop()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, self.done, result, error)


def _settle(done: "asyncio.Future[Result]", result: Result, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


class SqliteStore:
    """Everything that is kept, in one file. One event loop uses it; `open` makes it."""

    def __init__(self, path: Path, signer: Signer, writing: apsw.Connection, reading: apsw.Connection) -> None:
        self._path = path
        self._signer = signer
        self._reading = reading
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_all, args=(writing,), name="pratique-ledger", daemon=True)
        self._writer.start()

    @classmethod
    async def open(cls, path: Path, signer: Signer) -> "SqliteStore":
        """Open the file, made and migrated as needed.

        Raises `InvalidInput` for a file that is no such database or was written by a newer Pratique, and `Unavailable` for one
        that cannot be opened.
        """
        _check_library()
        try:
            writing = _connect(path)
            _migrate(writing, path)
            return cls(path, signer, writing, _connect(path))
        except apsw.NotADBError as error:
            raise InvalidInput(f"{path} is no SQLite database", advice="move it away, or restore it from its backup") from error
        except apsw.Error as error:
            raise Unavailable(f"the ledger {path} cannot be opened: {error}", advice="is the folder writable?") from error

    # -- the writer ----------------------------------------------------------------------------------------------------

    async def _write(self, write: Callable[[apsw.Connection], Result]) -> Result:
        return await self._queue(_Job(asyncio.get_running_loop().create_future(), write=write))

    async def _queue(self, job: _Job[Result]) -> Result:
        if self._closed:
            raise NotRecorded("the ledger is closed")
        self._jobs.put(job)  # type: ignore[arg-type]  # results are as different as the jobs
        return await job.done

    def _write_all(self, db: apsw.Connection) -> None:
        """The writer thread: commit after commit until it is told to stop."""
        while (first := self._jobs.get()) is not None:
            jobs, stop = [first], False
            waiting = len(first.entries)
            while waiting < limits.COMMIT_ENTRIES_MAX:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    stop = True
                    break
                jobs.append(job)
                waiting += len(job.entries)
            self._commit(db, jobs)
            if stop:
                break
        db.close()

    def _commit(self, db: apsw.Connection, jobs: "list[_Job[object]]") -> None:
        """Everything in `jobs` in one transaction. A job that fails takes only itself back; a failed commit, all of them."""
        outcomes: list[tuple[object, BaseException | None]] = []
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                size = _size(db)
                batch: list[Entry] = []
                for job in jobs:
                    if job.write is None:
                        outcomes.append((size + len(batch), None))
                        batch += job.entries
                    else:
                        outcomes.append(_attempt(db, job.write))
                self._extend(db, size, batch)
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
        except (apsw.Error, PratiqueError, OSError) as error:
            refused = NotRecorded(f"the ledger {self._path} could not be written: {error}")
            refused.__cause__ = error
            outcomes = [(None, refused)] * len(jobs)
        for job, (result, failure) in zip(jobs, outcomes, strict=True):
            job.settle(result, failure)

    def _extend(self, db: apsw.Connection, size: int, batch: Sequence[Entry]) -> None:
        if not batch:
            return

        def tile(level: int, number: int) -> bytes:
            return _one(db, "SELECT hashes FROM tile WHERE level = ? AND n = ?", (level, number)) or b""

        leaves = [leaf_hash(entry.data) for entry in batch]
        changed = list(grow(size, leaves, tile))
        db.executemany("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)", changed)
        db.executemany("INSERT INTO entry VALUES (?, ?)", [(size + i, entry.data) for i, entry in enumerate(batch)])
        documents = {digest: body for entry in batch for digest, body in entry.documents}
        db.executemany("INSERT OR IGNORE INTO document VALUES (?, ?)", documents.items())
        heads = [(msgspec.json.decode(entry.data, type=Head), size + i) for i, entry in enumerate(batch)]
        found = [(head.id, place) for head, place in heads if head.type == "decided"]
        db.executemany("INSERT INTO decided VALUES (?, ?)", found)
        grown = size + len(batch)
        root = tree_root(grown, hash_reader(tile))
        note = self._signer.sign(Checkpoint(self._signer.name, grown, root).text)
        db.execute("INSERT INTO checkpoint VALUES (?, ?)", (grown, note))

    # -- the ledger ----------------------------------------------------------------------------------------------------

    async def append(self, entries: Sequence[Entry]) -> int:
        """As `ports.Ledger.append`."""
        check_sizes(entries)
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        return await self._queue(_Job(done, entries=entries))

    async def size(self) -> int:
        """As `ports.Ledger.size`."""
        return _size(self._reading)

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """As `ports.Ledger.entries`. Raises `Tampered` where one is missing in between."""
        rows = list(self._read("SELECT idx, data FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx", (start, end)))
        for place, (index, _) in enumerate(rows, max(start, 0)):
            if index != place:
                raise Tampered("entry-missing", f"entry {place} is gone")
        return [data for _, data in rows]

    async def tile(self, level: int, n: int) -> bytes:
        """As `ports.Ledger.tile`."""
        return _one(self._reading, "SELECT hashes FROM tile WHERE level = ? AND n = ?", (level, n)) or b""

    async def checkpoint(self, size: int | None = None) -> str:
        """As `ports.Ledger.checkpoint`."""
        query = "SELECT note FROM checkpoint WHERE size = coalesce(?, (SELECT max(size) FROM checkpoint))"
        note: str | None = _one(self._reading, query, (size,))
        if note is None:
            raise NotFound("the ledger has no such checkpoint")
        return note

    async def document(self, digest: Digest) -> bytes:
        """As `ports.Ledger.document`."""
        body: bytes | None = _one(self._reading, "SELECT body FROM document WHERE digest = ?", (digest,))
        if body is None:
            raise NotFound(f"the ledger holds no document {digest}")
        return checked(digest, body)

    async def find(self, decision: str) -> Sequence[int]:
        """As `ports.Ledger.find`."""
        return [index for (index,) in self._read("SELECT idx FROM decided WHERE id = ? ORDER BY idx DESC", (decision,))]

    # -- memory --------------------------------------------------------------------------------------------------------

    async def remembered(self, index: str, project: str) -> Mapping[str, Remembered]:
        """As `ports.Memory.remembered`."""
        rows = self._read(
            "SELECT filename, digest, path, first_seen FROM seen WHERE place = ? AND project = ?", (index, project)
        )
        return {
            row[0]: msgspec.convert(
                {"filename": row[0], "digest": row[1], "path": row[2], "first_seen": row[3]}, Remembered
            )
            for row in rows
        }

    async def remember(self, index: str, project: str, files: Sequence[Remembered]) -> None:
        """As `ports.Memory.remember`."""
        rows = [(index, project, f.filename, f.digest, f.path, f.first_seen.isoformat()) for f in files]
        await self._write(lambda db: db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?, ?)", rows) and None)

    async def scanned(self, blob: Digest, rules: Digest) -> Scan | None:
        """As `ports.Memory.scanned`."""
        body = _one(self._reading, "SELECT body FROM scan WHERE digest = ? AND rules = ?", (blob, rules))
        return None if body is None else msgspec.json.decode(body, type=Scan)

    async def keep_scan(self, blob: Digest, scan: Scan) -> None:
        """As `ports.Memory.keep_scan`."""
        row = (blob, scan.rules, msgspec.json.encode(scan))
        await self._write(lambda db: db.execute("INSERT OR REPLACE INTO scan VALUES (?, ?, ?)", row) and None)

    # -- who may do what -----------------------------------------------------------------------------------------------

    async def waivers(self) -> Sequence[Waiver]:
        """As `ports.Waivers.waivers`."""
        rows = self._read("SELECT body FROM waiver ORDER BY rowid", ())
        return [msgspec.json.decode(body, type=Waiver) for (body,) in rows]

    async def uses(self) -> Mapping[str, int]:
        """As `ports.Waivers.uses`."""
        return dict(self._read("SELECT id, uses FROM waiver_use", ()))

    async def grant(self, waiver: Waiver) -> None:
        """As `ports.Waivers.grant`."""
        row = (waiver.id, msgspec.json.encode(waiver))
        await self._write(lambda db: db.execute("INSERT OR REPLACE INTO waiver VALUES (?, ?)", row) and None)

    async def revoke(self, waiver: str) -> None:
        """As `ports.Waivers.revoke`."""
        if not await self._delete("DELETE FROM waiver WHERE id = ?", waiver):
            raise NotFound(f"no waiver {waiver} is in force")

    async def count(self, waiver: str) -> None:
        """As `ports.Waivers.count`."""
        query = "INSERT INTO waiver_use VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET uses = uses + 1"
        await self._write(lambda db: db.execute(query, (waiver,)) and None)

    async def token(self, digest: Digest) -> Token:
        """As `ports.Tokens.token`."""
        body = _one(self._reading, "SELECT body FROM token WHERE digest = ?", (digest,))
        if body is None:
            raise NotFound("no such token")
        return msgspec.json.decode(body, type=Token)

    async def tokens(self) -> Sequence[Token]:
        """As `ports.Tokens.tokens`."""
        return [msgspec.json.decode(body, type=Token) for (body,) in self._read("SELECT body FROM token ORDER BY rowid", ())]

    async def issue(self, token: Token) -> None:
        """As `ports.Tokens.issue`."""
        row = (token.digest, msgspec.json.encode(token))
        await self._write(lambda db: db.execute("INSERT OR REPLACE INTO token VALUES (?, ?)", row) and None)

    async def withdraw(self, digest: Digest) -> None:
        """As `ports.Tokens.withdraw`."""
        if not await self._delete("DELETE FROM token WHERE digest = ?", digest):
            raise NotFound("no such token")

    async def pseudonym(self, actor: Actor) -> Actor:
        """As `ports.Pseudonyms.pseudonym`."""
        query = "SELECT salt FROM person WHERE name = ?"
        salt: str | None = _one(self._reading, query, (actor.name,))
        if salt is None:

            def introduce(db: apsw.Connection) -> str:
                db.execute("INSERT OR IGNORE INTO person VALUES (?, ?)", (actor.name, secrets.token_hex(16)))
                return str(_one(db, query, (actor.name,)))

            salt = await self._write(introduce)
        return pseudonymous(actor, salt)

    async def forget(self, name: str) -> None:
        """As `ports.Pseudonyms.forget`."""
        if not await self._delete("DELETE FROM person WHERE name = ?", name):
            raise NotFound("nobody is known by that name")

    async def close(self) -> None:
        """As `ports.Store.close`: what was queued is still written."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            await asyncio.to_thread(self._writer.join)
            self._reading.close()

    # -- small things --------------------------------------------------------------------------------------------------

    async def _delete(self, query: str, key: str) -> bool:
        def delete(db: apsw.Connection) -> bool:
            db.execute(query, (key,))
            return db.changes() > 0

        return await self._write(delete)

    def _read(self, query: str, values: Sequence[apsw.SQLiteValue]) -> "apsw.Cursor":
        try:
            return self._reading.execute(query, values)
        except apsw.Error as error:
            raise Unavailable(f"the ledger {self._path} cannot be read: {error}") from error


def _attempt(db: apsw.Connection, write: Callable[[apsw.Connection], object]) -> tuple[object, BaseException | None]:
    """One job inside the transaction, taken back alone when it fails."""
    try:
        with db:
            return write(db), None
    except (apsw.Error, PratiqueError) as error:
        return None, error if isinstance(error, PratiqueError) else NotRecorded(f"the store refused: {error}")


def _one(db: apsw.Connection, query: str, values: Sequence[apsw.SQLiteValue]) -> "apsw.SQLiteValue":
    row = db.execute(query, values).fetchone()
    return None if row is None else row[0]


def _size(db: apsw.Connection) -> int:
    size = _one(db, "SELECT coalesce(max(idx) + 1, 0) FROM entry", ())
    return size if isinstance(size, int) else 0


def _check_library() -> None:
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < _SOUND_FROM or version == _UNSOUND:
        raise InvalidInput(
            f"SQLite {apsw.sqlite_lib_version()} can corrupt a ledger", advice="install apsw 3.53 or newer, which brings its own"
        )


def _connect(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.set_busy_timeout(_BUSY_MS)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _migrate(db: apsw.Connection, path: Path) -> None:
    """Run every numbered step the file has not seen, each in a transaction of its own."""
    folder = files("pratique.adapters.store") / "migrations"
    steps = sorted((int(step.name[:4]), step.read_text(encoding="utf-8")) for step in folder.iterdir() if step.name.endswith(".sql"))
    newest = steps[-1][0]
    for number, script in steps:
        db.execute("BEGIN IMMEDIATE")
        try:
            version = _one(db, "PRAGMA user_version", ())
            if isinstance(version, int) and version > newest:
                raise InvalidInput(
                    f"{path} was written by a newer Pratique (schema {version}; this one knows {newest})",
                    advice="update Pratique; the ledger was not touched",
                )
            if isinstance(version, int) and version < number:
                db.execute(script)
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
