"""How a command ends: its exit code, and what it says when something is wrong."""

import sys
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from pratique.errors import InvalidInput, InvalidPolicy, NotFound, PratiqueError, Tampered, Unavailable


class Exit(IntEnum):
    """What a script can rely on. A refusal is never 0."""

    ALLOWED = 0
    FAILED = 1
    USAGE = 2
    HELD = 10
    DENIED = 11
    EVIDENCE_MISSING = 12
    WAITING = 13


MEANINGS: Final[Mapping[Exit, str]] = MappingProxyType(
    {
        Exit.ALLOWED: "Done: allowed, or steered to a version that is.",
        Exit.FAILED: "What was asked for is not there, or it is not well: a test failed, damage was found, an attack came in.",
        Exit.USAGE: "The command, a setting or a file given to it cannot be understood.",
        Exit.HELD: "Held: it ends by itself, with time.",
        Exit.DENIED: "Denied: take what is offered instead.",
        Exit.EVIDENCE_MISSING: "Held until something that did not answer does; or the record could not be written or trusted.",
        Exit.WAITING: "Held until a person has looked: the message says who.",
    }
)
"""Each code in a sentence. A wrapped client that fails for reasons of its own keeps its own code."""

_KEEP: Final = "keep the files as they are and tell security; pratique log verify names all damage"


def unusable(error: OSError) -> Unavailable:
    """What the system says of a file or a folder, as an error of ours."""
    what = f"{error.filename} cannot be used" if error.filename else "nothing can be written"
    return Unavailable(
        f"{what}: {error.strerror}",
        advice="is there space, and may this account write there? PRATIQUE_HOME names another folder",
    )


def tell(error: PratiqueError) -> Exit:
    """Say on stderr what is wrong and what to do; the exit code that fits."""
    sys.stderr.write(f"pratique: {error}\n" if not isinstance(error, InvalidPolicy) else f"{error}\n")
    advice = error.advice or (_KEEP if isinstance(error, Tampered) else "")
    if advice:
        sys.stderr.write(f"  do  {advice}\n")
    match error:
        case InvalidInput():
            return Exit.USAGE
        case NotFound():
            return Exit.FAILED
        case _:
            return Exit.EVIDENCE_MISSING
