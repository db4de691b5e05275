"""What every store promises (`ports.Store`), asked of each of them."""

import asyncio

import pytest

from pratique.errors import InvalidInput, NotFound, NotRecorded, PratiqueError
from pratique.model import limits
from pratique.model.canonical import digest_of
from pratique.ports import Signer, Store
from pratique.record.checkpoint import Checkpoint
from pratique.record.entry import Entry
from pratique.record.merkle import Frontier, leaf_hash, root_of
from pratique.record.note import VerifierKey
from pratique.record.state import Add, Delete, Key, Put, View
from pratique.record.tiles import split, tiles_of
from tests.contracts.conftest import Opening

LAST = "\U0010ffff"


def entries(count: int, start: int = 0) -> list[Entry]:
    return [Entry(b"entry %d" % place) for place in range(start, start + count)]


async def test_an_empty_ledger_has_no_checkpoint(store: Store) -> None:
    assert await store.size() == 0
    assert list(await store.entries(0, 10)) == []
    assert await store.tile(0, 0) == b""
    assert list(await store.checkpoints(0, 10)) == []


async def test_entries_come_back_in_order_and_clipped_to_the_size(store: Store) -> None:
    assert await store.commit(entries(3)) == 0
    assert await store.commit(entries(2, 3)) == 3
    assert await store.size() == 5
    assert list(await store.entries(0, 99)) == [b"entry %d" % place for place in range(5)]
    assert list(await store.entries(-5, 2)) == [b"entry 0", b"entry 1"]
    assert list(await store.entries(3, 4)) == [b"entry 3"]
    assert list(await store.entries(4, 2)) == []
    assert list(await store.entries(7, 9)) == []


async def test_appending_nothing_changes_nothing(store: Store) -> None:
    await store.commit(entries(2))
    assert await store.commit([]) == 2
    assert await store.size() == 2
    assert [size for size, _ in await store.checkpoints(0, 10)] == [2]


async def test_every_commit_has_a_checkpoint_signed_over_its_root(store: Store, signer: Signer) -> None:
    for count in (1, 2, 300, 5):
        await store.commit(entries(count, await store.size()))
    key = VerifierKey.parse(signer.verifier_key)
    found = await store.checkpoints(0, 1_000)
    assert [size for size, _ in found] == [1, 3, 303, 308]
    assert [size for size, _ in await store.checkpoints(3, 308)] == [3, 303]
    for size, note in found:
        leaves = [leaf_hash(entry) for entry in await store.entries(0, size)]
        checkpoint = Checkpoint.open(note, key)
        assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (signer.name, size, root_of(leaves))
        assert list(await store.checkpoints(size, size + 1)) == [(size, note)]
    assert [Checkpoint.open(note, key).previous for _, note in found] == [0, 1, 3, 303]
    assert list(await store.checkpoints(2, 3)) == []


async def test_tiles_are_those_of_the_entries(store: Store) -> None:
    for count in (255, 1, 1, 700):
        await store.commit(entries(count, await store.size()))
    leaves = [leaf_hash(entry) for entry in await store.entries(0, 957)]
    for level, number, width in tiles_of(957):
        held = split(await store.tile(level, number))
        assert len(held) == width
        if level == 0:
            assert held == leaves[256 * number : 256 * number + width]
        else:
            assert held == [root_of(leaves[256 * place : 256 * (place + 1)]) for place in range(width)]
    assert await store.tile(0, 4) == b""
    assert await store.tile(2, 0) == b""


async def test_appends_at_the_same_time_each_get_their_own_place(store: Store) -> None:
    groups = [[Entry(b"%d of %d" % (place, group)) for place in range(group % 4 + 1)] for group in range(60)]
    firsts = await asyncio.gather(*(store.commit(group) for group in groups))
    held = await store.entries(0, 1_000)
    for first, group in zip(firsts, groups, strict=True):
        assert list(held[first : first + len(group)]) == [entry.data for entry in group]
    assert len(held) == sum(len(group) for group in groups)
    ((_, note),) = await store.checkpoints(len(held), len(held) + 1)
    newest = Checkpoint.parse(note.rpartition("\n\n")[0] + "\n")
    assert newest.root == Frontier().grown(leaf_hash(entry) for entry in held).root


async def test_documents_are_stored_with_the_entries_that_name_them(store: Store) -> None:
    body, other = b"evidence", b"x" * limits.DOCUMENT_BYTES_MAX
    documents = ((digest_of(body), body), (digest_of(other), other))
    await store.commit([Entry(b"one", documents), Entry(b"two", documents[:1])])
    assert await store.document(digest_of(body)) == body
    assert await store.document(digest_of(other)) == other
    with pytest.raises(NotFound):
        await store.document(digest_of(b"never stored"))


@pytest.mark.parametrize(
    "unfit",
    [
        Entry(b"x" * (limits.ENTRY_BYTES_MAX + 1)),
        Entry(b"x", ((digest_of(b"a"), b"b"),)),
        Entry(b"x", ((digest_of(b"y" * (limits.DOCUMENT_BYTES_MAX + 1)), b"y" * (limits.DOCUMENT_BYTES_MAX + 1)),)),
    ],
    ids=["an entry too large", "a document under a false digest", "a document too large"],
)
async def test_an_unfit_entry_is_refused_with_all_that_came_with_it(store: Store, unfit: Entry) -> None:
    await store.commit(entries(1))
    companion = Entry(b"companion", ((digest_of(b"doc"), b"doc"),))
    with pytest.raises(NotRecorded):
        await store.commit([companion, unfit])
    assert await store.size() == 1
    with pytest.raises(NotFound):
        await store.document(digest_of(b"doc"))
    assert await store.commit([Entry(b"x" * limits.ENTRY_BYTES_MAX)]) == 1


# -- terms -------------------------------------------------------------------------------------------------------------


async def test_a_term_names_each_block_of_256_entries_in_which_it_occurs(store: Store) -> None:
    await store.commit([Entry(b"%d" % place, (), ("kind=a", f"id={place % 2}")) for place in range(255)])
    await store.commit([Entry(b"more", (), ("kind=b",)), Entry(b"next block", (), ("kind=a",)), Entry(b"none")])
    assert list(await store.terms("", LAST, most=99)) == [
        ("id=0", 0),
        ("id=1", 0),
        ("kind=a", 0),
        ("kind=a", 1),
        ("kind=b", 0),
    ]
    assert list(await store.terms("kind=a", "kind=a\x00", most=99)) == [("kind=a", 0), ("kind=a", 1)]
    assert list(await store.terms("id=", "id=1", most=99)) == [("id=0", 0)]
    assert list(await store.terms("x", LAST, most=99)) == []


async def test_terms_are_read_a_few_at_a_time(store: Store) -> None:
    await store.commit([Entry(b"%d" % place, (), ("same", f"own {place:03}")) for place in range(300)])
    found: list[tuple[str, int]] = []
    while some := await store.terms("", LAST, after=found[-1] if found else None, most=7):
        assert len(some) <= 7
        found += some
    assert len(found) == 302
    assert found == sorted(set(found))


async def test_terms_are_those_of_entries_that_were_stored(store: Store) -> None:
    with pytest.raises(NotRecorded):
        await store.commit([Entry(b"one", (), ("lost",)), Entry(b"x" * (limits.ENTRY_BYTES_MAX + 1))])
    assert list(await store.terms("", LAST, most=9)) == []


# -- rows --------------------------------------------------------------------------------------------------------------


async def everything(store: Store, view: View, key: Key = ()) -> dict[Key, bytes]:
    return dict(await store.rows(view, key, most=1_000))


async def test_rows_are_written_with_entries_or_without(store: Store) -> None:
    assert await store.commit(entries(2), [Put(View.WAIVER, ("w",), b"one")]) == 0
    assert await store.commit((), [Put(View.WAIVER, ("w",), b"two"), Put(View.TOKEN, ("w",), b"other")]) == 2
    assert await store.size() == 2
    assert await everything(store, View.WAIVER) == {("w",): b"two"}
    assert await everything(store, View.TOKEN) == {("w",): b"other"}
    assert await everything(store, View.SCAN) == {}


async def test_of_rows_that_are_added_the_first_counts(store: Store) -> None:
    await store.commit((), [Add(View.SEEN, ("public", "six", "a"), b"first")])
    await store.commit(
        (), [Add(View.SEEN, ("public", "six", "a"), b"later"), Add(View.SEEN, ("public", "six", "b"), b"")]
    )
    assert await everything(store, View.SEEN) == {("public", "six", "a"): b"first", ("public", "six", "b"): b""}


async def test_rows_are_read_by_the_beginning_of_their_keys_in_order_and_a_few_at_a_time(store: Store) -> None:
    keys = [("p", "six"), ("p", "six", "a"), ("p", "six", "b c"), ("p", "six-plus", "a"), ("q", "\u00e9"), ("p", "")]
    await store.commit((), [Put(View.SEEN, key, "/".join(key).encode()) for key in keys])
    assert set(await everything(store, View.SEEN, ("p", "six"))) == {keys[0], keys[1], keys[2]}
    assert set(await everything(store, View.SEEN, ("p", "si"))) == set()
    assert await everything(store, View.SEEN, ("q", "\u00e9")) == {("q", "\u00e9"): "q/\u00e9".encode()}
    found: list[Key] = []
    while some := await store.rows(View.SEEN, ("p",), after=found[-1] if found else None, most=2):
        found += [key for key, _ in some]
    assert found == sorted(found)
    assert len(found) == 5


async def test_a_deletion_takes_everything_below_its_key_and_needs_something_to_take(store: Store) -> None:
    await store.commit((), [Put(View.USE, ("w", part), b"") for part in "abc"] + [Put(View.USE, ("ww",), b"")])
    await store.commit((), [Delete(View.USE, ("w", "a"))])
    assert set(await everything(store, View.USE)) == {("w", "b"), ("w", "c"), ("ww",)}
    await store.commit((), [Delete(View.USE, ("w",)), Delete(View.USE, ("v",), lenient=True)])
    assert set(await everything(store, View.USE)) == {("ww",)}
    with pytest.raises(NotFound):
        await store.commit(entries(1), [Put(View.USE, ("new",), b""), Delete(View.USE, ("w",))])
    assert set(await everything(store, View.USE)) == {("ww",)}
    assert await store.size() == 0


async def test_rows_under_a_key_are_never_more_than_they_may_be(store: Store) -> None:
    adding = [store.commit(entries(3), [Add(View.USE, ("w", str(number)), most=2)]) for number in range(5)]
    places = await asyncio.gather(*adding, return_exceptions=True)
    assert sorted(place for place in places if isinstance(place, int)) == [0, 3]
    assert sum(isinstance(place, NotRecorded) for place in places) == 3
    assert (await store.size(), len(await everything(store, View.USE))) == (6, 2)
    (key, *_) = await everything(store, View.USE)
    assert await store.commit(entries(1), [Add(View.USE, key, most=2)]) == 6, "what is there already is not one more"


async def test_a_name_that_cannot_be_kept_is_refused_with_all_that_came_with_it(store: Store) -> None:
    for name in ("line\nbreak", "\x00", "\x1f", "\udc80"):
        with pytest.raises(InvalidInput):
            await store.commit(entries(1), [Put(View.PERSON, (name,), b"salt")])
    assert (await store.size(), await everything(store, View.PERSON)) == (0, {})


async def test_a_person_is_forgotten_with_the_entry_that_says_so(store: Store) -> None:
    await store.commit((), [Add(View.PERSON, ("alice",), b"salt"), Add(View.PERSON, ("bob",), b"pepper")])
    assert await store.commit(entries(1), [Delete(View.PERSON, ("alice",))]) == 0
    assert await everything(store, View.PERSON) == {("bob",): b"pepper"}
    assert await store.commit((), [Delete(View.PERSON, ("bob",))]) == 1
    assert await everything(store, View.PERSON) == {}


async def test_a_store_that_nobody_touched_has_no_faults(store: Store) -> None:
    await store.commit(entries(300), [Put(View.TOKEN, ("t",), b"")])
    assert list(await store.faults()) == []


async def test_a_closed_store_records_nothing_and_closes_twice(store: Store) -> None:
    await store.commit(entries(1))
    await store.close()
    await store.close()
    with pytest.raises(NotRecorded):
        await store.commit(entries(1))


class Refusing:
    """A signer whose key cannot be reached, as a hardware module may."""

    def __init__(self, signer: Signer) -> None:
        self.name, self.verifier_key = signer.name, signer.verifier_key

    def sign(self, text: str) -> str:
        """Always refuses."""
        raise PratiqueError(f"no key for {len(text)} characters")


async def test_what_cannot_be_signed_is_not_recorded(opening: Opening, signer: Signer) -> None:
    store = await opening(Refusing(signer))
    body = b"document"
    with pytest.raises(NotRecorded):
        await store.commit([Entry(b"entry", ((digest_of(body), body),))], [Put(View.TOKEN, ("t",), b"")])
    assert await store.size() == 0
    assert await everything(store, View.TOKEN) == {}
    with pytest.raises(NotFound):
        await store.document(digest_of(body))
    await store.close()
