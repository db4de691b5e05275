"""Read the record as an auditor does: verify all of it, prove one entry, take it away to check elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NoReturn, TypeVar

import msgspec

from pratique.errors import InvalidInput, NotFound, Tampered
from pratique.flow.ledger import checkpoint_of
from pratique.flow.record.reconcile import Differing, Projection, settled
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.event import FirstSeen, event_of
from pratique.ports import Store
from pratique.record.checkpoint import Checkpoint
from pratique.record.entry import head_of
from pratique.record.merkle import HASH_BYTES, HashReader, consistency_proof, inclusion_proof, verify_consistency
from pratique.record.note import VerifierKey, text_of
from pratique.record.proof import Proof
from pratique.record.state import stateful
from pratique.record.tiles import TILE_WIDTH, bundle, hash_reader, tile_path, tiles_of
from pratique.record.verify import Damage, Examination

T = TypeVar("T")
U = TypeVar("U")


class _Naming(msgspec.Struct):
    documents: tuple[Digest, ...] = ()


_NAMING = msgspec.json.Decoder(_Naming)

VERIFIER = "pratique_verify.py"
"""The verifier that an auditor runs: one file, nothing of ours behind it."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was checked, and what was found wrong.

    `checkpoint` is the newest one, to be remembered when `damage` is empty. `compared_with` is the size of the remembered
    checkpoint, None when there was none: then a ledger that was rolled back as a whole is not told from one that was not.
    `documents_count` counts the documents found sound; one that is named again much later counts again. `damage` names the
    first `DAMAGE_REPORTED_MAX`, `damage_count` counts all.
    """

    size: int
    checkpoint: str
    compared_with: int | None
    checkpoints_count: int
    documents_count: int
    damage: tuple[Damage, ...]
    damage_count: int

    def __bool__(self) -> NoReturn:
        raise TypeError("a report is neither true nor false: look at report.damage")


async def verify(store: Store, verifier_key: str, remembered: str | None = None) -> VerifyReport:
    """Recompute the whole log from its entries and compare it with everything stored and signed.

    What lies beside the ledger (what is in force, the index of terms, who is behind the digests, the store's own form) must be
    as the log has it. `remembered` is a checkpoint seen earlier. Damage is in the report; raises `InvalidInput` for a malformed
    key and `Unavailable` when the store does not answer.
    """
    key = VerifierKey.parse(verifier_key)
    size = await store.size()
    audit = _Audit(store, key, size, remembered)
    for first in range(0, size, TILE_WIDTH):
        await audit.block(first)
        await asyncio.sleep(0)  # others want the event loop too
    for level, number, _ in tiles_of(size):
        if level:
            audit.examination.upper(level, number, await audit.read(store.tile(level, number), b""))
    await audit.beside()
    return await audit.report()


class _Audit:
    """One run of `verify`."""

    def __init__(self, store: Store, key: VerifierKey, size: int, remembered: str | None) -> None:
        self._store = store
        self._key = key
        self._size = size
        self._documents_count = 0
        self._documents_seen: set[Digest] = set()
        self._projection = Projection()
        self._past: Checkpoint | None = None
        forged = ""
        if remembered is not None:
            try:
                self._past = Checkpoint.open(remembered, key)
            except (InvalidInput, Tampered) as error:
                forged = f"the remembered checkpoint: {error}"
        self.examination = Examination(key, size, self._past)
        if forged:
            self.examination.damage.add("checkpoint-forged", forged)

    async def read(self, reading: Awaitable[T], instead: U) -> T | U:
        """What the store answers; where it finds damage itself, that is noted and `instead` stands for the answer."""
        try:
            return await reading
        except Tampered as error:
            self.examination.damage.add(error.what, str(error).removeprefix(f"{error.what}: "))
            return instead

    async def block(self, first: int) -> None:
        """One block of entries with everything that belongs to it."""
        end = min(first + TILE_WIDTH, self._size)
        entries = await self.read(self._store.entries(first, end), None)
        tile = await self.read(self._store.tile(0, first // TILE_WIDTH), b"")
        checkpoints = await self.read(self._store.checkpoints(first + 1, end + 1), ())
        self.examination.block(entries, tile, checkpoints)
        for index, entry in enumerate(entries or (), first):
            head = head_of(entry)
            named = documents_named(entry) if head is None else head.documents
            documents: dict[Digest, bytes | None] = {}
            if not self._documents_seen.issuperset(named):
                fresh = [digest for digest in named if digest not in self._documents_seen]
                documents = {digest: await self._document(index, digest) for digest in fresh}
            if head is None:
                continue
            self._projection.see(index, head)
            if stateful(head):
                await self._change(index, entry, documents)

    async def _change(
        self, index: int, entry: bytes, documents: Mapping[Digest, bytes | None], *, late: bool = False
    ) -> None:
        event = event_of(entry)
        if event is None:
            return
        bodies: dict[Digest, bytes] = {}
        if isinstance(event, FirstSeen):
            body = documents.get(event.files) or await self._again(event.files)
            if body is None:
                return  # that it is gone or damaged was said
            bodies[event.files] = body
        self._projection.change(index, event, bodies, late=late)

    async def _again(self, digest: Digest) -> bytes | None:
        try:
            return await self._store.document(digest)
        except (NotFound, Tampered):
            return None

    async def beside(self) -> None:
        """What lies beside the tree. What came or went while it was read is no damage.

        It is made from the entries: where those are damaged, nothing can be held against it.
        """
        if self.examination.damage.kinds & {"entry-changed", "entry-missing"}:
            return
        nothing: list[Damage] = []
        differing: Differing = await self.read(self._projection.rows_differing(self._store), [])
        found = [
            *await self.read(self._projection.terms_differing(self._store, self._size), nothing),
            *await self.read(self._projection.people_differing(self._store), nothing),
        ]
        now = await self._store.size()
        for index in range(self._size, now):
            for entry in await self.read(self._store.entries(index, index + 1), ()):
                await self._change(index, entry, {}, late=True)
        found += settled(differing, self._projection.touched)
        if now == self._size:
            found += [Damage(what, message) for what, message in await self.read(self._store.faults(), ())]
        for damage in [*self._projection.damage, *found]:
            self.examination.damage.add(damage.what, damage.message)

    async def _document(self, index: int, digest: Digest) -> bytes | None:
        """A document that is looked at for the first time; None for one that is not sound."""
        if len(self._documents_seen) >= limits.DOCUMENTS_SEEN_MAX:
            self._documents_seen.clear()  # to look twice at a document costs only time
        self._documents_seen.add(digest)
        try:
            body = await self.read(self._store.document(digest), None)
        except NotFound:
            self.examination.damage.add("document-missing", f"entry {index} names {digest}, which is gone")
            return None
        self._documents_count += body is not None
        return body

    async def report(self) -> VerifyReport:
        """Everything that came to light."""
        examination = self.examination
        examination.close()
        note = ""
        if self._size:
            try:
                note = await self.read(checkpoint_of(self._store, self._size), "")
            except NotFound:
                examination.damage.add("checkpoint-forged", f"there is no checkpoint of size {self._size}")
        return VerifyReport(
            size=self._size,
            checkpoint=note,
            compared_with=None if self._past is None else self._past.size,
            checkpoints_count=examination.checkpoints_count,
            documents_count=self._documents_count,
            damage=tuple(examination.damage.named),
            damage_count=examination.damage.count,
        )


async def continued(store: Store, verifier_key: str, remembered: str) -> str:
    """Check that the ledger still begins with what was remembered, by a consistency proof; its newest checkpoint.

    Takes a few reads where `verify` reads everything. Raises `Tampered` (`rolled-back`, `forked`, `checkpoint-forged`,
    `tile-changed`), `InvalidInput` for malformed arguments, and `Unavailable`.
    """
    key = VerifierKey.parse(verifier_key)
    old = Checkpoint.open(remembered, key)
    size = await store.size()
    if size < old.size:
        raise Tampered("rolled-back", f"the ledger once had {old.size} entries and now has {size}")
    if size == 0:
        return remembered
    note = await checkpoint_of(store, size)
    new = Checkpoint.open(note, key)
    if new.size != size:
        raise Tampered("checkpoint-forged", f"the checkpoint of size {size} speaks of size {new.size}")
    proof = await _from_tiles(store, lambda read: consistency_proof(old.size, size, read))
    verify_consistency(old.size, size, old.root, new.root, proof)
    return note


async def prove(store: Store, index: int) -> Proof:
    """The proof that entry `index` is in the log, under its newest checkpoint.

    Raises `NotFound` when there is no such entry, `Tampered` when what is stored proves nothing, and `Unavailable`.
    """
    size = await store.size()
    if not 0 <= index < size:
        raise NotFound(f"the ledger has no entry {index}; it has {size}", advice="entries are numbered from 0")
    entries = await store.entries(index, index + 1)
    note = await checkpoint_of(store, size)
    hashes = await _from_tiles(store, lambda read: inclusion_proof(index, size, read))
    proof = Proof(entries[0], index, tuple(hashes), note)
    proof.check(Checkpoint.parse(text_of(note)))
    return proof


async def export(store: Store, verifier_key: str) -> AsyncIterator[tuple[str, bytes]]:
    """The ledger as files: path and content of each, the paths relative and with `/`.

    A static log (C2SP tlog-tiles: `checkpoint`, `tile/...`, `tile/entries/...`) beside `documents/<hex digest>`, the
    `key` and the verifier. A document that is gone or damaged is left out, and the verifier says so. Raises
    `InvalidInput` for an empty ledger or a malformed key, `Tampered` where entries are missing, and `Unavailable`.
    """
    key = VerifierKey.parse(verifier_key)
    size = await store.size()
    if not size:
        raise InvalidInput("the ledger is empty: there is nothing to take away")
    yield "checkpoint", (await checkpoint_of(store, size)).encode()
    yield "key", f"{key}\n".encode()
    yield VERIFIER, files("pratique.record").joinpath(VERIFIER).read_bytes()
    seen: set[Digest] = set()
    for level, number, width in tiles_of(size):
        yield tile_path(level, number, width), (await store.tile(level, number))[: width * HASH_BYTES]
        if level:
            continue
        entries = await store.entries(number * TILE_WIDTH, number * TILE_WIDTH + width)
        yield tile_path("entries", number, width), bundle(entries)
        for digest in dict.fromkeys(digest for entry in entries for digest in documents_named(entry)):
            if digest in seen:
                continue
            seen.add(digest)
            try:
                document = await store.document(digest)
            except (NotFound, Tampered):
                continue
            yield f"documents/{digest.removeprefix('sha256:')}", document


def documents_named(entry: bytes) -> Sequence[Digest]:
    """The digests of the documents that an entry names, also one that is no event of ours."""
    try:
        return _NAMING.decode(entry).documents
    except msgspec.MsgspecError:
        return ()


async def _from_tiles(store: Store, compute: Callable[[HashReader], list[bytes]]) -> list[bytes]:
    """Compute a proof from tiles that are fetched first: a rehearsal on blank tiles says which."""
    wanted: dict[tuple[int, int], bytes] = {}

    def blank(level: int, number: int) -> bytes:
        return wanted.setdefault((level, number), bytes(TILE_WIDTH * HASH_BYTES))

    compute(hash_reader(blank))
    for level, number in list(wanted):
        wanted[level, number] = await store.tile(level, number)
    return compute(hash_reader(lambda level, number: wanted[level, number]))
