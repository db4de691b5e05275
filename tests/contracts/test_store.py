"""What every store promises (`ports.Store`), asked of each of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.store.sqlite import SqliteStore
from pratique.errors import NotFound, NotRecorded, PratiqueError
from pratique.model import limits
from pratique.model.canonical import digest_of
from pratique.model.evidence import Confidence, Finding, Scan, Severity
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.model.waiver import Waiver
from pratique.ports import Entry, Remembered, Signer, Store, Token
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import Frontier, leaf_hash, root_of
from pratique.record.note import VerifierKey
from pratique.record.tiles import split, tiles_of

MOMENT = datetime(2026, 3, 24, 12, 30, 15, 123456, tzinfo=UTC)
ALICE = Actor(ActorKind.HUMAN, "alice", "pip/25.0")


def entries(count: int, start: int = 0) -> list[Entry]:
    return [Entry(b"entry %d" % place) for place in range(start, start + count)]


def decided(name: str, nonce: int = 0) -> Entry:
    return Entry(msgspec.json.encode({"type": "decided", "id": name, "nonce": nonce}))


def waiver(name: str, reason: str = "needed") -> Waiver:
    scopes = (ScopeName("ci"),)
    return Waiver(name, "cooldown", "pkg:pypi/six@*", scopes, "bob", "carol", "security", reason, MOMENT, uses_max=3)


async def test_an_empty_ledger_has_no_checkpoint(store: Store) -> None:
    assert await store.size() == 0
    assert list(await store.entries(0, 10)) == []
    assert await store.tile(0, 0) == b""
    assert list(await store.checkpoints(0, 10)) == []
    with pytest.raises(NotFound):
        await store.checkpoint()


async def test_entries_come_back_in_order_and_clipped_to_the_size(store: Store) -> None:
    assert await store.append(entries(3)) == 0
    assert await store.append(entries(2, 3)) == 3
    assert await store.size() == 5
    assert list(await store.entries(0, 99)) == [b"entry %d" % place for place in range(5)]
    assert list(await store.entries(-5, 2)) == [b"entry 0", b"entry 1"]
    assert list(await store.entries(3, 4)) == [b"entry 3"]
    assert list(await store.entries(4, 2)) == []
    assert list(await store.entries(7, 9)) == []


async def test_appending_nothing_changes_nothing(store: Store) -> None:
    await store.append(entries(2))
    assert await store.append([]) == 2
    assert await store.size() == 2
    assert [size for size, _ in await store.checkpoints(0, 10)] == [2]


async def test_every_commit_has_a_checkpoint_signed_over_its_root(store: Store, signer: Signer) -> None:
    for count in (1, 2, 300, 5):
        await store.append(entries(count, await store.size()))
    key = VerifierKey.parse(signer.verifier_key)
    found = await store.checkpoints(0, 1_000)
    assert [size for size, _ in found] == [1, 3, 303, 308]
    assert [size for size, _ in await store.checkpoints(3, 308)] == [3, 303]
    for size, note in found:
        leaves = [leaf_hash(entry) for entry in await store.entries(0, size)]
        assert Checkpoint.open(note, key) == Checkpoint(signer.name, size, root_of(leaves))
        assert await store.checkpoint(size) == note
    assert await store.checkpoint() == found[-1][1]
    with pytest.raises(NotFound):
        await store.checkpoint(2)


async def test_tiles_are_those_of_the_entries(store: Store) -> None:
    for count in (255, 1, 1, 700):
        await store.append(entries(count, await store.size()))
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
    firsts = await asyncio.gather(*(store.append(group) for group in groups))
    held = await store.entries(0, 1_000)
    for first, group in zip(firsts, groups, strict=True):
        assert list(held[first : first + len(group)]) == [entry.data for entry in group]
    assert len(held) == sum(len(group) for group in groups)
    newest = Checkpoint.parse((await store.checkpoint()).rpartition("\n\n")[0] + "\n")
    assert newest.root == Frontier().grown(leaf_hash(entry) for entry in held).root


async def test_documents_are_stored_with_the_entries_that_name_them(store: Store) -> None:
    body, other = b"evidence", b"x" * limits.DOCUMENT_BYTES_MAX
    documents = ((digest_of(body), body), (digest_of(other), other))
    await store.append([Entry(b"one", documents), Entry(b"two", documents[:1])])
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
    await store.append(entries(1))
    companion = Entry(b"companion", ((digest_of(b"doc"), b"doc"),))
    with pytest.raises(NotRecorded):
        await store.append([companion, unfit])
    assert await store.size() == 1
    with pytest.raises(NotFound):
        await store.document(digest_of(b"doc"))
    assert await store.append([Entry(b"x" * limits.ENTRY_BYTES_MAX)]) == 1


async def test_a_decision_is_found_by_its_id_newest_first(store: Store) -> None:
    other = Entry(msgspec.json.encode({"type": "steered", "id": "AAAA"}))
    await store.append([decided("AAAA"), decided("BBBB"), other])
    await store.append([Entry(b"\xff not JSON"), Entry(b""), decided("AAAA", 1)])
    assert list(await store.find("AAAA")) == [5, 0]
    assert list(await store.find("BBBB")) == [1]
    assert list(await store.find("CCCC")) == []


async def test_the_first_sight_of_a_file_counts(store: Store) -> None:
    digest = digest_of(b"wheel")
    first = Remembered("six-1-py3-none-any.whl", digest, "files/six-1-py3-none-any.whl", MOMENT)
    second = Remembered("six-1.tar.gz", None, "files/six-1.tar.gz", MOMENT + timedelta(days=1))
    await store.remember("public", "six", [first])
    changed = Remembered(first.filename, digest_of(b"other"), "elsewhere", MOMENT + timedelta(days=2))
    await store.remember("public", "six", [changed, second])
    assert dict(await store.remembered("public", "six")) == {first.filename: first, second.filename: second}
    assert dict(await store.remembered("internal", "six")) == {}
    assert dict(await store.remembered("public", "seven")) == {}


async def test_a_scan_is_kept_by_file_and_rules(store: Store) -> None:
    finding = Finding("exec-of-decoded-text", Severity.HIGH, Confidence.MEDIUM, "setup.py", 3, "runs what it decodes")
    blob, rules, newer = digest_of(b"wheel"), digest_of(b"rules 1"), digest_of(b"rules 2")
    assert await store.scanned(blob, rules) is None
    await store.keep_scan(blob, Scan((finding,), 7, 1, rules))
    await store.keep_scan(blob, Scan((), 8, 0, newer))
    assert await store.scanned(blob, rules) == Scan((finding,), 7, 1, rules)
    assert await store.scanned(blob, newer) == Scan((), 8, 0, newer)
    assert await store.scanned(digest_of(b"other"), rules) is None
    await store.keep_scan(blob, Scan((), 9, 0, newer))
    assert await store.scanned(blob, newer) == Scan((), 9, 0, newer)


async def test_waivers_are_in_force_until_revoked(store: Store) -> None:
    one, two, three, four = entries(4)
    assert [await store.grant(waiver("w-1"), one), await store.grant(waiver("w-2"), two)] == [0, 1]
    await store.grant(waiver("w-1", reason="needed longer"), three)
    assert list(await store.waivers()) == [waiver("w-1", reason="needed longer"), waiver("w-2")]
    assert await store.revoke("w-1", four) == 3
    assert list(await store.waivers()) == [waiver("w-2")]
    with pytest.raises(NotFound):
        await store.revoke("w-1", Entry(b"not to be recorded"))
    assert await store.entries(0, 9) == [one.data, two.data, three.data, four.data]


async def test_uses_of_a_waiver_are_counted_one_by_one(store: Store) -> None:
    assert dict(await store.uses()) == {}
    one, two = (msgspec.structs.replace(waiver(name), uses_max=0) for name in ("w-1", "w-2"))
    await asyncio.gather(*(store.use([one], entries(1)) for _ in range(19)), store.use([two, one], entries(2)))
    assert await store.size() == 21
    assert dict(await store.uses()) == {"w-1": 20, "w-2": 1}


async def test_a_waiver_is_never_used_more_often_than_it_may_be(store: Store) -> None:
    twice = msgspec.structs.replace(waiver("w-1"), uses_max=2)
    places = await asyncio.gather(*(store.use([twice], entries(3)) for _ in range(5)), return_exceptions=True)
    assert sorted(place for place in places if isinstance(place, int)) == [0, 3]
    assert [str(place) for place in places if isinstance(place, NotRecorded)] == ["the waiver w-1 is used up"] * 3
    assert (await store.size(), dict(await store.uses())) == (6, {"w-1": 2})


async def test_tokens_are_known_by_their_digest_until_withdrawn(store: Store) -> None:
    token = Token(digest_of(b"secret"), "build 7", ScopeName("ci"), ActorKind.SERVICE, MOMENT)
    endless = Token(digest_of(b"other"), "laptop", ScopeName("workstation"), ActorKind.HUMAN)
    one, two, three = entries(3)
    assert [await store.issue(token, one), await store.issue(endless, two)] == [0, 1]
    assert await store.token(token.digest) == token
    assert sorted(await store.tokens(), key=lambda one: one.label) == [token, endless]
    assert await store.withdraw(token.digest, three) == 2
    assert list(await store.tokens()) == [endless]
    for refused in (store.token(token.digest), store.withdraw(token.digest, Entry(b"not to be recorded"))):
        with pytest.raises(NotFound):
            await refused
    assert await store.size() == 3


async def test_a_person_has_one_pseudonym_until_forgotten(store: Store) -> None:
    named = await store.pseudonym(ALICE)
    assert named == await store.pseudonym(ALICE)
    assert named.name not in ("", "alice")
    assert (named.kind, named.client) == (ALICE.kind, ALICE.client)
    other = await store.pseudonym(Actor(ActorKind.HUMAN, "bob"))
    assert other.name != named.name
    assert sorted(await store.people()) == ["alice", "bob"]
    await store.forget("alice")
    assert list(await store.people()) == ["bob"]
    assert (await store.pseudonym(ALICE)).name != named.name
    assert await store.pseudonym(Actor(ActorKind.HUMAN, "bob")) == other
    with pytest.raises(NotFound):
        await store.forget("mallory")


async def test_a_closed_store_records_nothing_and_closes_twice(store: Store) -> None:
    await store.append(entries(1))
    await store.close()
    await store.close()
    with pytest.raises(NotRecorded):
        await store.append(entries(1))


class Refusing:
    """A signer whose key cannot be reached, as a hardware module may."""

    def __init__(self, signer: Signer) -> None:
        self.name, self.verifier_key = signer.name, signer.verifier_key

    def sign(self, text: str) -> str:
        """Always refuses."""
        raise PratiqueError(f"no key for {len(text)} characters")


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_what_cannot_be_signed_is_not_recorded(kind: str, tmp_path: Path, signer: Signer) -> None:
    refusing = Refusing(signer)
    store: Store = MemoryStore(refusing) if kind == "memory" else await SqliteStore.open(tmp_path / "l", refusing)
    body = b"document"
    with pytest.raises(NotRecorded):
        await store.append([Entry(b"entry", ((digest_of(body), body),))])
    assert await store.size() == 0
    with pytest.raises(NotFound):
        await store.document(digest_of(body))
    await store.close()
