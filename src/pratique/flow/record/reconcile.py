"""What is in force must be what the ledger says: rows, the index of terms, and who is behind the digests.

They lie beside the tree, where whoever can write the database could change them; the ledger cannot be changed unnoticed. All
entries are read once, in their order; what they put in force is made again and held against what is kept.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeAlias

from pratique.errors import PratiqueError
from pratique.flow.ledger import all_rows, pseudonym_of
from pratique.model import limits
from pratique.model.event import Event, Forgotten, TokenIssued, Waived
from pratique.ports import Store
from pratique.record.entry import BLOCK_ENTRIES, Documents, Head, terms_of
from pratique.record.state import Key, Rows, View, apply, changes_of
from pratique.record.verify import Damage

_LAST: Final = "\U0010ffff"
_PSEUDONYM_CHARACTERS: Final = 32
_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_PROJECTED: Final = tuple(view for view in View if view is not View.PERSON)


Differing: TypeAlias = list[tuple[str, Key, Damage]]
"""Rows that are not as the ledger has them, by view and key."""


class Projection:
    """What the entries seen so far have put in force. `touched` are the rows that entries beyond the audited size changed."""

    def __init__(self) -> None:
        self.rows: Rows = {}
        self.touched: set[tuple[str, Key]] = set()
        self.damage: list[Damage] = []
        self._sums: dict[int, int] = defaultdict(int)
        self._people: dict[str, int] = {}
        self._forgotten: dict[str, int] = {}
        self._block: set[str] = set()
        self._at = 0

    def see(self, index: int, head: Head) -> None:
        """Take note of what every entry tells: its terms, and who is named."""
        block = index // BLOCK_ENTRIES
        if block != self._at:
            self.turn()
            self._at = block
        self._block.update(terms_of(head))
        for name in (head.actor.name, head.machine):
            if name not in self._people:
                self._name(name, index)

    def turn(self) -> None:
        """A block has been read: all of its terms are known."""
        if self._block:
            self._sums[self._at] += sum(map(hash, self._block))
            self._block = set()

    def change(self, index: int, event: Event, documents: Documents, *, late: bool = False) -> None:
        """Make the changes of one entry; `late` for one that was written since the audit began."""
        try:
            for change in changes_of(event, documents):
                if late:
                    self.touched.add((change.view, change.key))
                apply(self.rows, change)
        except (PratiqueError, KeyError) as error:
            self.damage.append(Damage("unrecorded", f"entry {index} changes what it cannot change: {error}"))
        match event:
            case Waived():
                self._name(event.waiver.owner, index)
                self._name(event.waiver.approved_by, index)
            case TokenIssued():
                self._name(event.holder.name, index)
            case Forgotten():
                self._forgotten[event.person] = index
                self._people.pop(event.person, None)
            case _:
                pass

    def _name(self, name: str, index: int) -> None:
        if name in self._people or name in self._forgotten:
            return
        if len(name) == _PSEUDONYM_CHARACTERS and _HEXADECIMAL.issuperset(name):
            self._people[name] = index

    # -- held against the store ------------------------------------------------------------------------------------------

    async def rows_differing(self, store: Store) -> Differing:
        """Every row that is not as the ledger has it, and every one that is missing."""
        found: Differing = []
        for view in _PROJECTED:
            wanted = self.rows.get(view, {})
            kept = 0
            async for key, value in all_rows(store, view):
                kept += key in wanted
                if wanted.get(key) != value:
                    terms = "with other terms than the ledger gives it" if key in wanted else "and no entry makes it so"
                    found.append((view, key, Damage("unrecorded", f"the {view} {' '.join(key)} is kept, {terms}")))
            if kept < len(wanted):
                held = {key async for key, _ in all_rows(store, view)}
                found += [
                    (view, key, Damage("unrecorded", f"the {view} {' '.join(key)} is gone, and the ledger has it"))
                    for key in wanted
                    if key not in held
                ]
        return found

    async def terms_differing(self, store: Store, size: int) -> list[Damage]:
        """Every block whose terms in the index are not those of its entries; the last one may have grown meanwhile.

        Blocks are compared by the sum of the hashes of their terms, which are keyed for each process.
        """
        full = size // BLOCK_ENTRIES
        held: dict[int, int] = defaultdict(int)
        last: set[str] = set()
        async for some in _all_terms(store):
            for term, block in some:
                held[block] += hash(term)
            last.update(term for term, block in some if block == full)
        blocks = {block for block in (*self._sums, *held) if block < full}
        wrong = {block for block in blocks if self._sums.get(block, 0) != held.get(block, 0)}
        wanted = self._block if self._at == full else set()
        grown = await store.size() != size  # then the last block may have more than it had
        if not wanted <= last or (wanted != last and not grown):
            wrong.add(full)
        return [
            Damage("index-changed", f"entries {first} to {first + BLOCK_ENTRIES - 1} are not found by what they say")
            for first in sorted(block * BLOCK_ENTRIES for block in wrong)
        ]

    async def people_differing(self, store: Store) -> list[Damage]:
        """Every digest of the record that leads to nobody though nobody was forgotten, and every one that should not."""
        known = {
            pseudonym_of(key[0], value.decode(errors="replace")) async for key, value in all_rows(store, View.PERSON)
        }
        found = [
            Damage(
                "unrecorded", f"{person}, named by entry {index}, leads to nobody, and no entry says it was forgotten"
            )
            for person, index in self._people.items()
            if person not in known
        ]
        found += [
            Damage("unrecorded", f"{person} was forgotten by entry {index}, and yet leads to somebody")
            for person, index in self._forgotten.items()
            if person in known
        ]
        return found


async def _all_terms(store: Store) -> AsyncIterator[Sequence[tuple[str, int]]]:
    """All terms in their order, a few thousand at a time."""
    after: tuple[str, int] | None = None
    while True:
        found = await store.terms("", _LAST, after=after, most=limits.ROWS_READ_MAX)
        yield found
        if len(found) < limits.ROWS_READ_MAX:
            return
        after = found[-1]


def settled(differing: Differing, touched: set[tuple[str, Key]]) -> list[Damage]:
    """The damage among rows that no entry changed while they were read."""
    return [
        damage
        for view, key, damage in differing
        if not any(view == changed and key[: len(prefix)] == prefix for changed, prefix in touched)
    ]
