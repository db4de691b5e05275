"""Which wrapped commands are running, and which were killed: from their journals, without putting anything right."""

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Journalled:
    """A wrapped command that has begun and has not tidied up."""

    journal: Path
    alive: bool


def runs_in(home: Path) -> Iterator[Journalled]:
    """Every such command below the folder of the ledger. One that runs holds a lock on the folder beside its journal."""
    for journal in sorted((home / "runs").glob("*.json")):
        yield Journalled(journal, _is_locked(journal.with_suffix("") / "lock"))


def _is_locked(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
