"""The SQLite store beyond the port: processes, crashes, other people's files, and what forgetting leaves."""

import asyncio
import os
import signal
import sqlite3
import stat
import sys
from pathlib import Path

import apsw
import pytest

from pratique.adapters.clock import SystemClock
from pratique.adapters.store import appending
from pratique.adapters.store.appending import Sequencer
from pratique.adapters.store.database import APPLICATION_ID, SCHEMA, connect, prepare, refuse_unsound, value
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.store.writer import Writer
from pratique.adapters.system import Ed25519Signer
from pratique.errors import InvalidInput, NotFound, NotRecorded, Tampered, Unavailable
from pratique.flow.ledger import Ledger
from pratique.flow.memory import Memory
from pratique.flow.record.verify import verify
from pratique.model.canonical import digest_of
from pratique.record.entry import Entry
from pratique.record.state import Add, Delete, Put, View

WRITER = """
import asyncio, sys
from pathlib import Path
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.clock import SystemClock
from pratique.adapters.system import Ed25519Signer
from pratique.model.canonical import digest_of
from pratique.record.entry import Entry
from pratique.record.state import Add, Delete, Put, View

async def main(folder: Path, name: str, count: int) -> None:
    signer = Ed25519Signer.load_or_create(folder / "keys" / "ledger.key", "ledger.example/shared")
    store = await SqliteStore.open(folder / "ledger.sqlite", signer)
    for number in range(count):
        body = f"document {name} {number}".encode()
        first = await store.commit(
            [Entry(f"{name} {number} {part}".encode(), ((digest_of(body), body),)) for part in range(number % 3 + 1)]
        )
        print(first, number, flush=True)
    await store.close()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer.fresh("ledger.example/sqlite")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def content(path: Path) -> bytes:
    return path.read_bytes()


async def started(folder: Path, name: str, count: int) -> asyncio.subprocess.Process:
    arguments = [sys.executable, "-c", WRITER, str(folder), name, str(count)]
    return await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)


async def test_several_processes_share_one_ledger(tmp_path: Path) -> None:
    writers = [await started(tmp_path, name, 40) for name in ("one", "two", "three")]
    outputs = [(await writer.communicate())[0].decode().split("\n")[:-1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    signer = Ed25519Signer.load_or_create(tmp_path / "keys" / "ledger.key", "ledger.example/shared")
    store = await SqliteStore.open(tmp_path / "ledger.sqlite", signer)
    entries = await store.entries(0, 1_000)
    assert len(entries) == 3 * (14 + 26 + 39)
    for name, lines in zip(("one", "two", "three"), outputs, strict=True):
        for line in lines:
            first, number = map(int, line.split())
            wanted = [f"{name} {number} {part}".encode() for part in range(number % 3 + 1)]
            assert list(entries[first : first + len(wanted)]) == wanted
    report = await verify(store, signer.verifier_key)
    assert (report.damage, report.checkpoints_count) == ((), 120)
    await store.close()


@pytest.mark.parametrize("patience", [0.0, 0.013, 0.04])
async def test_a_process_killed_while_it_writes_leaves_a_sound_ledger(tmp_path: Path, patience: float) -> None:
    writer = await started(tmp_path, "killed", 100_000)
    assert writer.stdout is not None
    told = [await writer.stdout.readline() for _ in range(5)]
    await asyncio.sleep(patience)
    os.kill(writer.pid, signal.SIGKILL)
    told += (await writer.stdout.read()).splitlines(keepends=True)
    assert await writer.wait() == -signal.SIGKILL
    signer = Ed25519Signer.load_or_create(tmp_path / "keys" / "ledger.key", "ledger.example/shared")
    store = await SqliteStore.open(tmp_path / "ledger.sqlite", signer)
    report = await verify(store, signer.verifier_key)
    assert report.damage == ()
    first, number = map(int, [line for line in told if line.endswith(b"\n")][-1].split())
    assert report.size >= first + number % 3 + 1, "what was acknowledged is there"
    *_, last = await store.entries(0, report.size)
    assert last.split()[1:] == [last.split()[1], b"%d" % (int(last.split()[1]) % 3)], "a commit is there whole"
    for entry in await store.entries(0, report.size):
        await store.document(digest_of(b"document killed " + entry.split()[1]))
    assert await store.commit([Entry(b"after")]) == report.size
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_waiting_appends_share_a_commit(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await asyncio.gather(*(store.commit([Entry(b"%d" % number)]) for number in range(500)))
    assert 1 <= len(await store.checkpoints(0, 1_000)) < 50
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_a_cancelled_append_harms_nobody_else(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    doomed = asyncio.ensure_future(store.commit([Entry(b"doomed")]))
    kept = [asyncio.ensure_future(store.commit([Entry(b"%d" % number)])) for number in range(20)]
    await asyncio.sleep(0)
    doomed.cancel()
    places = await asyncio.gather(*kept)
    entries = await store.entries(0, 100)
    assert [entries[place] for place in places] == [b"%d" % number for number in range(20)]
    await store.close()


async def test_what_was_queued_is_written_before_the_store_closes(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    waiting = [asyncio.ensure_future(store.commit([Entry(b"%d" % number)])) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert sorted(await asyncio.gather(*waiting)) == list(range(50))


async def test_a_write_that_fails_takes_only_itself_back(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    db = connect(path)
    db.execute(
        "CREATE TRIGGER no_mallory BEFORE INSERT ON row WHEN NEW.key = 'mallory' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    outcomes = await asyncio.gather(
        store.commit([Entry(b"one")]),
        store.commit((), [Add(View.PERSON, ("mallory",), b"salt")]),
        store.commit((), [Add(View.PERSON, ("alice",), b"salt")]),
        store.commit([Entry(b"two")]),
        return_exceptions=True,
    )
    assert (outcomes[0], outcomes[3]) == (0, 1)
    assert isinstance(outcomes[1], Unavailable)
    assert [key for key, _ in await store.rows(View.PERSON, most=9)] == [("alice",)]
    db.close()
    await store.close()


async def test_terms_are_found_before_and_after_they_are_put_in_their_places(
    path: Path, signer: Ed25519Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "_FRESH_BLOCKS_MAX", 2)
    store = await SqliteStore.open(path, signer)
    made = [Entry(b"%d" % number, (), (f"id={number * 7919 % 1500:04}", "kind=a")) for number in range(1500)]
    wanted: set[tuple[str, int]] = set()
    for start in range(0, 1500, 100):
        await store.commit(made[start : start + 100])
        wanted |= {(term, place // 256) for place in range(start, start + 100) for term in made[place].terms}
        assert list(await store.terms("", "~", most=9_999)) == sorted(wanted)
    db = connect(path)
    kept = [int(value(db, f"SELECT count(*) FROM {name}")) for name in ("term", "fresh_term")]  # noqa: S608 - our own words
    db.close()
    assert kept == [1024 + 4, 1500 - 1024 + 2]
    await store.close()


@pytest.mark.parametrize("table", ["entry", "tile", "checkpoint", "document", "term", "fresh_term"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
async def test_the_tables_of_the_ledger_only_grow(
    path: Path, signer: Ed25519Signer, table: str, statement: str
) -> None:
    store = await SqliteStore.open(path, signer)
    document = (digest_of(b"document"), b"document")
    await store.commit([Entry(b"entry", (document,), ("term",))])
    await store.close()
    column, other = {
        "entry": ("data", "x'00'"),
        "tile": ("hashes", "x'00'"),
        "checkpoint": ("note", "'x'"),
        "document": ("body", "x'00'"),
        "term": ("block", "7"),
        "fresh_term": ("block", "7"),
    }[table]
    db = connect(path)
    if table == "term":
        db.execute("INSERT INTO term VALUES ('term', 0)")
    with pytest.raises(apsw.ConstraintError, match=r"only grows|do not change"):
        db.execute(statement.format(table, column, other))
    db.close()


# -- opening -----------------------------------------------------------------------------------------------------------


async def test_a_new_ledger_is_for_its_owner_only(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"entry")])
    for one in path.parent.iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one
    await store.close()


async def test_a_ledger_of_another_schema_is_left_alone(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.close()
    db = connect(path)
    db.pragma("user_version", SCHEMA + 1)
    db.close()
    before = content(path)
    with pytest.raises(InvalidInput, match="another Pratique") as refusal:
        await SqliteStore.open(path, signer)
    assert "the Pratique that wrote it" in refusal.value.advice
    assert content(path) == before


async def test_another_program_s_database_is_left_alone(path: Path, signer: Ed25519Signer) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    before = content(path)
    with pytest.raises(InvalidInput, match="no ledger"):
        await SqliteStore.open(path, signer)
    assert content(path) == before


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path, signer: Ed25519Signer) -> None:
    with pytest.raises(Unavailable, match="missing"):
        await SqliteStore.open(tmp_path / "missing" / "ledger.sqlite", signer)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.52.0"])
def test_a_library_that_can_corrupt_a_ledger_is_refused(version: str) -> None:
    with pytest.raises(InvalidInput, match="can corrupt"):
        refuse_unsound(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.52.1", "3.53.0", "3.54.1", "4.0.0"])
def test_a_sound_library_is_welcome(version: str) -> None:
    refuse_unsound(version)


async def test_a_ledger_opened_by_many_at_once_is_made_once(path: Path, signer: Ed25519Signer) -> None:
    stores = await asyncio.gather(*(SqliteStore.open(path, signer) for _ in range(6)))
    await asyncio.gather(*(store.commit([Entry(b"%d" % number)]) for number, store in enumerate(stores)))
    assert sorted(await stores[0].entries(0, 10)) == [b"%d" % number for number in range(6)]
    assert (await verify(stores[0], signer.verifier_key)).damage == ()
    for store in stores:
        await store.close()
    db = connect(path)
    assert db.pragma("application_id") == APPLICATION_ID
    db.close()


# -- what is not signed on ---------------------------------------------------------------------------------------------


async def test_a_ledger_begun_with_another_key_is_not_continued(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"entry")])
    await store.close()
    store = await SqliteStore.open(path, Ed25519Signer.fresh(signer.name))
    with pytest.raises(NotRecorded, match="not signed by") as refusal:
        await store.commit([Entry(b"more")])
    assert "key" in refusal.value.advice
    assert await store.size() == 1
    await store.close()


async def test_a_ledger_rolled_back_under_a_running_process_is_not_continued(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"one")])
    await store.commit([Entry(b"two")])
    db = connect(path)
    for trigger in ("entry_is_not_removed", "checkpoint_is_not_removed", "tile_only_grows"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("DELETE FROM entry WHERE idx = 1")
    db.execute("DELETE FROM checkpoint WHERE size = 2")
    db.execute("UPDATE tile SET hashes = substr(hashes, 1, 32)")
    db.close()
    with pytest.raises(NotRecorded, match="rolled-back"):
        await store.commit([Entry(b"three")])
    await store.close()


async def test_a_ledger_exchanged_under_a_running_process_is_not_continued(
    path: Path, tmp_path: Path, signer: Ed25519Signer
) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"one")])
    other = await SqliteStore.open(tmp_path / "other.sqlite", signer)
    await other.commit([Entry(b"another one")])
    await other.commit([Entry(b"two")])
    await other.close()
    source, target = connect(tmp_path / "other.sqlite"), connect(path)
    with target.backup("main", source, "main") as backup:
        backup.step()
    source.close()
    target.close()
    with pytest.raises(NotRecorded, match="forked"):
        await store.commit([Entry(b"three")])
    await store.close()


async def test_a_failed_commit_refuses_its_whole_group_and_the_next_one_goes_on(
    path: Path, signer: Ed25519Signer
) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"one")])
    db = connect(path)
    db.execute("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    outcomes = await asyncio.gather(
        *(store.commit([Entry(b"%d" % number)]) for number in range(5)), return_exceptions=True
    )
    assert all(isinstance(outcome, NotRecorded) for outcome in outcomes)
    assert await store.size() == 1
    db.execute("DROP TRIGGER full")
    db.close()
    assert await store.commit([Entry(b"two")]) == 1
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_a_commit_that_fails_at_its_very_end_leaves_nothing_behind(path: Path, signer: Ed25519Signer) -> None:
    db = connect(path)
    prepare(db, path)
    writer = Writer(db, path, Sequencer(signer))
    assert await writer.append([Entry(b"one")]) == 0
    db.set_commit_hook(lambda: True)
    with pytest.raises(NotRecorded):
        await writer.append([Entry(b"lost")])
    db.set_commit_hook(None)
    assert await writer.write(lambda one: value(one, "SELECT count(*) FROM entry")) == 1
    assert await writer.append([Entry(b"two")]) == 1
    await writer.close()
    store = await SqliteStore.open(path, signer)
    assert list(await store.entries(0, 9)) == [b"one", b"two"]
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_a_damaged_ledger_still_lets_a_person_be_forgotten(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"one")])
    await store.commit((), [Add(View.PERSON, ("alice",), b"salt")])
    await store.close()
    db = connect(path)
    db.execute("DROP TRIGGER tile_only_grows")
    db.execute("UPDATE tile SET hashes = zeroblob(32)")
    db.close()
    store = await SqliteStore.open(path, signer)
    recorded, forgotten = await asyncio.gather(
        store.commit([Entry(b"two")]), store.commit((), [Delete(View.PERSON, ("alice",))]), return_exceptions=True
    )
    assert isinstance(recorded, NotRecorded)
    assert "tile-changed" in str(recorded)
    assert forgotten == 1
    await store.close()


async def test_what_cannot_be_recorded_does_not_come_into_force(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"issued")], [Put(View.TOKEN, ("token",), b"")])
    await store.close()
    db = connect(path)
    db.execute("DROP TRIGGER tile_only_grows")
    db.execute("UPDATE tile SET hashes = zeroblob(32)")
    db.close()
    store = await SqliteStore.open(path, signer)
    outcomes = await asyncio.gather(
        store.commit([Entry(b"another")], [Put(View.TOKEN, ("other",), b"")]),
        store.commit([Entry(b"withdrawn")], [Delete(View.TOKEN, ("token",))]),
        store.commit([Entry(b"nothing")], [Delete(View.TOKEN, ("third",))]),
        store.commit([Entry(b"used")], [Add(View.USE, ("w", "a"), most=1)]),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes] == [NotRecorded, NotRecorded, NotFound, NotRecorded]
    assert [key for key, _ in await store.rows(View.TOKEN, most=9)] == [("token",)]
    assert list(await store.rows(View.USE, most=9)) == []
    await store.close()


async def test_what_fails_in_a_group_takes_only_itself_back(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    places = await asyncio.gather(
        store.commit([Entry(b"one"), Entry(b"two")]),
        store.commit([Entry(b"nothing")], [Delete(View.TOKEN, ("third",))]),
        store.commit([Entry(b"issued")], [Put(View.TOKEN, ("token",), b"")]),
        store.commit([Entry(b"three")]),
        return_exceptions=True,
    )
    assert [place for place in places if isinstance(place, int)] == [0, 2, 3]
    assert isinstance(places[1], NotFound)
    assert list(await store.entries(0, 9)) == [b"one", b"two", b"issued", b"three"]
    await store.close()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("CREATE TRIGGER spy AFTER INSERT ON row BEGIN DELETE FROM row; END", "schema-changed"),
        ("DROP TRIGGER entry_is_not_changed", "schema-changed"),
        ("CREATE TABLE aside (x)", "schema-changed"),
        ("CREATE INDEX slow ON entry (data)", "schema-changed"),
        ("INSERT INTO entry VALUES (1, x'00')", "entry-changed"),
        ("INSERT INTO entry VALUES (-1, x'00')", "entry-changed"),
        ("INSERT INTO tile VALUES (0, 1, x'00')", "tile-changed"),
        ("INSERT INTO tile VALUES (1, 0, x'00')", "tile-changed"),
        ("INSERT INTO tile VALUES (9, 0, x'00')", "tile-changed"),
        ("INSERT INTO term VALUES ('x', 1)", "index-changed"),
    ],
)
async def test_what_does_not_belong_into_the_file_is_a_fault(
    path: Path, signer: Ed25519Signer, statement: str, what: str
) -> None:
    store = await SqliteStore.open(path, signer)
    await store.commit([Entry(b"entry")])
    assert list(await store.faults()) == []
    db = connect(path)
    db.execute(statement)
    db.close()
    assert [kind for kind, _ in await store.faults()] == [what]
    assert what in {damage.what for damage in (await verify(store, signer.verifier_key)).damage}
    await store.close()


@pytest.mark.parametrize("said", [[], [Entry(b"forgotten")]], ids=["alone", "with an entry"])
async def test_a_forgotten_person_leaves_no_trace_in_any_file(
    path: Path, signer: Ed25519Signer, said: list[Entry]
) -> None:
    store = await SqliteStore.open(path, signer)
    people = {f"person-{number:04d}@example": f"{number:032x}" for number in range(300)}
    for name, salt in people.items():
        await store.commit((), [Add(View.PERSON, (name,), salt.encode())])
    name = "person-0150@example"
    traces = [name.encode(), people[name].encode()]
    assert all(any(trace in one.read_bytes() for one in path.parent.iterdir()) for trace in traces)
    await store.commit(said, [Delete(View.PERSON, (name,))])
    for one in path.parent.iterdir():
        assert not any(trace in one.read_bytes() for trace in traces), one
    assert len(await store.rows(View.PERSON, most=999)) == 299
    await store.close()


# -- damage outside of the tree ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["token", "waiver", "seen", "scan"])
async def test_state_that_cannot_be_read_is_said_to_be_damaged(path: Path, signer: Ed25519Signer, view: str) -> None:
    store = await SqliteStore.open(path, signer)
    ledger = Ledger(store, bytes)
    memory = Memory(ledger, SystemClock())
    digest = digest_of(b"no scan")
    key, body = {"seen": (("a", "b", "c"), b"?"), "scan": ((digest, digest), digest.encode())}.get(view, (("x",), b"?"))
    await store.commit([Entry(b"entry", ((digest, b"no scan"),))], [Put(View(view), key, body)])
    reads = (ledger.tokens(), ledger.waivers(), memory.remembered("a", "b"), memory.scanned(digest, digest))
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    (damage,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert isinstance(damage, Tampered)
    assert damage.what == "store-damaged"
    await store.close()
