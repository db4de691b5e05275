"""What people and machines of an organisation sign of a file of their own, and the keys by which that is believed.

A statement is about one file, by its name and its digest, and says one thing of it: that it was published on purpose, or that
somebody looked at it. `record/statement.py` writes, signs and examines them.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from pratique.model.scope import ScopeName


class Predicate(StrEnum):
    """What a statement says."""

    PUBLISH = "publish"
    """Who published the file, and what it was made from."""
    REVIEW = "review"
    """Who looked at it, and what came of that."""


PREDICATE_TYPES: Final[Mapping[Predicate, str]] = {
    Predicate.PUBLISH: "https://pratique.invalid/statement/publish/v1",
    Predicate.REVIEW: "https://pratique.invalid/statement/review/v1",
}
"""The predicate types of in-toto statements, below a name that leads nowhere (RFC 2606): they name, and are never asked for."""


class Approval(StrEnum):
    """What came of a review."""

    APPROVED = "approved"
    REFUSED = "refused"


class Publish(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The predicate `publish`. `source` is what the file was made from, in words: a repository with its commit."""

    at: datetime
    source: str = ""


class Review(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The predicate `review`. Without scopes it counts in all; `expires` is when it ends, None for never."""

    at: datetime
    decision: Approval
    scopes: tuple[ScopeName, ...] = ()
    ticket: str = ""
    note: str = ""
    expires: datetime | None = None


class SigningKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """A public key by which statements are believed, in note form (`<name>+<hash>+<key>`), and what it may sign.

    `retired` is when another took its place: what it signed and was recorded before counts. One that was `revoked` counts for
    nothing any more, whenever it signed; `why` says why.
    """

    key: str
    may: tuple[Predicate, ...]
    since: datetime
    retired: datetime | None = None
    revoked: datetime | None = None
    why: str = ""

    @property
    def id(self) -> str:
        """Its name and its hash, which is how signatures name it."""
        return "+".join(self.key.split("+", 2)[:2])  # base 64 has plus signs, too

    @property
    def name(self) -> str:
        """Who signs with it: a person or a machine, as the organisation calls it."""
        return self.key.partition("+")[0]


class Flaw(StrEnum):
    """Why a statement does not count. The values are recorded, and stay."""

    MALFORMED = "malformed"
    PAYLOAD_TYPE = "payload-type"
    STATEMENT_TYPE = "statement-type"
    SUBJECT = "subject"
    """It is about another file."""
    PREDICATE = "predicate"
    """It says something that is not known here, or not in the way known here."""
    KEY_UNKNOWN = "key-unknown"
    KEY_REVOKED = "key-revoked"
    KEY_RETIRED = "key-retired"
    """It was recorded after its key was retired."""
    KEY_PURPOSE = "key-purpose"
    """Its key may not sign such statements."""
    SIGNATURE = "signature"
    EXPIRED = "expired"
    REFUSED = "refused"
    """It is a valid review, by somebody who says no."""


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement that counts: what it says, and by whose key."""

    by: str
    said: Publish | Review

    @property
    def predicate(self) -> Predicate:
        """Which of the predicates it is."""
        return Predicate.PUBLISH if isinstance(self.said, Publish) else Predicate.REVIEW


class CountsNot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement that does not count, and why. `predicate` and `by` are what it claims; None and empty where that is unread."""

    flaw: Flaw
    why: str
    predicate: Predicate | None = None
    by: str = ""


Examined: TypeAlias = Counts | CountsNot
