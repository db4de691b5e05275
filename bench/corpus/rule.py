"""What may be looked at: one rule by name and date, so that what was not looked at can tell how good the scanner is."""

import hashlib
import re
from typing import Final

OPEN_MAX: Final = 0x4CCCCCCC
"""0.3 of the first 32 bits of the digest."""
RESERVED_FROM: Final = "2026-01"


def share(name: str) -> int:
    """The first 32 bits of the SHA-256 of a project's normal name (PEP 503)."""
    normal = re.sub(r"[-_.]+", "-", name).lower()
    return int(hashlib.sha256(normal.encode()).hexdigest()[:8], 16)


def passes(name: str) -> bool:
    """Whether a benign project of that name may be looked at; of the others only rates are told."""
    return share(name) <= OPEN_MAX


def may_open(directory: str, added: str | None) -> bool:
    """Whether a sample may be opened, by its top-level directory and the author date (ISO 8601) that first added it."""
    return passes(directory) and added is not None and added < RESERVED_FROM
