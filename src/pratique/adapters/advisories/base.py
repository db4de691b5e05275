"""All feeds in one SQLite file: what is known of a package now, and what was known at a moment.

The file is made from feeds and can be made again. It is kept apart from the ledger, which says when each feed was read and to
which digest; what a decision was told stands in its evidence.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

import apsw
import msgspec

from pratique.adapters.advisories.openvex import read_statements
from pratique.adapters.advisories.record import read_record
from pratique.adapters.advisories.signals import Signals
from pratique.adapters.store.database import BUSY_MS, FAULTS, Transaction, rows, value
from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.model.advisory import About, Advisory, FeedForm
from pratique.model.artifact import Digest
from pratique.model.evidence import Unknown
from pratique.ports import Feed, FeedDocument, Imported

APPLICATION_ID: Final = 0x50524144
"""`PRAD` in ASCII, in the file's header: what tells it from any other SQLite database."""
SCHEMA: Final = 2

_NEVER: Final = Unknown("advisories", "no feed of advisories was imported")
_AGAIN: Final = "move the file away, and import the feeds again"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ADVISORY: Final = msgspec.json.Decoder(Advisory)
_CURRENT: Final = "SELECT body FROM advisory WHERE kind = ? AND name = ? AND until IS NULL ORDER BY number"
_AT: Final = """
    SELECT body FROM advisory WHERE kind = ? AND name = ? AND learned <= ? AND (until IS NULL OR until > ?) ORDER BY number
"""
_NAMED: Final = """
    SELECT DISTINCT kind, advisory.name FROM alias JOIN advisory USING (number) WHERE alias.name = ? AND until IS NULL
"""
_ENDED: Final = "UPDATE advisory SET until = ? WHERE feed = ? AND path = ? AND until IS NULL"
_SIGNAL: Final = (
    "INSERT INTO signal VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET "
    "exploited = max(exploited, ?2), likelihood = coalesce(?3, likelihood)"
)
_READERS: Final = {FeedForm.OSV: read_record, FeedForm.OPENVEX: read_statements}
_FORMS: Final = {FeedForm.OSV: "OSV records (JSON or YAML)", FeedForm.OPENVEX: "OpenVEX documents (JSON)"}
_UNREAD_NAMED_MAX: Final = 20
_PUT: Final = "INSERT INTO advisory (feed, path, kind, name, id, learned, body) VALUES (?, ?, ?, ?, ?, ?, ?)"


class AdvisoryBase:
    """The feeds of one installation. Several processes may share the file; whoever reads sees each import whole or not at all."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened, nor made, before it is needed."""
        self._path = path
        self._reading: apsw.Connection | None = None

    def state(self) -> str:
        """As `ports.Advisories.state`."""
        try:
            return "" if (db := self._read()) is None else str(value(db, "PRAGMA data_version"))
        except (*FAULTS, InvalidInput) as error:
            return f"damaged: {error}"

    async def about(self, kind: str, name: str, *, at: datetime | None = None) -> About | Unknown:
        """As `ports.Advisories.about`."""
        try:
            return self._about(kind, name, at)
        except (*FAULTS, InvalidInput, msgspec.MsgspecError) as error:
            return Unknown("advisories", f"{self._path.name} cannot be read: {error}")

    async def named(self, name: str) -> Sequence[tuple[str, str]]:
        """As `ports.Advisories.named`."""
        try:
            db = self._read()
            return [] if db is None else [(row[0], row[1]) for row in rows(db, _NAMED, name)]
        except FAULTS as error:
            raise self._plain(error) from error

    async def packages(self, kind: str) -> Sequence[str]:
        """As `ports.Advisories.packages`."""
        query = "SELECT DISTINCT name FROM advisory WHERE kind = ? AND until IS NULL ORDER BY name"
        try:
            db = self._read()
            return [] if db is None else [row[0] for row in rows(db, query, kind)]
        except FAULTS as error:
            raise self._plain(error) from error

    async def feeds(self) -> Sequence[Feed]:
        """As `ports.Advisories.feeds`."""
        query = "SELECT name, place, asked, records, digest, form FROM feed ORDER BY name"
        try:
            db = self._read()
            found = [] if db is None else rows(db, query)
            sound = {name for name, *_, digest, _ in found if db is not None and _digest(db, name) == digest}
        except FAULTS as error:
            raise self._plain(error) from error
        return [
            Feed(name, place, _moment(asked), records, Digest(digest), sound=name in sound, form=FeedForm(form))
            for name, place, asked, records, digest, form in found
        ]

    @asynccontextmanager
    async def replacing(
        self,
        feed: str,
        place: str,
        documents: Iterable[FeedDocument],
        now: datetime,
        *,
        form: FeedForm = FeedForm.OSV,
    ) -> AsyncIterator[Imported]:
        """As `ports.Advisories.replacing`."""
        async with self._changing() as db:
            yield await asyncio.to_thread(_Replacing(db, feed, _stamp(now), form).run, place, documents)

    @asynccontextmanager
    async def dropping(self, feed: str, now: datetime) -> AsyncIterator[Imported]:
        """As `ports.Advisories.dropping`."""
        async with self._changing() as db:
            yield _Replacing(db, feed, _stamp(now)).drop()

    async def signal(self, signals: Signals) -> int:
        """Keep what lists of vulnerabilities say; the number of names. Raises `Unavailable`."""
        found: dict[str, tuple[int, int | None]] = dict.fromkeys(signals.exploited, (1, None))
        for name, likelihood in signals.likelihood:
            found[name] = (found.get(name, (0, None))[0], likelihood)
        async with self._changing() as db:
            if signals.exploited:
                db.execute("UPDATE signal SET exploited = 0")
            if signals.likelihood:
                db.execute("UPDATE signal SET likelihood = NULL")
            db.executemany(_SIGNAL, ((name, *said) for name, said in found.items()))
            db.execute("DELETE FROM signal WHERE NOT exploited AND likelihood IS NULL")
        return len(found)

    def _about(self, kind: str, name: str, at: datetime | None) -> About | Unknown:
        db = self._read()
        oldest = None if db is None else value(db, "SELECT min(asked) FROM feed WHERE form = ?", FeedForm.OSV)
        if db is None or oldest is None:
            return _NEVER
        found = rows(db, _CURRENT, kind, name) if at is None else rows(db, _AT, kind, name, _stamp(at), _stamp(at))
        records = tuple(self._with_signals(db, _ADVISORY.decode(body)) for (body,) in found)
        return About(records, _moment(oldest))

    def _with_signals(self, db: apsw.Connection, advisory: Advisory) -> Advisory:
        for name in (advisory.id, *advisory.aliases):
            for exploited, likelihood in rows(db, "SELECT exploited, likelihood FROM signal WHERE name = ?", name):
                return msgspec.structs.replace(advisory, exploited=bool(exploited), likelihood=likelihood)
        return advisory

    def _read(self) -> apsw.Connection | None:
        """The connection that is read from; None where no feed was ever imported."""
        if self._reading is None and self._path.exists():
            self._reading = _opened(self._path)
        return self._reading

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[apsw.Connection]:
        """A transaction that is taken back unless it ends in peace."""
        try:
            self._path.touch(mode=0o600)
            with closing(_opened(self._path)) as db, Transaction(db):
                yield db
        except (*FAULTS, OSError) as error:
            raise self._plain(error) from error

    def _plain(self, error: Exception) -> Exception:
        if isinstance(error, apsw.BusyError):
            return Unavailable(f"{self._path} is in use", advice="another import is under way; try again")
        return Unavailable(f"{self._path} cannot be used: {error}", advice=_AGAIN)

    async def close(self) -> None:
        """As `ports.Advisories.close`."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None


class _Replacing:
    """One feed, read into the file."""

    def __init__(self, db: apsw.Connection, feed: str, now: int, form: FeedForm = FeedForm.OSV) -> None:
        self._db, self._feed, self._now, self._form = db, feed, now, form
        known = rows(db, "SELECT path, stamp, digest FROM document WHERE feed = ?", feed)
        self._known: dict[str, tuple[str, bytes]] = {path: (stamp, digest) for path, stamp, digest in known}
        self._touched: set[tuple[str, str]] = set()
        self._unread: list[str] = []
        self._unread_count = 0
        self._added = self._changed = 0

    def run(self, place: str, documents: Iterable[FeedDocument]) -> Imported:
        """Read it all; raises as `ports.Advisories.replacing`."""
        kept_as = [form for (form,) in rows(self._db, "SELECT form FROM feed WHERE name = ?", self._feed)]
        if kept_as not in ([], [self._form]):
            raise InvalidInput(
                f"the feed {self._feed} is one of {_FORMS[FeedForm(kept_as[0])]}", advice="give this one another --name"
            )
        left = set(self._known)
        count = 0
        for document in documents:
            count += 1
            left.discard(document.path)
            self._take(document)
        if count <= self._unread_count:
            why = f": {self._unread[0]}" if self._unread else ""
            raise InvalidInput(
                f"{place} holds no record that can be read{why}",
                advice=f"name the folder, the zip or the file that has {_FORMS[self._form]}",
            )
        for path in left:
            self._end(path)
            self._db.execute("DELETE FROM document WHERE feed = ? AND path = ?", (self._feed, path))
        digest = _digest(self._db, self._feed)
        records = int(value(self._db, "SELECT count(*) FROM document WHERE feed = ?", self._feed))
        self._db.execute(
            "INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?, ?, ?)",
            (self._feed, self._form, place, self._now, records, digest),
        )
        return Imported(
            self._feed, Digest(digest), records, self._added, self._changed, len(left),
            tuple(sorted(self._touched)), tuple(self._unread), self._unread_count,
        )  # fmt: skip

    def drop(self) -> Imported:
        """Take it all back. Raises `NotFound`."""
        self._db.execute("DELETE FROM feed WHERE name = ?", (self._feed,))
        if not self._db.changes():
            raise NotFound(f"no feed is called {self._feed}", advice="pratique advisories show lists them")
        for path in self._known:
            self._end(path)
        self._db.execute("DELETE FROM document WHERE feed = ?", (self._feed,))
        digest = Digest(_digest(self._db, self._feed))
        return Imported(self._feed, digest, 0, 0, 0, len(self._known), tuple(sorted(self._touched)))

    def _take(self, document: FeedDocument) -> None:
        known = self._known.get(document.path)
        if known is not None and document.stamp and known[0] == document.stamp:
            return
        data = document.read()
        digest = hashlib.sha256(data).digest()
        if known is None or known[1] != digest:
            try:
                found = _READERS[self._form](document.path, data, self._feed)
            except InvalidInput as error:
                # What it said before stays in force: a record that broke is no reason to forget.
                self._unread_count += 1
                if len(self._unread) < _UNREAD_NAMED_MAX:
                    self._unread.append(str(error))
                return
            self._end(document.path)
            for each in found:
                body = msgspec.json.encode(each.advisory)
                row = (self._feed, document.path, each.kind, each.name, each.advisory.id, self._now, body)
                self._db.execute(_PUT, row)
                number = self._db.last_insert_rowid()
                for name in {each.advisory.id, *each.advisory.aliases}:
                    self._db.execute("INSERT INTO alias VALUES (?, ?)", (name, number))
                self._touched.add((each.kind, each.name))
            if known is None:
                self._added += 1
            else:
                self._changed += 1
        put = "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)"
        self._db.execute(put, (self._feed, document.path, document.stamp, digest))

    def _end(self, path: str) -> None:
        if path in self._known:
            query = "SELECT DISTINCT kind, name FROM advisory WHERE feed = ? AND path = ? AND until IS NULL"
            self._touched.update((kind, name) for kind, name in rows(self._db, query, self._feed, path))
            self._db.execute(_ENDED, (self._now, self._feed, path))


def _opened(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.set_busy_timeout(BUSY_MS)
    with Transaction(db):
        used = value(db, "SELECT count(*) FROM sqlite_schema")
        mark = value(db, "PRAGMA application_id"), value(db, "PRAGMA user_version")
        if used and mark != (APPLICATION_ID, SCHEMA):
            raise InvalidInput(f"{path} is no file of advisories that this Pratique knows", advice=_AGAIN)
        if not used:
            db.execute((files("pratique.adapters.advisories") / "schema.sql").read_text(encoding="utf-8"))
            db.pragma("application_id", APPLICATION_ID)
            db.pragma("user_version", SCHEMA)
    with suppress(apsw.BusyError):  # another process turns it on at this moment
        db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _digest(db: apsw.Connection, feed: str) -> str:
    """One digest over a feed: its documents in the order of their paths, and what was made of them."""
    whole = hashlib.sha256()
    for path, digest in db.execute("SELECT path, digest FROM document WHERE feed = ? ORDER BY path", (feed,)):
        whole.update(path.encode() + b"\0" + digest + b"\n")
    query = "SELECT path, kind, name, body FROM advisory WHERE feed = ? AND until IS NULL ORDER BY path, kind, name"
    for path, kind, name, body in db.execute(query, (feed,)):
        whole.update(f"{path}\0{kind}\0{name}\0".encode() + hashlib.sha256(body).digest() + b"\n")
    return f"sha256:{whole.hexdigest()}"


def _stamp(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(stamp: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stamp)
