"""Which stored documents an entry names."""

from typing import assert_never

from pratique.errors import InvalidInput
from pratique.model.artifact import Digest
from pratique.model.event import (
    Decided,
    Event,
    Forgotten,
    PolicyLoaded,
    Steered,
    TokenIssued,
    TokenRevoked,
    Waived,
    WaiverRevoked,
    decode,
)


def event_of(entry: bytes) -> Event | None:
    """The event an entry records, None for bytes that are no event of ours: the tree holds them all the same."""
    try:
        return decode(entry)
    except InvalidInput:
        return None


def documents_named(event: Event | None) -> tuple[Digest, ...]:
    """The digests of the documents that are stored with an event."""
    match event:
        case Decided():
            return event.evidence, event.policy, event.waivers
        case Steered() | PolicyLoaded():
            return (event.policy,)
        case Waived() | WaiverRevoked() | TokenIssued() | TokenRevoked() | Forgotten() | None:
            return ()
        case _:
            assert_never(event)
