"""A SQLite file as the ledger needs it: opened with care, given its one schema, read without surprises.

All access goes through `apsw`, which brings its own SQLite: versions before 3.51.3, and 3.52.0, can corrupt a database
in WAL mode that two connections write to, and are refused.
"""

import contextlib
import os
import time
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeAlias

import apsw

from pratique.errors import InvalidInput, PratiqueError, Tampered, Unavailable

BUSY_MS: Final = 10_000
Value: TypeAlias = str | int | float | bytes | None
"""What a column holds."""

APPLICATION_ID: Final = 0x50524154
"""`PRAT` in ASCII, in the file's header: what tells a ledger from any other SQLite database."""

SCHEMA: Final = 1
"""The number of `schema.sql`, in the file's header."""

_SOUND_FROM: Final = (3, 51, 3)
_UNSOUND: Final = (3, 52, 0)
_PAUSE_MS: Final = 20
_RESTORE: Final = "restore the file from its backup, then: pratique log verify"
_PRAGMAS: Final = (
    "synchronous = FULL",  # a commit that returned survives a power cut
    "secure_delete = ON",  # a destroyed salt is overwritten, not only unlinked
    "wal_autocheckpoint = 4000",  # pages, 16 MB: ids are random, and a page written once serves many of them
    "cell_size_check = ON",
    "trusted_schema = OFF",
)


def refuse_unsound(version: str) -> None:
    """Raises `InvalidInput` for a version of SQLite that can corrupt a ledger."""
    numbers = tuple(int(part) for part in version.split("."))
    if numbers < _SOUND_FROM or numbers == _UNSOUND:
        raise InvalidInput(
            f"SQLite {version} can corrupt a ledger", advice="install apsw 3.53 or newer, which brings its own SQLite"
        )


def connect(path: Path) -> apsw.Connection:
    """Open a database, made for its owner only where there is none.

    Raises `InvalidInput` for a database of somebody else, which is left as it is, and whatever `plain` makes of a fault.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        db = apsw.Connection(str(path))
        db.set_busy_timeout(BUSY_MS)
        _refuse_foreign(db, path)
        _write_ahead(db)
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
    except (apsw.Error, OSError) as error:
        raise plain(error, path) from error
    return db


def _refuse_foreign(db: apsw.Connection, path: Path) -> None:
    db.execute("BEGIN")  # both questions are asked of the same moment
    try:
        ours = value(db, "PRAGMA application_id") == APPLICATION_ID
        used = value(db, "SELECT count(*) FROM sqlite_schema")
    finally:
        db.execute("ROLLBACK")
    if used and not ours:
        raise InvalidInput(f"{path} is a database, but no ledger", advice="move it away, or name another `home`")


def _write_ahead(db: apsw.Connection) -> None:
    """Turn the write-ahead log on. SQLite does not wait for others who do the same at this moment: try again."""
    for _ in range(BUSY_MS // _PAUSE_MS):
        with contextlib.suppress(apsw.BusyError):
            db.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(_PAUSE_MS / 1000)
    db.execute("PRAGMA journal_mode = WAL")


def schema() -> str:
    """The statements that make a ledger."""
    return (files("pratique.adapters.store") / "schema.sql").read_text(encoding="utf-8")


def prepare(db: apsw.Connection, path: Path) -> None:
    """Make the tables of a new ledger. Raises `InvalidInput` for a ledger of another schema, which is left as it is."""
    try:
        with Transaction(db):
            version = int(value(db, "PRAGMA user_version"))
            if version not in (0, SCHEMA):
                raise InvalidInput(
                    f"{path} was written by another Pratique (schema {version}; this one knows {SCHEMA})",
                    advice="use the Pratique that wrote it; the ledger was not touched",
                )
            if not version:
                db.execute(schema())
                db.pragma("application_id", APPLICATION_ID)
                db.pragma("user_version", SCHEMA)
    except apsw.Error as error:
        raise plain(error, path) from error


_FORM: Final = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema"
_BEYOND: Final = (
    ("entry-changed", "SELECT count(*) FROM entry WHERE idx < 0 OR idx >= ?1", "entries that no checkpoint covers"),
    (
        "tile-changed",
        "SELECT count(*) FROM tile WHERE level NOT BETWEEN 0 AND 7 OR n < 0 OR n >= ?1 OR n * 256 >= (?1 >> (8 * level))",
        "tiles that belong to no entry",
    ),
    ("index-changed", "SELECT count(*) FROM term WHERE block < 0 OR block * 256 >= ?1", "terms of no entry"),
    (
        "index-changed",
        "SELECT count(*) FROM fresh_term WHERE block < 0 OR block * 256 >= ?1",
        "fresh terms of no entry",
    ),
)


def faults(db: apsw.Connection, size: int) -> list[tuple[str, str]]:
    """What is wrong with a ledger of `size` beside what its tree shows: its schema, and rows beyond its newest checkpoint."""
    fresh = apsw.Connection(":memory:")
    fresh.execute(schema())
    wanted, held = set(rows(fresh, _FORM)), set(rows(db, _FORM))
    fresh.close()
    found = [("schema-changed", f"the {one[0]} {one[1]} is not as it was made") for one in sorted(wanted - held)]
    found += [("schema-changed", f"the {one[0]} {one[1]} was not made by Pratique") for one in sorted(held - wanted)]
    for what, query, sentence in _BEYOND:
        count = value(db, query, size)
        if count:
            found.append((what, f"there are {count} {sentence}"))
    return found


class Transaction:
    """`BEGIN IMMEDIATE` to `COMMIT`; whatever is raised in between takes everything back."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


FAULTS: Final = (apsw.Error, UnicodeDecodeError)
"""What reading from a database can raise; `plain` says what it means."""


def rows(db: apsw.Connection, query: str, *values: Value) -> list[tuple[Any, ...]]:
    """All rows of a query. Raises `FAULTS`."""
    return db.execute(query, values).fetchall()


def value(db: apsw.Connection, query: str, *values: Value) -> Any:  # noqa: ANN401 - what a column holds
    """The first column of the first row, None when there is no row. Raises `FAULTS`."""
    found = rows(db, query, *values)
    return found[0][0] if found else None


def typed(found: list[tuple[Any, ...]], *kinds: type | tuple[type, ...]) -> list[tuple[Any, ...]]:
    """Rows whose columns hold what the schema says. Raises `Tampered` for others, which only damage can have made."""
    for kind, column in zip(kinds, zip(*found, strict=True), strict=bool(found)):
        if not all(issubclass(each, kind) for each in set(map(type, column))):
            raise Tampered("store-damaged", "a column of the ledger holds what cannot be in it", advice=_RESTORE)
    return found


def plain(error: Exception, path: Path) -> PratiqueError:
    """What an error of SQLite or of the system means to a caller."""
    match error:
        case PratiqueError():
            return error
        case apsw.CorruptError() | apsw.NotADBError() | apsw.SQLError() | UnicodeDecodeError():
            # our statements are fixed: an error in one means that the schema is no longer the one they were written for
            return Tampered("store-damaged", f"{path} is no sound SQLite database: {error}", advice=_RESTORE)
        case apsw.BusyError():
            return Unavailable(f"{path} is in use: {error}", advice="another process holds it; try again")
        case apsw.Error() | OSError():
            return Unavailable(f"{path} cannot be used: {error}", advice="is there space, and is the folder writable?")
        case _:
            return Unavailable(f"{path} could not be used: {error!r}", advice="this is a fault of Pratique: report it")
