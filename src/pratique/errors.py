"""Every error Pratique raises.

PratiqueError
├── InvalidInput        a document, a name or an argument is malformed
│   ├── InvalidPolicy   every mistake of a policy file, each with its line
│   ├── LimitExceeded   larger, deeper or longer than `model/limits.py` allows
├── OutOfTime           a piece of work is ended from outside: its time is over
│   └── Conflict        the place is taken by something else
├── Forbidden           who asks may not do this
├── NotFound            the thing asked for does not exist there
│   └── Gone            it was there, and was taken away on purpose
├── Unavailable         a dependency did not answer; in a decision it becomes an `Unknown` fact
├── NotRecorded         the ledger could not be written, therefore the answer is no
└── Tampered            what is stored is not what was written; `what` names the kind of damage

`str(error)` is for logs; `error.advice` tells a person what to do next.
"""

from dataclasses import dataclass


class PratiqueError(Exception):
    """Base of all errors of Pratique."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class InvalidInput(PratiqueError):
    """A document, a name or an argument is malformed."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing wrong with a file. `line` counts from 1; 0 means the file as a whole."""

    line: int
    message: str


class InvalidPolicy(InvalidInput):
    """A policy file with mistakes: all of them, in the order of their lines."""

    def __init__(self, source: str, mistakes: tuple[Mistake, ...]) -> None:
        text = "\n".join(f"{source}:{mistake.line}: {mistake.message}" for mistake in mistakes)
        super().__init__(text, advice=f"mend the lines above, then: pratique policy check {source}")
        self.source = source
        self.mistakes = mistakes


class LimitExceeded(InvalidInput):
    """Something is larger, deeper or longer than `model/limits.py` allows."""


class Conflict(InvalidInput):
    """The place is taken, and by something else: what is there is never overwritten."""


class Forbidden(PratiqueError):
    """Who asks is known, and may not do this."""


class OutOfTime(PratiqueError):
    """The time of a piece of work is over. Not a kind of `InvalidInput`, so that nobody on the way goes on after it."""


class NotFound(PratiqueError):
    """The thing asked for does not exist at the place asked."""


class Gone(NotFound):
    """It was there, and was taken away on purpose."""


class Unavailable(PratiqueError):
    """A dependency did not answer, or not in time. In a decision it becomes an `Unknown` fact."""


class NotRecorded(PratiqueError):
    """The ledger could not be written. What is not recorded is not allowed."""


class Tampered(PratiqueError):
    """What is stored is not what was written.

    `what` is one of: `entry-changed`, `entry-missing`, `tile-changed`, `checkpoint-forged`, `forked`, `rolled-back`,
    `document-changed`, `document-missing`, `checkpoint-missing`, `unrecorded`, `index-changed`, `schema-changed`, `blob-changed`,
    `store-damaged`.
    """

    def __init__(self, what: str, message: str, *, advice: str = "") -> None:
        super().__init__(f"{what}: {message}", advice=advice)
        self.what = what
