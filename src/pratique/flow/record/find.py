"""Find entries: by package, digest, scope, machine, verdict, actor and time; a decision by its id, or by how that begins.

The index of terms says in which blocks to look; what counts is read from the entries themselves.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pratique.errors import InvalidInput, NotFound
from pratique.model import limits
from pratique.model.event import Event, event_of
from pratique.model.identifier import ID_CHARACTERS, read_identifier
from pratique.ports import Store
from pratique.record.entry import BLOCK_ENTRIES, Head, head_of, terms_of

_LAST: Final = "\U0010ffff"
_DAY: Final = "day="


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an entry has to be: it has all of these terms, and its moment is from `since` to `until` (excluded)."""

    terms: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and the event it records; None for bytes that are no event of ours, or of another format."""

    index: int
    data: bytes
    event: Event | None


async def find(store: Store, wanted: Wanted) -> AsyncIterator[Found]:
    """The entries that are wanted, newest first."""
    async for block in _blocks(store, wanted):
        first = block * BLOCK_ENTRIES
        entries = await store.entries(first, first + BLOCK_ENTRIES)
        for place in reversed(range(len(entries))):
            if _meets(entries[place], wanted):
                yield Found(first + place, entries[place], event_of(entries[place]))


async def decision_ids(store: Store, typed: str) -> Sequence[str]:
    """The ids of decisions that begin with what was typed, some of them where there are many. Raises `InvalidInput`."""
    begun = f"id={read_identifier(typed)}"
    ids: list[str] = []
    after: tuple[str, int] | None = None
    while len(ids) <= limits.IDS_LISTED_MAX:
        found = await store.terms(begun, begun + _LAST, after=after, most=1)
        if not found:
            break
        ids.append(found[0][0].removeprefix("id="))
        after = found[0][0], 1 << 62
    return ids


async def newest_decision(store: Store, typed: str) -> Found:
    """The newest entry of a decision, by its id or the unique beginning of it.

    Raises `NotFound` when there is none, also for what is no id, and `InvalidInput` for a beginning that several ids share,
    which it names.
    """
    try:
        ids = await decision_ids(store, typed)
    except InvalidInput as error:
        raise NotFound(f"the ledger holds no decision {typed[:40]}: {error}", advice=error.advice) from error
    if len(ids) > 1:
        listed = ", ".join(ids[: limits.IDS_LISTED_MAX]) + (", ..." if len(ids) > limits.IDS_LISTED_MAX else "")
        raise InvalidInput(f"several decisions begin with {typed}: {listed}", advice="type more of the one you mean")
    if ids:
        async for found in find(store, Wanted((f"id={ids[0]}",))):
            return found
    raise NotFound(f"the ledger holds no decision {typed}", advice="pratique log tail shows the newest ones")


async def entry_index(store: Store, typed: str) -> int:
    """An entry by its index, or by the id of its newest decision. Raises as `newest_decision`."""
    if typed.isascii() and typed.isdigit() and len(typed) < ID_CHARACTERS:
        return int(typed)
    return (await newest_decision(store, typed)).index


async def _blocks(store: Store, wanted: Wanted) -> AsyncIterator[int]:
    """The blocks in which every term occurs, newest first; all of them where nothing narrows them down."""
    sets = [await _spanned(store, term, term + "\x00") for term in wanted.terms]
    if wanted.since is not None or wanted.until is not None:
        since = f"{_DAY}{wanted.since:%Y-%m-%d}" if wanted.since else _DAY
        until = f"{_DAY}{wanted.until:%Y-%m-%d}\x00" if wanted.until else _DAY + _LAST
        sets.append(await _spanned(store, since, until))
    if sets:
        blocks: Sequence[int] = sorted(set.intersection(*sets), reverse=True)
    else:
        blocks = range((await store.size() - 1) // BLOCK_ENTRIES, -1, -1)
    for block in blocks:
        yield block


async def _spanned(store: Store, start: str, end: str) -> set[int]:
    found: set[int] = set()
    after: tuple[str, int] | None = None
    while True:
        some = await store.terms(start, end, after=after, most=limits.ROWS_READ_MAX)
        found.update(block for _, block in some)
        if len(some) < limits.ROWS_READ_MAX:
            return found
        after = some[-1]


def _meets(entry: bytes, wanted: Wanted) -> bool:
    if wanted == _ANY:
        return True
    head = head_of(entry)
    if head is None:
        return False
    return set(wanted.terms) <= set(terms_of(head)) and _in_time(head, wanted)


_ANY: Final = Wanted()


def _in_time(head: Head, wanted: Wanted) -> bool:
    try:
        at = datetime.fromisoformat(head.at)
    except ValueError:
        return False
    return (wanted.since is None or wanted.since <= at) and (wanted.until is None or at < wanted.until)
