"""What every store asks of what it takes in and gives out."""

from collections.abc import Sequence
from typing import Final

import msgspec

from pratique.errors import NotRecorded, Tampered
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.model.waiver import Waiver
from pratique.ports import Entry


class _Head(msgspec.Struct):
    """The part of an event by which a decision is found again (`model/event.py`)."""

    type: str = ""
    id: str = ""


_HEAD: Final = msgspec.json.Decoder(_Head)


def refuse_unfit(entries: Sequence[Entry]) -> None:
    """Look at entries before any of them is stored.

    Raises `NotRecorded` for an entry or a document beyond its limit, and for a document that has another digest than
    the one it is stored under.
    """
    looked_at: dict[Digest, bytes] = {}
    for entry in entries:
        if len(entry.data) > limits.ENTRY_BYTES_MAX:
            raise NotRecorded(f"an entry of {len(entry.data)} bytes is over the limit of {limits.ENTRY_BYTES_MAX}")
        for digest, body in entry.documents:
            if looked_at.get(digest) is body:  # the policy comes with every decision
                continue
            if len(body) > limits.DOCUMENT_BYTES_MAX:
                raise NotRecorded(f"{digest} has {len(body)} bytes, over the limit of {limits.DOCUMENT_BYTES_MAX}")
            if digest_of(body) != digest:
                raise NotRecorded(f"a document was handed in as {digest}, which is not its digest")
            looked_at[digest] = body


def refuse_used_up(waiver: Waiver, uses: int) -> None:
    """Raises `NotRecorded` when a waiver has been used more often than it may be, this time included."""
    if waiver.uses_max and uses > waiver.uses_max:
        raise NotRecorded(f"the waiver {waiver.id} is used up", advice="ask again; it no longer counts")


def decision_of(data: bytes) -> str | None:
    """The id of the decision that an entry records, None where it records something else."""
    try:
        head = _HEAD.decode(data)
    except msgspec.MsgspecError:
        return None
    return head.id if head.type == "decided" else None


def checked(digest: Digest, body: bytes) -> bytes:
    """A stored document. Raises `Tampered` when its bytes no longer have its digest."""
    if digest_of(body) != digest:
        raise Tampered("document-changed", f"the document {digest} no longer has that digest")
    return body
