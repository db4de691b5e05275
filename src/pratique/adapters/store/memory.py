"""A real store without a disk: for drills, demonstrations and tests."""

from collections.abc import Mapping, Sequence

from pratique.adapters.store.entry import checked, decision_of, refuse_unfit, refuse_used_up
from pratique.adapters.store.person import fresh_salt, pseudonymous
from pratique.errors import NotFound, NotRecorded, PratiqueError
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan
from pratique.model.scope import Actor
from pratique.model.waiver import Waiver
from pratique.ports import Entry, Remembered, Signer, Token
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import Frontier, leaf_hash
from pratique.record.tiles import grow


class MemoryStore:
    """Keeps everything until it is closed. One event loop may use it."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._frontier = Frontier()
        self._entries: list[bytes] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._checkpoints: dict[int, str] = {}
        self._documents: dict[Digest, bytes] = {}
        self._found: dict[str, list[int]] = {}
        self._seen: dict[tuple[str, str], dict[str, Remembered]] = {}
        self._scans: dict[tuple[Digest, Digest], Scan] = {}
        self._waivers: dict[str, Waiver] = {}
        self._uses: dict[str, int] = {}
        self._tokens: dict[Digest, Token] = {}
        self._people: dict[str, str] = {}
        self._closed = False

    async def append(self, entries: Sequence[Entry]) -> int:
        """As `ports.Ledger.append`."""
        if self._closed:
            raise NotRecorded("the ledger is closed")
        refuse_unfit(entries)
        first = self._frontier.size
        if not entries:
            return first
        leaves = [leaf_hash(entry.data) for entry in entries]
        frontier = self._frontier.grown(leaves)
        try:
            note = self._signer.sign(Checkpoint(self._signer.name, frontier.size, frontier.root).text)
        except PratiqueError as error:
            raise NotRecorded(f"the checkpoint could not be signed: {error}", advice=error.advice) from error
        for level, number, hashes in list(grow(first, leaves, lambda level, n: self._tiles.get((level, n), b""))):
            self._tiles[level, number] = hashes
        for place, entry in enumerate(entries, first):
            self._entries.append(entry.data)
            self._documents.update(entry.documents)
            decision = decision_of(entry.data)
            if decision is not None:
                self._found.setdefault(decision, []).append(place)
        self._checkpoints[frontier.size] = note
        self._frontier = frontier
        return first

    async def size(self) -> int:
        """As `ports.Ledger.size`."""
        return len(self._entries)

    async def entries(self, start: int, end: int) -> Sequence[bytes]:
        """As `ports.Ledger.entries`."""
        return self._entries[max(start, 0) : max(end, 0)]

    async def tile(self, level: int, n: int) -> bytes:
        """As `ports.Ledger.tile`."""
        return self._tiles.get((level, n), b"")

    async def checkpoint(self, size: int | None = None) -> str:
        """As `ports.Ledger.checkpoint`."""
        wanted = max(self._checkpoints, default=-1) if size is None else size
        if wanted not in self._checkpoints:
            raise NotFound("the ledger has no such checkpoint")
        return self._checkpoints[wanted]

    async def checkpoints(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """As `ports.Ledger.checkpoints`."""
        return [(size, note) for size, note in self._checkpoints.items() if start <= size < end]

    async def document(self, digest: Digest) -> bytes:
        """As `ports.Ledger.document`."""
        if digest not in self._documents:
            raise NotFound(f"the ledger holds no document {digest}")
        return checked(digest, self._documents[digest])

    async def find(self, decision: str) -> Sequence[int]:
        """As `ports.Ledger.find`."""
        return tuple(reversed(self._found.get(decision, ())))

    async def remembered(self, index: str, project: str) -> Mapping[str, Remembered]:
        """As `ports.Memory.remembered`."""
        return dict(self._seen.get((index, project), {}))

    async def remember(self, index: str, project: str, files: Sequence[Remembered]) -> None:
        """As `ports.Memory.remember`."""
        known = self._seen.setdefault((index, project), {})
        for file in files:
            known.setdefault(file.filename, file)

    async def scanned(self, blob: Digest, rules: Digest) -> Scan | None:
        """As `ports.Memory.scanned`."""
        return self._scans.get((blob, rules))

    async def keep_scan(self, blob: Digest, scan: Scan) -> None:
        """As `ports.Memory.keep_scan`."""
        self._scans[blob, scan.rules] = scan

    async def waivers(self) -> Sequence[Waiver]:
        """As `ports.Waivers.waivers`."""
        return tuple(self._waivers.values())

    async def uses(self) -> Mapping[str, int]:
        """As `ports.Waivers.uses`."""
        return dict(self._uses)

    async def grant(self, waiver: Waiver, entry: Entry) -> int:
        """As `ports.Waivers.grant`."""
        index = await self.append([entry])
        self._waivers[waiver.id] = waiver
        return index

    async def revoke(self, waiver: str, entry: Entry) -> int:
        """As `ports.Waivers.revoke`."""
        if waiver not in self._waivers:
            raise NotFound(f"no waiver {waiver} is in force")
        index = await self.append([entry])
        del self._waivers[waiver]
        return index

    async def use(self, waivers: Sequence[Waiver], entries: Sequence[Entry]) -> int:
        """As `ports.Waivers.use`."""
        uses = dict(self._uses)
        for waiver in waivers:
            uses[waiver.id] = uses.get(waiver.id, 0) + 1
            refuse_used_up(waiver, uses[waiver.id])
        index = await self.append(entries)
        self._uses = uses
        return index

    async def token(self, digest: Digest) -> Token:
        """As `ports.Tokens.token`."""
        if digest not in self._tokens:
            raise NotFound("no such token")
        return self._tokens[digest]

    async def tokens(self) -> Sequence[Token]:
        """As `ports.Tokens.tokens`."""
        return tuple(self._tokens.values())

    async def issue(self, token: Token, entry: Entry) -> int:
        """As `ports.Tokens.issue`."""
        index = await self.append([entry])
        self._tokens[token.digest] = token
        return index

    async def withdraw(self, digest: Digest, entry: Entry) -> int:
        """As `ports.Tokens.withdraw`."""
        if digest not in self._tokens:
            raise NotFound("no such token")
        index = await self.append([entry])
        del self._tokens[digest]
        return index

    async def pseudonym(self, actor: Actor) -> Actor:
        """As `ports.Pseudonyms.pseudonym`."""
        salt = self._people.setdefault(actor.name, fresh_salt())
        return pseudonymous(actor, salt)

    async def people(self) -> Sequence[str]:
        """As `ports.Pseudonyms.people`."""
        return tuple(self._people)

    async def forget(self, name: str) -> None:
        """As `ports.Pseudonyms.forget`."""
        if self._people.pop(name, None) is None:
            raise NotFound("nobody is known by that name")

    async def close(self) -> None:
        """As `ports.Store.close`."""
        self._closed = True
