"""The outside world on one page.

Every method that touches a disk or a network is a coroutine. Unless a line says otherwise, methods raise `Unavailable` when
the thing behind them does not answer, and may be called concurrently from one event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol

import msgspec

from pratique.model.advisory import About, FeedForm
from pratique.model.artifact import Digest, Ecosystem
from pratique.model.evidence import Scan, Unknown
from pratique.model.provenance import Provenance
from pratique.record.entry import Entry
from pratique.record.state import Change, Key, View


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


class Tunnels(Protocol):
    """The way to hosts that are no index, for bytes that nobody here looks into."""

    def open(
        self, host: str, port: int
    ) -> AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection. Entering raises `Unavailable`."""
        ...


class IndexObserver(Protocol):
    """Told whether indexes answer."""

    def answered(self, index: str) -> None:
        """An index answered, be it that it has no such thing."""
        ...

    def silent(self, index: str, why: str) -> None:
        """An index did not answer, or not in time."""
        ...


class Store(Protocol):
    """The ledger and what it has put in force, in one place, so that what belongs together is written together.

    The ledger is append-only, in the order of its tree (RFC 6962, C2SP tlog-tiles); indices count from 0. Beside it are rows
    of named views (`record/state.py`), and the terms under which blocks of 256 entries are found (`record/entry.py`).
    `tests/contracts/test_store.py` asks every promise of every adapter, and is enough to write another from.
    """

    async def commit(self, entries: Sequence[Entry], changes: Sequence[Change] = ()) -> int:
        """Store entries with their documents and terms, a signed checkpoint, and changes of rows: durably, all or nothing.

        The index of the first entry; without entries the size, and no checkpoint is written. A deleted row of the view
        `person` leaves no trace in any file. Raises `NotRecorded` when entries cannot be stored or a row would be one too
        many, `NotFound` for a deletion of nothing, and `InvalidInput` for a key that cannot be kept.
        """
        ...

    async def size(self) -> int:
        """How many entries there are under the newest checkpoint."""
        ...

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Entries `start` (included) to `end` (excluded), clipped to the size. Raises `Tampered` where one is gone."""
        ...

    async def tile(self, level: int, n: int) -> bytes:
        """The hashes of one tile, 32 bytes each, at most 256 of them; empty when there is none."""
        ...

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """The size and the note of every checkpoint whose size is from `start` to `end` (excluded), smallest first."""
        ...

    async def document(self, digest: Digest) -> bytes:
        """A stored document. Raises `NotFound`, or `Tampered` when its bytes no longer have that digest."""
        ...

    async def rows(
        self, view: View, key: Key = (), *, after: Key | None = None, most: int
    ) -> Sequence[tuple[Key, bytes]]:
        """The rows whose keys begin with `key`, in the order of their keys, behind `after`, at most `most` of them."""
        ...

    async def terms(
        self, start: str, end: str, *, after: tuple[str, int] | None = None, most: int
    ) -> Sequence[tuple[str, int]]:
        """Terms from `start` to `end` (excluded), each with the number of a block in which it occurs, in that order.

        Those behind `after`, at most `most` of them. Terms are ordered as their UTF-8.
        """
        ...

    async def faults(self) -> Sequence[tuple[str, str]]:
        """What is wrong with the store's own form, which nothing read through it shows: kinds of `Tampered`, and sentences."""
        ...

    async def close(self) -> None:
        """Flush and release. Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """One file of a feed. `stamp` changes with the file where that is told without reading it; empty where it is not."""

    path: str
    stamp: str
    read: Callable[[], bytes]


class Attestations(Protocol):
    """Verifies attestations, offline, against keys that are pinned."""

    async def verify(self, kind: Ecosystem, name: str, digest: Digest, document: bytes) -> Provenance:
        """What a document attests of a file, by its name and its digest. Never raises: whatever is wrong, it is `Rejected`."""
        ...


class Feed(msgspec.Struct, frozen=True):
    """A feed of advisories: where it comes from, when it was last asked (aware, UTC), how many records it has.

    `digest` is over all that is kept of it; `sound` says that this is what is there now.
    """

    name: str
    place: str
    asked: datetime
    records: int
    digest: Digest
    sound: bool = True
    form: FeedForm = FeedForm.OSV


class Imported(msgspec.Struct, frozen=True):
    """What came of reading a feed: how many records it has now, and how many are new, other, and gone.

    `packages` are those (kind, name) of which something else is known than before. Records that could not be read are counted,
    the first of them with the reason; what they said before stays in force.
    """

    feed: str
    digest: Digest
    records: int
    added: int
    changed: int
    removed: int
    packages: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    unread_count: int = 0


class Advisories(Protocol):
    """What feeds say against packages, read before. Nothing is asked over a network."""

    def state(self) -> str:
        """A text that is another one whenever `about` may answer otherwise. Takes microseconds; never raises."""
        ...

    async def about(self, kind: str, name: str, *, at: datetime | None = None) -> About | Unknown:
        """All records about a package, by its kind and its name in normal form; `at` asks for what was known at a moment.

        Unknown where no feed was imported, or what is kept cannot be read; never raises.
        """
        ...

    async def named(self, name: str) -> Sequence[tuple[str, str]]:
        """The packages (kind, name) that a record is about which has this id or alias."""
        ...

    async def packages(self, kind: str) -> Sequence[str]:
        """The names of all packages of a kind that a record is about."""
        ...

    async def feeds(self) -> Sequence[Feed]:
        """The feeds, in the order of their names."""
        ...

    def replacing(
        self,
        feed: str,
        place: str,
        documents: Iterable[FeedDocument],
        now: datetime,
        *,
        form: FeedForm = FeedForm.OSV,
    ) -> AbstractAsyncContextManager[Imported]:
        """Read a feed as a whole: what is new or other is learned `now`, what is gone from it has ended.

        It comes into force when the context is left in peace, all or nothing. A feed keeps its form. Entering raises
        `InvalidInput` for one of another form or without a record that can be read, `LimitExceeded`, and `Unavailable` where the
        feed or what is kept cannot be used.
        """
        ...

    def dropping(self, feed: str, now: datetime) -> AbstractAsyncContextManager[Imported]:
        """Drop a feed: all that it said has ended. As `replacing`; entering raises `NotFound` for one that is not there."""
        ...

    async def close(self) -> None:
        """Release. Idempotent."""
        ...


class BlobWriter(Protocol):
    """A file being received. Leaving its context without `commit` discards it."""

    async def write(self, chunk: bytes) -> None:
        """Add bytes."""
        ...

    async def commit(self, expected: Digest | None = None) -> Digest:
        """Make it visible, whole or not at all, under the digest of what was written.

        What was written is discarded when a digest is expected and it has another; its own is returned all the same.
        """
        ...


class SoundFile(Protocol):
    """A held file, open, whose bytes were checked against its digest and have not been changed since."""

    @property
    def file(self) -> IO[bytes]:
        """The file."""
        ...

    async def still_sound(self) -> bool:
        """Whether that is true at this moment, too."""
        ...


class Blobs(Protocol):
    """Files by the digest of their content, within a bound in bytes: what was used longest ago makes room.

    A file that is being read stays readable to its end.
    """

    async def size(self, digest: Digest) -> int:
        """Bytes held. Raises `NotFound`."""
        ...

    def read(self, digest: Digest, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to `end` (excluded). A whole read is checked: raises `NotFound` or `Tampered`."""
        ...

    async def sound(self, digest: Digest) -> SoundFile | None:
        """The file, for the kernel to send, if it was read whole and found right before, and is as it was then.

        None where it has to be read first, and for what holds no files; the caller closes it. Raises `NotFound`.
        """
        ...

    async def file(self, digest: Digest) -> IO[bytes]:
        """The bytes as an open file of their own, unchecked, to be handed to another process. Raises `NotFound`."""
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

    def prepare(self) -> None:
        """Begin to get ready, beside what else is done: a file will have to be looked into soon. Never fails."""
        ...

    async def scan(self, filename: str, blob: Digest, project: str = "") -> Scan | Unknown:
        """Look into a file that is held. What is unchanged since another file of the same project need not be read again.

        `project` tells projects of all ecosystems apart (`Artifact.project`); empty where a file belongs to none.
        """
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
