"""Read the record as an auditor does: verify all of it, prove one entry, take it away to check elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NoReturn, TypeAlias, TypeVar

from pratique.errors import InvalidInput, NotFound, Tampered
from pratique.flow.record.reconcile import Recorded
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.event import Decided
from pratique.model.waiver import Waiver
from pratique.ports import Ledger, Store, Token
from pratique.record.checkpoint import Checkpoint
from pratique.record.documents import documents_named, event_of
from pratique.record.merkle import HASH_BYTES, HashReader, consistency_proof, inclusion_proof, verify_consistency
from pratique.record.note import VerifierKey, text_of
from pratique.record.proof import Proof
from pratique.record.tiles import TILE_WIDTH, bundle, hash_reader, tile_path, tiles_of
from pratique.record.verify import Damage, Examination

T = TypeVar("T")
U = TypeVar("U")

InForce: TypeAlias = Sequence[Waiver | Token] | Tampered

VERIFIER = "pratique_verify.py"
"""The verifier that an auditor runs: one file, nothing of ours behind it."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was checked, and what was found wrong.

    `checkpoint` is the newest one, to be remembered when `damage` is empty. `documents_count` counts the documents
    found sound; one that is named again much later counts again. `damage` names the first `DAMAGE_REPORTED_MAX`,
    `damage_count` counts all.
    """

    size: int
    checkpoint: str
    checkpoints_count: int
    documents_count: int
    damage: tuple[Damage, ...]
    damage_count: int

    def __bool__(self) -> NoReturn:
        raise TypeError("a report is neither true nor false: look at report.damage")


async def verify(store: Store, verifier_key: str, remembered: str | None = None) -> VerifyReport:
    """Recompute the whole log from its entries and compare it with everything stored and signed.

    What is in force beside the ledger (waivers, tokens) must be as the log has it. `remembered` is a checkpoint seen
    earlier. Damage is in the report; raises `InvalidInput` for a malformed key and `Unavailable` when the store does not answer.
    """
    key = VerifierKey.parse(verifier_key)
    before = await _in_force(store)
    size = await store.size()
    audit = _Audit(store, key, size, remembered)
    for first in range(0, size, TILE_WIDTH):
        await audit.block(first)
        await asyncio.sleep(0)  # others want the event loop too
    for level, number, _ in tiles_of(size):
        if level:
            audit.examination.upper(level, number, await audit.read(store.tile(level, number), b""))
    audit.in_force(before, await _in_force(store))
    return await audit.report()


async def _in_force(store: Store) -> InForce:
    """What counts beside the ledger, or why that cannot be read."""
    try:
        return [*await store.waivers(), *await store.tokens()]
    except Tampered as error:
        return error


class _Audit:
    """One run of `verify`."""

    def __init__(self, ledger: Ledger, key: VerifierKey, size: int, remembered: str | None) -> None:
        self._ledger = ledger
        self._key = key
        self._size = size
        self._documents_count = 0
        self._documents_seen: set[Digest] = set()
        self._found: dict[str, frozenset[int]] = {}
        self._recorded = Recorded()
        past, forged = None, ""
        if remembered is not None:
            try:
                past = Checkpoint.open(remembered, key)
            except (InvalidInput, Tampered) as error:
                forged = f"the remembered checkpoint: {error}"
        self.examination = Examination(key, size, past)
        if forged:
            self.examination.damage.add("checkpoint-forged", forged)

    async def read(self, reading: Awaitable[T], instead: U) -> T | U:
        """What the ledger answers; where it finds damage itself, that is noted and `instead` stands for the answer."""
        try:
            return await reading
        except Tampered as error:
            self.note(error)
            return instead

    def note(self, error: Tampered) -> None:
        """Damage that was found in reading."""
        self.examination.damage.add(error.what, str(error).removeprefix(f"{error.what}: "))

    async def block(self, first: int) -> None:
        """One block of entries with everything that belongs to it."""
        end = min(first + TILE_WIDTH, self._size)
        entries = await self.read(self._ledger.entries(first, end), None)
        tile = await self.read(self._ledger.tile(0, first // TILE_WIDTH), b"")
        checkpoints = await self.read(self._ledger.checkpoints(first + 1, end + 1), ())
        self.examination.block(entries, tile, checkpoints)
        for index, entry in enumerate(entries or (), first):
            event = event_of(entry)
            self._recorded.see(index, event)
            for digest in documents_named(event):
                await self._document(index, digest)
            if isinstance(event, Decided):
                await self._findable(index, event.id)

    def in_force(self, before: InForce, after: InForce) -> None:
        """What counts beside the ledger, before and after it was read: what came or went meanwhile is no damage."""
        if isinstance(before, Tampered):
            self.note(before)
        elif isinstance(after, Tampered):
            self.note(after)
        else:
            for sentence in self._recorded.unrecorded(each for each in before if each in after):
                self.examination.damage.add("unrecorded", sentence)

    async def _document(self, index: int, digest: Digest) -> None:
        if digest in self._documents_seen:
            return
        if len(self._documents_seen) >= limits.DOCUMENTS_SEEN_MAX:
            self._documents_seen.clear()  # to look twice at a document costs only time
        self._documents_seen.add(digest)
        try:
            if await self.read(self._ledger.document(digest), None) is not None:
                self._documents_count += 1
        except NotFound:
            self.examination.damage.add("document-missing", f"entry {index} names {digest}, which is gone")

    async def _findable(self, index: int, decision: str) -> None:
        """A decision must be found by its id, or whoever asks for it is told that there is none."""
        if decision not in self._found:
            if len(self._found) >= limits.DECISIONS_SEEN_MAX:
                self._found.clear()
            self._found[decision] = frozenset(await self.read(self._ledger.find(decision), ()))
        if index not in self._found[decision]:
            self.examination.damage.add("entry-missing", f"entry {index} is not found by its id {decision}")

    async def report(self) -> VerifyReport:
        """Everything that came to light."""
        examination = self.examination
        examination.close()
        note = ""
        if self._size:
            try:
                note = await self.read(self._ledger.checkpoint(self._size), "")
            except NotFound:
                examination.damage.add("checkpoint-forged", f"there is no checkpoint of size {self._size}")
        return VerifyReport(
            size=self._size,
            checkpoint=note,
            checkpoints_count=examination.checkpoints_count,
            documents_count=self._documents_count,
            damage=tuple(examination.damage.named),
            damage_count=examination.damage.count,
        )


async def continued(ledger: Ledger, verifier_key: str, remembered: str) -> str:
    """Check that the ledger still begins with what was remembered, by a consistency proof; its newest checkpoint.

    Takes a few reads where `verify` reads everything. Raises `Tampered` (`rolled-back`, `forked`, `checkpoint-forged`,
    `tile-changed`), `InvalidInput` for malformed arguments, and `Unavailable`.
    """
    key = VerifierKey.parse(verifier_key)
    old = Checkpoint.open(remembered, key)
    size = await ledger.size()
    if size < old.size:
        raise Tampered("rolled-back", f"the ledger once had {old.size} entries and now has {size}")
    if size == 0:
        return remembered
    note = await ledger.checkpoint(size)
    new = Checkpoint.open(note, key)
    if new.size != size:
        raise Tampered("checkpoint-forged", f"the checkpoint of size {size} speaks of size {new.size}")
    proof = await _from_tiles(ledger, lambda read: consistency_proof(old.size, size, read))
    verify_consistency(old.size, size, old.root, new.root, proof)
    return note


async def prove(ledger: Ledger, index: int) -> Proof:
    """The proof that entry `index` is in the log, under its newest checkpoint.

    Raises `NotFound` when there is no such entry, `Tampered` when what is stored proves nothing, and `Unavailable`.
    """
    size = await ledger.size()
    if not 0 <= index < size:
        raise NotFound(f"the ledger has no entry {index}; it has {size}", advice="entries are numbered from 0")
    entries = await ledger.entries(index, index + 1)
    note = await ledger.checkpoint(size)
    hashes = await _from_tiles(ledger, lambda read: inclusion_proof(index, size, read))
    proof = Proof(entries[0], index, tuple(hashes), note)
    proof.check(Checkpoint.parse(text_of(note)))
    return proof


async def export(ledger: Ledger, verifier_key: str) -> AsyncIterator[tuple[str, bytes]]:
    """The ledger as files: path and content of each, the paths relative and with `/`.

    A static log (C2SP tlog-tiles: `checkpoint`, `tile/...`, `tile/entries/...`) beside `documents/<hex digest>`, the
    `key` and the verifier. A document that is gone or damaged is left out, and the verifier says so. Raises
    `InvalidInput` for an empty ledger or a malformed key, `Tampered` where entries are missing, and `Unavailable`.
    """
    key = VerifierKey.parse(verifier_key)
    size = await ledger.size()
    if not size:
        raise InvalidInput("the ledger is empty: there is nothing to take away")
    yield "checkpoint", (await ledger.checkpoint(size)).encode()
    yield "key", f"{key}\n".encode()
    yield VERIFIER, files("pratique.record").joinpath(VERIFIER).read_bytes()
    seen: set[Digest] = set()
    for level, number, width in tiles_of(size):
        yield tile_path(level, number, width), (await ledger.tile(level, number))[: width * HASH_BYTES]
        if level:
            continue
        entries = await ledger.entries(number * TILE_WIDTH, number * TILE_WIDTH + width)
        yield tile_path("entries", number, width), bundle(entries)
        for digest in dict.fromkeys(digest for entry in entries for digest in documents_named(event_of(entry))):
            if digest in seen:
                continue
            seen.add(digest)
            try:
                document = await ledger.document(digest)
            except (NotFound, Tampered):
                continue
            yield f"documents/{digest.removeprefix('sha256:')}", document


async def _from_tiles(ledger: Ledger, compute: Callable[[HashReader], list[bytes]]) -> list[bytes]:
    """Compute a proof from tiles that are fetched first: a rehearsal on blank tiles says which."""
    wanted: dict[tuple[int, int], bytes] = {}

    def blank(level: int, number: int) -> bytes:
        return wanted.setdefault((level, number), bytes(TILE_WIDTH * HASH_BYTES))

    compute(hash_reader(blank))
    for level, number in list(wanted):
        wanted[level, number] = await ledger.tile(level, number)
    return compute(hash_reader(lambda level, number: wanted[level, number]))
