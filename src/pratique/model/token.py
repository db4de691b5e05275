"""An access token: in which scope its holder may ask, and until when."""

from datetime import datetime

import msgspec

from pratique.model.artifact import Digest
from pratique.model.scope import Actor, ScopeName


class Token(msgspec.Struct, frozen=True, omit_defaults=True):
    """An access token, known by the digest of its secret only; its holder by a salted digest, as in the record."""

    digest: Digest
    holder: Actor
    scope: ScopeName
    expires: datetime | None = None
    publishes: tuple[str, ...] = ()
    """The projects, by patterns of their names, whose files its holder may publish."""
