"""The ledger as the verbs write and read it: events become entries, and what they put in force is read back.

- An event is appended together with what it changes (`record/state.py`), in one commit.
- People and machines are named by digests over a salt of their own (GDPR, Article 17; SECURITY.md). Without the salt a digest
  leads to nobody, not even by guessing names; with the salt destroyed, it never will again.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

import msgspec

from pratique.errors import NotFound, Tampered, Unavailable
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.event import Event
from pratique.model.own_file import KeptStatement, OwnFile
from pratique.model.scope import Actor, ActorKind
from pratique.model.statement import SigningKey
from pratique.model.token import Token
from pratique.model.waiver import Waiver
from pratique.ports import Store
from pratique.record.entry import Documents, entry_of
from pratique.record.state import Add, Change, Delete, Key, View, changes_of

Said: TypeAlias = tuple[Event, Documents]
"""An event, and the documents that it names."""

GATE: Final = Actor(ActorKind.SERVICE, "pratique")
"""Who acts when a gate writes down what it saw: no person, and so in the clear."""

NO_DOCUMENTS: Final[Documents] = {}
_MACHINE: Final = "machine:"
_SALT_BYTES: Final = 16
_PSEUDONYM_CHARACTERS: Final = 32

T = TypeVar("T")


def pseudonym_of(name: str, salt: str) -> str:
    """The digest by which a name is known under a salt: 128 bits in hexadecimal."""
    return hashlib.sha256(f"{salt}:{name}".encode()).hexdigest()[:_PSEUDONYM_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A store under the hands of one process. `draw` gives that many random bytes.

    `machine` is the name of the machine this runs on, `machines_named` says whether machines stand in the record by their names.
    """

    store: Store
    draw: Callable[[int], bytes]
    machine: str = ""
    machines_named: bool = False
    _names: dict[str, str] = field(default_factory=dict)
    """Names that were asked for (holders of tokens), each held against its salt before it is told again."""

    async def append(self, *said: Said, also: Sequence[Change] = ()) -> int:
        """Record events with what they change, durably, all or nothing; the index of the first.

        An event without a machine concerns this one. `also` are changes of the side table that belong to them. Raises
        `NotRecorded`, and `NotFound` for an event that ends what is not in force.
        """
        events = list(said)
        if not all(event.machine for event, _ in events):
            here = await self.recorded_machine(self.machine)
            events = [
                (event if event.machine else msgspec.structs.replace(event, machine=here), documents)
                for event, documents in said
            ]
        entries = [entry_of(event, documents) for event, documents in events]
        changes = [change for event, documents in events for change in changes_of(event, documents)]
        return await self.store.commit(entries, [*changes, *also])

    # -- people and machines ---------------------------------------------------------------------------------------------

    async def pseudonym(self, actor: Actor) -> Actor:
        """The actor with its name replaced by a digest; the same name gets the same one until it is forgotten."""
        return msgspec.structs.replace(actor, name=await self._pseudonym(actor.name))

    async def recorded_machine(self, name: str) -> str:
        """A machine as it stands in the record; empty for an empty name."""
        if not name or self.machines_named:
            return name
        return await self._pseudonym(f"{_MACHINE}{name}")

    async def _pseudonym(self, name: str) -> str:
        salt = await self.row(View.PERSON, (name,))
        if salt is None:
            await self.store.commit((), [Add(View.PERSON, (name,), self.draw(_SALT_BYTES).hex().encode())])
            salt = await self.row(View.PERSON, (name,))
        if salt is None:
            raise Unavailable("the actor was forgotten at this very moment", advice="try again")
        return pseudonym_of(name, salt.decode())

    async def people(self) -> Mapping[str, str]:
        """Everybody who was not forgotten: names by pseudonym, those of machines behind `machine:`."""
        return {pseudonym_of(name, salt.decode()): name async for (name,), salt in all_rows(self.store, View.PERSON)}

    async def name_of(self, pseudonym: str) -> str:
        """The name behind a pseudonym. Raises `NotFound` for one that leads to nobody, or no longer does."""
        name = self._names.get(pseudonym)
        salt = None if name is None else await self.row(View.PERSON, (name,))
        if name is not None and salt is not None and pseudonym_of(name, salt.decode()) == pseudonym:
            return name
        name = (await self.people()).get(pseudonym)
        if name is None:
            self._names.pop(pseudonym, None)
            raise NotFound(
                f"nobody is known as {pseudonym}", advice="were they forgotten? pratique log find --actor says"
            )
        self._names[pseudonym] = name
        return name

    async def forget(self, name: str, *said: Said) -> int:
        """Record events and destroy a name with its salt, in one commit. Raises `NotFound`."""
        return await self.append(*said, also=[Delete(View.PERSON, (name,))])

    # -- what is in force ------------------------------------------------------------------------------------------------

    async def waivers(self) -> Sequence[Waiver]:
        """All that were granted and not revoked, expired ones included; people named by their digests."""
        return [_decoded(body, Waiver) async for _, body in all_rows(self.store, View.WAIVER)]

    async def uses(self) -> Mapping[str, int]:
        """How often each waiver was used, by id."""
        counts: dict[str, int] = {}
        async for key, _ in all_rows(self.store, View.USE):
            counts[key[0]] = counts.get(key[0], 0) + 1
        return counts

    async def tokens(self) -> Sequence[Token]:
        """Every token that was not withdrawn."""
        return [_decoded(body, Token) async for _, body in all_rows(self.store, View.TOKEN)]

    async def token(self, digest: Digest) -> Token:
        """Raises `NotFound`."""
        body = await self.row(View.TOKEN, (digest,))
        if body is None:
            raise NotFound("no such token")
        return _decoded(body, Token)

    async def keys(self) -> Mapping[str, SigningKey]:
        """Every key of statements that was ever trusted, by its id; those that are retired or revoked say so."""
        return {key[0]: _decoded(body, SigningKey) async for key, body in all_rows(self.store, View.KEY)}

    async def own_files(self, index: str, project: str = "") -> Sequence[OwnFile]:
        """Every file that was published of a project, or of all, in the order of their names; deleted ones say so."""
        key = (index, project) if project else (index,)
        return [_decoded(body, OwnFile) async for _, body in all_rows(self.store, View.FILE, key)]

    async def own_file(self, index: str, project: str, filename: str) -> OwnFile | None:
        """One of them, None where there never was any of that name."""
        body = await self.row(View.FILE, (index, project, filename))
        return None if body is None else _decoded(body, OwnFile)

    async def statements(self, file: Digest) -> Sequence[tuple[Digest, KeptStatement]]:
        """The statements about a file that were recorded, by the digests of their envelopes."""
        rows = all_rows(self.store, View.STATEMENT, (file,))
        return [(Digest(key[1]), _decoded(body, KeptStatement)) async for key, body in rows]

    async def row(self, view: View, key: Key) -> bytes | None:
        """The value of one row, None where there is none."""
        found = await self.store.rows(view, key, most=1)
        return found[0][1] if found and found[0][0] == key else None

    async def checkpoint(self) -> str:
        """The signed note of the newest checkpoint. Raises `NotFound` for an empty ledger."""
        return await checkpoint_of(self.store)


async def checkpoint_of(store: Store, size: int | None = None) -> str:
    """The signed note of the checkpoint of that size, or of the newest one. Raises `NotFound`."""
    wanted = await store.size() if size is None else size
    for _, note in await store.checkpoints(wanted, wanted + 1):
        return note
    raise NotFound("the ledger has no such checkpoint")


async def all_rows(store: Store, view: View, key: Key = ()) -> AsyncIterator[tuple[Key, bytes]]:
    """Every row whose key begins with `key`, in the order of the keys, read a few thousand at a time."""
    after: Key | None = None
    while True:
        found = await store.rows(view, key, after=after, most=limits.ROWS_READ_MAX)
        for row in found:
            yield row
        if len(found) < limits.ROWS_READ_MAX:
            return
        after = found[-1][0]


def _decoded(body: bytes, kind: type[T]) -> T:
    """A stored value. Raises `Tampered` for bytes that are none."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, TypeError) as error:
        raise Tampered("store-damaged", f"a stored {kind.__name__} cannot be read: {error}") from error
