"""A SQLite file as the ledger needs it: opened with care, brought to the newest schema, read without surprises.

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


def migrate(db: apsw.Connection, path: Path) -> None:
    """Bring a database to the newest schema: every numbered step it has not seen, all of them or none.

    Raises `InvalidInput` for a database that a newer Pratique wrote, which is left as it is.
    """
    folder = files("pratique.adapters.store") / "migrations"
    steps = {int(step.name[:4]): step for step in folder.iterdir() if step.name.endswith(".sql")}
    try:
        with Transaction(db):
            version = _version(db, path, newest=max(steps))
            for number in sorted(steps):
                if number > version:
                    db.execute(steps[number].read_text(encoding="utf-8"))
                    db.pragma("user_version", number)
    except apsw.Error as error:
        raise plain(error, path) from error


def _version(db: apsw.Connection, path: Path, newest: int) -> int:
    version = int(value(db, "PRAGMA user_version"))
    if version > newest:
        raise InvalidInput(
            f"{path} was written by a newer Pratique (schema {version}; this one knows {newest})",
            advice="update Pratique; the ledger was not touched",
        )
    return version


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
    for row in found:
        if any(not isinstance(column, kind) for column, kind in zip(row, kinds, strict=True)):
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
