"""The journal of wrapped commands: a file for each that is running, and for each that was killed."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pratique.model import limits


@dataclass(frozen=True, slots=True)
class Run:
    """A wrapped command that has begun and has not tidied up. `pid` is 0 where the file does not say."""

    file: Path
    pid: int
    alive: bool


def runs_in(home: Path) -> Iterator[Run]:
    """Every run below the folder of the ledger. A file that cannot be read counts as one that was killed."""
    for path in sorted((home / "runs").glob("*.json")):
        try:
            with path.open("rb") as file:
                told = json.loads(file.read(limits.SETTINGS_BYTES_MAX))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, RecursionError):
            told = {}
        pid = told.get("pid", 0) if isinstance(told, dict) else 0
        pid = pid if isinstance(pid, int) and pid > 0 else 0
        yield Run(path, pid, pid > 0 and _is_alive(pid))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
