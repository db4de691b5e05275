"""What every store asks of what it takes in and gives out."""

from collections.abc import Sequence

from pratique.errors import NotRecorded, Tampered
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.record.entry import Entry
from pratique.record.state import Change, joined


def refuse_unfit(entries: Sequence[Entry], changes: Sequence[Change]) -> None:
    """Look at entries and changes before any of them is stored.

    Raises `NotRecorded` for an entry, a term or a document beyond its limit, and for a document that has another digest than
    the one it is stored under; `InvalidInput` for a key that cannot be kept.
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
    for change in changes:
        joined(change.key)


def checked(digest: Digest, body: bytes) -> bytes:
    """A stored document. Raises `Tampered` when its bytes no longer have its digest."""
    if digest_of(body) != digest:
        raise Tampered("document-changed", f"the document {digest} no longer has that digest")
    return body
