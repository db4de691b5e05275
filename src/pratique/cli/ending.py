"""How a command ends: its exit code, and what it says when something is wrong."""

import sys
from enum import IntEnum

from pratique.errors import InvalidInput, InvalidPolicy, NotFound, PratiqueError


class Exit(IntEnum):
    """What a script can rely on. A refusal is never 0."""

    ALLOWED = 0
    FAILED = 1
    USAGE = 2
    HELD = 10
    DENIED = 11
    EVIDENCE_MISSING = 12
    WAITING = 13


def tell(error: PratiqueError) -> Exit:
    """Say on stderr what is wrong and what to do; the exit code that fits."""
    sys.stderr.write(f"pratique: {error}\n" if not isinstance(error, InvalidPolicy) else f"{error}\n")
    if error.advice:
        sys.stderr.write(f"  do  {error.advice}\n")
    match error:
        case InvalidInput():
            return Exit.USAGE
        case NotFound():
            return Exit.FAILED
        case _:
            return Exit.EVIDENCE_MISSING
