"""The outside world on one page.

Every method that touches a disk or a network is a coroutine. Unless a line says otherwise, methods raise `Unavailable` when
the thing behind them does not answer, and may be called concurrently from one event loop.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.model.waiver import Waiver


class Clock(Protocol):
    """Where `now` comes from."""

    def now(self) -> datetime:
        """The present moment, aware, UTC. Never blocks."""
        ...


class Fetched(msgspec.Struct, frozen=True):
    """A whole answer of an index. `url` is where it finally came from, `not_modified` that the given etag still holds."""

    url: str
    content_type: str
    body: bytes
    etag: str = ""
    not_modified: bool = False


class Stream(Protocol):
    """A file on its way from an index."""

    size: int | None
    """Bytes announced by the index, None when it did not say."""

    def chunks(self) -> AsyncIterator[bytes]:
        """The bytes, in order. Raises `Unavailable` when the connection breaks, `LimitExceeded` past the limit."""
        ...


class Upstream(Protocol):
    """One package index."""

    name: str
    """Its name in the policy: `public`, `internal`, ..."""
    url: str
    """The URL of its Simple API, ending in a slash."""

    async def get(self, url: str, *, accept: str, bytes_max: int, etag: str = "") -> Fetched:
        """Read a document. Raises `NotFound` (404, 410), `Unavailable`, or `LimitExceeded` past `bytes_max`."""
        ...

    def open(self, url: str, *, bytes_max: int) -> AbstractAsyncContextManager[Stream]:
        """Open a file. Entering raises `NotFound`, `Unavailable` or `LimitExceeded`."""
        ...


class Entry(msgspec.Struct, frozen=True):
    """One ledger entry: canonical bytes, beside the documents it names, which are stored with it or not at all."""

    data: bytes
    documents: tuple[tuple[Digest, bytes], ...] = ()


class Ledger(Protocol):
    """Append-only, in the order of the tree (RFC 6962, C2SP tlog-tiles). Indices count from 0."""

    async def append(self, entries: Sequence[Entry]) -> int:
        """Store entries and a signed checkpoint durably, together; the index of the first. Raises `NotRecorded`."""
        ...

    async def size(self) -> int:
        """How many entries there are."""
        ...

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Entries `start` (included) to `end` (excluded), clipped to the size."""
        ...

    async def tile(self, level: int, n: int) -> bytes:
        """The hashes of one tile, 32 bytes each, at most 256 of them; empty when there is none."""
        ...

    async def checkpoint(self, size: int | None = None) -> str:
        """The signed note of the newest checkpoint, or of that size. Raises `NotFound`."""
        ...

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """The size and the note of every checkpoint whose size is from `start` to `end` (excluded), smallest first."""
        ...

    async def document(self, digest: Digest) -> bytes:
        """A stored document. Raises `NotFound`, or `Tampered` when its bytes no longer have that digest."""
        ...

    async def find(self, decision: str) -> Sequence[int]:
        """The indices of the entries with this decision id, newest first."""
        ...


class Remembered(msgspec.Struct, frozen=True):
    """What we knew of a file the last time we saw it listed."""

    filename: str
    digest: Digest | None
    path: str
    first_seen: datetime


class Memory(Protocol):
    """What was seen at the indexes. It outlives the indexes' own forgetting."""

    async def remembered(self, index: str, project: str) -> Mapping[str, Remembered]:
        """Every file ever seen of a project, by file name."""
        ...

    async def remember(self, index: str, project: str, files: Sequence[Remembered]) -> None:
        """Add files not known yet. What is known is never overwritten: the first sight counts."""
        ...

    async def scanned(self, blob: Digest, rules: Digest) -> Scan | None:
        """What these rules saw in a file, None when they have not looked into it."""
        ...

    async def keep_scan(self, blob: Digest, scan: Scan) -> None:
        """Keep what `scan.rules` saw."""
        ...


class Waivers(Protocol):
    """Waivers in force."""

    async def waivers(self) -> Sequence[Waiver]:
        """All that were granted and not revoked, expired ones included."""
        ...

    async def uses(self) -> Mapping[str, int]:
        """How often each waiver lifted a condition, by id."""
        ...

    async def grant(self, waiver: Waiver, entry: Entry) -> int:
        """Record a waiver and put it in force, both or neither; the entry's index. Raises `NotRecorded`."""
        ...

    async def revoke(self, waiver: str, entry: Entry) -> int:
        """Record that a waiver ends and end it, both or neither; the index. Raises `NotFound` and `NotRecorded`."""
        ...

    async def use(self, waivers: Sequence[Waiver], entries: Sequence[Entry]) -> int:
        """Append entries as `Ledger.append` does, and add one use of each of these waivers, all or nothing.

        Raises `NotRecorded` also when one is used up: others may have used it since it was last looked at.
        """
        ...


class Token(msgspec.Struct, frozen=True):
    """An access token, known by the digest of its secret only."""

    digest: Digest
    label: str
    scope: ScopeName
    kind: ActorKind
    expires: datetime | None = None


class Tokens(Protocol):
    """Who may come in, and in which scope."""

    async def token(self, digest: Digest) -> Token:
        """Raises `NotFound`."""
        ...

    async def tokens(self) -> Sequence[Token]:
        """Every token that was not withdrawn."""
        ...

    async def issue(self, token: Token, entry: Entry) -> int:
        """Record a token and put it in force, both or neither; the entry's index. Raises `NotRecorded`."""
        ...

    async def withdraw(self, digest: Digest, entry: Entry) -> int:
        """Record that a token ends and end it, both or neither; the index. Raises `NotFound` and `NotRecorded`."""
        ...


class Pseudonyms(Protocol):
    """Names people by salted digests in the record, and forgets them on request."""

    async def pseudonym(self, actor: Actor) -> Actor:
        """The same actor with its name replaced by a digest; the same person gets the same one until forgotten."""
        ...

    async def people(self) -> Sequence[str]:
        """The name of everybody who has a pseudonym and was not forgotten."""
        ...

    async def forget(self, name: str) -> None:
        """Destroy a person's salt and name: what the ledger holds no longer leads to them. Raises `NotFound`."""
        ...


class Store(Ledger, Memory, Waivers, Tokens, Pseudonyms, Protocol):
    """Everything that is kept, in one place, so that what belongs together is written together."""

    async def close(self) -> None:
        """Flush and release. Idempotent."""
        ...


class BlobWriter(Protocol):
    """A file being received. Leaving its context without `commit` discards it."""

    async def write(self, chunk: bytes) -> None:
        """Add bytes."""
        ...

    async def commit(self) -> Digest:
        """Make it visible, whole or not at all, under the digest of what was written."""
        ...


class Blobs(Protocol):
    """Files by the digest of their content."""

    async def size(self, digest: Digest) -> int:
        """Bytes held. Raises `NotFound`."""
        ...

    def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to `end` (excluded). A whole read is checked: raises `NotFound` or `Tampered`."""
        ...

    def writer(self) -> AbstractAsyncContextManager[BlobWriter]:
        """Receive a file."""
        ...

    async def remove(self, digest: Digest) -> None:
        """Forget a file; nothing happens when it is not held."""
        ...


class Scanner(Protocol):
    """Looks into a file, confined. Never raises for what the file holds: what it could not read is `Unknown`."""

    rules: Digest
    """The rules it looks with: another set of rules, another digest."""

    async def scan(self, filename: str, blob: Digest) -> Scan | Unknown:
        """Look into a file that is held."""
        ...

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """The METADATA file of a wheel that is held, read in the same confinement.

        Raises `InvalidInput` for a wheel that has none, or cannot be read, and `Unavailable` when reading it failed.
        """
        ...


class Signer(Protocol):
    """Holds the ledger's private key."""

    name: str
    """The key name of the signed note (C2SP signed-note), which is the origin of the log."""
    verifier_key: str
    """The public half in note form: `<name>+<hash>+<key>`."""

    def sign(self, text: str) -> str:
        """A signed note over `text`."""
        ...
