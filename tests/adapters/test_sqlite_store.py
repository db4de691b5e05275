"""The SQLite store beyond the port: processes, crashes, migrations, other people's files, and what forgetting leaves."""

import asyncio
import os
import signal
import sqlite3
import stat
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import apsw
import pytest

from pratique.adapters.store.database import APPLICATION_ID, Transaction, connect, migrate, refuse_unsound, value
from pratique.adapters.store.sequencer import Sequencer
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.store.writer import Writer
from pratique.adapters.system import Ed25519Signer
from pratique.errors import InvalidInput, NotFound, NotRecorded, Tampered, Unavailable
from pratique.flow.record.verify import verify
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.model.waiver import Waiver
from pratique.ports import Entry, Token

STEPS = sorted((files("pratique.adapters.store") / "migrations").iterdir(), key=lambda step: step.name)
ALICE = Actor(ActorKind.HUMAN, "alice")
WAIVER = Waiver(
    "w-1", "cooldown", "pkg:pypi/six", (), "ann", "bob", "security", "read", datetime(2027, 1, 1, tzinfo=UTC)
)

WRITER = """
import asyncio, sys
from pathlib import Path
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.model.canonical import digest_of
from pratique.ports import Entry

async def main(folder: Path, name: str, count: int) -> None:
    signer = Ed25519Signer.load_or_create(folder / "keys" / "ledger.key", "ledger.example/shared")
    store = await SqliteStore.open(folder / "ledger.sqlite", signer)
    for number in range(count):
        body = f"document {name} {number}".encode()
        first = await store.append(
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
    assert await store.append([Entry(b"after")]) == report.size
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_waiting_appends_share_a_commit(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await asyncio.gather(*(store.append([Entry(b"%d" % number)]) for number in range(500)))
    assert 1 <= len(await store.checkpoints(0, 1_000)) < 50
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_a_cancelled_append_harms_nobody_else(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    doomed = asyncio.ensure_future(store.append([Entry(b"doomed")]))
    kept = [asyncio.ensure_future(store.append([Entry(b"%d" % number)])) for number in range(20)]
    await asyncio.sleep(0)
    doomed.cancel()
    places = await asyncio.gather(*kept)
    entries = await store.entries(0, 100)
    assert [entries[place] for place in places] == [b"%d" % number for number in range(20)]
    await store.close()


async def test_what_was_queued_is_written_before_the_store_closes(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    waiting = [asyncio.ensure_future(store.append([Entry(b"%d" % number)])) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert sorted(await asyncio.gather(*waiting)) == list(range(50))


async def test_a_write_that_fails_takes_only_itself_back(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    db = connect(path)
    db.execute(
        "CREATE TRIGGER no_mallory BEFORE INSERT ON person WHEN NEW.name = 'mallory' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    outcomes = await asyncio.gather(
        store.append([Entry(b"one")]),
        store.pseudonym(Actor(ActorKind.HUMAN, "mallory")),
        store.pseudonym(ALICE),
        store.append([Entry(b"two")]),
        return_exceptions=True,
    )
    assert (outcomes[0], outcomes[3]) == (0, 1)
    assert isinstance(outcomes[1], Unavailable)
    assert outcomes[2] == await store.pseudonym(ALICE)
    db.close()
    await store.close()


@pytest.mark.parametrize("table", ["entry", "tile", "checkpoint", "document", "decided"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
async def test_the_tables_of_the_ledger_only_grow(
    path: Path, signer: Ed25519Signer, table: str, statement: str
) -> None:
    store = await SqliteStore.open(path, signer)
    document = (digest_of(b"document"), b"document")
    await store.append([Entry(b'{"type":"decided","id":"X"}', (document,))])
    await store.close()
    column, other = {
        "entry": ("data", "x'00'"),
        "tile": ("hashes", "x'00'"),
        "checkpoint": ("note", "'x'"),
        "document": ("body", "x'00'"),
        "decided": ("idx", "7"),
    }[table]
    db = connect(path)
    with pytest.raises(apsw.ConstraintError, match=r"only grows|do not change"):
        db.execute(statement.format(table, column, other))
    db.close()


# -- opening -----------------------------------------------------------------------------------------------------------


async def test_a_new_ledger_is_for_its_owner_only(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.append([Entry(b"entry")])
    for one in path.parent.iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one
    await store.close()


@pytest.mark.parametrize("version", range(1, len(STEPS)))
async def test_a_ledger_of_every_earlier_version_is_brought_up_to_date(
    path: Path, signer: Ed25519Signer, version: int
) -> None:
    db = connect(path)
    for step in STEPS[:version]:
        db.execute(step.read_text(encoding="utf-8"))
    db.pragma("user_version", version)
    if version >= 2:
        db.execute("INSERT INTO person VALUES ('alice', 'salt')")
        db.execute("INSERT INTO seen VALUES ('public', 'six', 'six-1.tar.gz', NULL, 'p', '2026-03-24T00:00:00+00:00')")
    with Transaction(db):
        Sequencer(signer).append(db, [Entry(b"entry %d" % number) for number in range(300)])
    db.close()
    store = await SqliteStore.open(path, signer)
    assert await store.size() == 300
    assert await store.append([Entry(b"more")]) == 300
    assert (await verify(store, signer.verifier_key)).damage == ()
    assert await store.scanned(digest_of(b"x"), digest_of(b"y")) is None
    assert len(await store.remembered("public", "six")) == (version >= 2)
    before = await store.pseudonym(ALICE)
    await store.close()
    store = await SqliteStore.open(path, signer)
    assert await store.pseudonym(ALICE) == before
    await store.close()


def test_every_step_has_the_number_of_its_place() -> None:
    assert [int(step.name[:4]) for step in STEPS] == list(range(1, len(STEPS) + 1))
    assert len(STEPS) >= 3


async def test_a_ledger_of_a_newer_version_is_left_alone(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.close()
    db = connect(path)
    db.pragma("user_version", len(STEPS) + 1)
    db.close()
    before = content(path)
    with pytest.raises(InvalidInput, match="newer Pratique") as refusal:
        await SqliteStore.open(path, signer)
    assert "update Pratique" in refusal.value.advice
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
    await asyncio.gather(*(store.append([Entry(b"%d" % number)]) for number, store in enumerate(stores)))
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
    await store.append([Entry(b"entry")])
    await store.close()
    store = await SqliteStore.open(path, Ed25519Signer.fresh(signer.name))
    with pytest.raises(NotRecorded, match="not signed by") as refusal:
        await store.append([Entry(b"more")])
    assert "key" in refusal.value.advice
    assert await store.size() == 1
    await store.close()


async def test_a_ledger_rolled_back_under_a_running_process_is_not_continued(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    await store.append([Entry(b"one")])
    await store.append([Entry(b"two")])
    db = connect(path)
    for trigger in ("entry_is_not_removed", "checkpoint_is_not_removed", "tile_only_grows"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("DELETE FROM entry WHERE idx = 1")
    db.execute("DELETE FROM checkpoint WHERE size = 2")
    db.execute("UPDATE tile SET hashes = substr(hashes, 1, 32)")
    db.close()
    with pytest.raises(NotRecorded, match="rolled-back"):
        await store.append([Entry(b"three")])
    await store.close()


async def test_a_ledger_exchanged_under_a_running_process_is_not_continued(
    path: Path, tmp_path: Path, signer: Ed25519Signer
) -> None:
    store = await SqliteStore.open(path, signer)
    await store.append([Entry(b"one")])
    other = await SqliteStore.open(tmp_path / "other.sqlite", signer)
    await other.append([Entry(b"another one")])
    await other.append([Entry(b"two")])
    await other.close()
    source, target = connect(tmp_path / "other.sqlite"), connect(path)
    with target.backup("main", source, "main") as backup:
        backup.step()
    source.close()
    target.close()
    with pytest.raises(NotRecorded, match="forked"):
        await store.append([Entry(b"three")])
    await store.close()


async def test_a_failed_commit_refuses_its_whole_group_and_the_next_one_goes_on(
    path: Path, signer: Ed25519Signer
) -> None:
    store = await SqliteStore.open(path, signer)
    await store.append([Entry(b"one")])
    db = connect(path)
    db.execute("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    outcomes = await asyncio.gather(
        *(store.append([Entry(b"%d" % number)]) for number in range(5)), return_exceptions=True
    )
    assert all(isinstance(outcome, NotRecorded) for outcome in outcomes)
    assert await store.size() == 1
    db.execute("DROP TRIGGER full")
    db.close()
    assert await store.append([Entry(b"two")]) == 1
    assert (await verify(store, signer.verifier_key)).damage == ()
    await store.close()


async def test_a_commit_that_fails_at_its_very_end_leaves_nothing_behind(path: Path, signer: Ed25519Signer) -> None:
    db = connect(path)
    migrate(db, path)
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
    await store.append([Entry(b"one")])
    await store.pseudonym(ALICE)
    await store.close()
    db = connect(path)
    db.execute("DROP TRIGGER tile_only_grows")
    db.execute("UPDATE tile SET hashes = zeroblob(32)")
    db.close()
    store = await SqliteStore.open(path, signer)
    recorded, forgotten = await asyncio.gather(
        store.append([Entry(b"two")]), store.forget("alice"), return_exceptions=True
    )
    assert isinstance(recorded, NotRecorded)
    assert "tile-changed" in str(recorded)
    assert forgotten is None
    await store.close()


async def test_what_cannot_be_recorded_does_not_come_into_force(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    token = Token(digest_of(b"secret"), "farm", ScopeName("ci"), ActorKind.SERVICE)
    await store.issue(token, Entry(b"issued"))
    await store.close()
    db = connect(path)
    db.execute("DROP TRIGGER tile_only_grows")
    db.execute("UPDATE tile SET hashes = zeroblob(32)")
    db.close()
    store = await SqliteStore.open(path, signer)
    other = Token(digest_of(b"other"), "mole", ScopeName("ci"), ActorKind.SERVICE)
    issued, ended, missing, counted = await asyncio.gather(
        store.issue(other, Entry(b"another")),
        store.withdraw(token.digest, Entry(b"withdrawn")),
        store.withdraw(digest_of(b"third"), Entry(b"nothing")),
        store.use([WAIVER], [Entry(b"used")]),
        return_exceptions=True,
    )
    assert [type(each) for each in (issued, ended, missing, counted)] == [
        NotRecorded,
        NotRecorded,
        NotFound,
        NotRecorded,
    ]
    assert list(await store.tokens()) == [token]
    assert dict(await store.uses()) == {}
    await store.close()


async def test_what_fails_in_a_group_takes_only_itself_back(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    token = Token(digest_of(b"secret"), "farm", ScopeName("ci"), ActorKind.SERVICE)
    places = await asyncio.gather(
        store.append([Entry(b"one"), Entry(b"two")]),
        store.withdraw(digest_of(b"third"), Entry(b"nothing")),
        store.issue(token, Entry(b"issued")),
        store.append([Entry(b"three")]),
        return_exceptions=True,
    )
    assert [place for place in places if isinstance(place, int)] == [0, 2, 3]
    assert isinstance(places[1], NotFound)
    assert list(await store.entries(0, 9)) == [b"one", b"two", b"issued", b"three"]
    await store.close()


# -- forgetting --------------------------------------------------------------------------------------------------------


async def test_a_forgotten_person_leaves_no_trace_in_any_file(path: Path, signer: Ed25519Signer) -> None:
    store = await SqliteStore.open(path, signer)
    people = [Actor(ActorKind.HUMAN, f"person-{number:04d}@example") for number in range(300)]
    for person in people:
        await store.pseudonym(person)
    reading = connect(path)
    ((salt,),) = reading.execute("SELECT salt FROM person WHERE name = ?", (people[150].name,)).fetchall()
    reading.close()
    traces = [people[150].name.encode(), str(salt).encode()]
    assert all(any(trace in one.read_bytes() for one in path.parent.iterdir()) for trace in traces)
    await store.forget(people[150].name)
    for one in path.parent.iterdir():
        assert not any(trace in one.read_bytes() for trace in traces), one
    assert len({(await store.pseudonym(person)).name for person in people}) == 300
    await store.close()


# -- damage outside of the tree ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO token VALUES ('sha256:{0}', x'ff')",
        "INSERT INTO waiver VALUES ('w', x'7b7d')",
        "INSERT INTO seen VALUES ('public', 'six', 'f', NULL, 'p', 'no time')",
        "INSERT INTO scan VALUES ('sha256:{0}', 'sha256:{0}', x'00')",
    ],
)
async def test_state_that_cannot_be_read_is_said_to_be_damaged(
    path: Path, signer: Ed25519Signer, statement: str
) -> None:
    store = await SqliteStore.open(path, signer)
    db = connect(path)
    db.execute(statement.format("0" * 64))
    db.close()
    digest = Digest(f"sha256:{'0' * 64}")
    reads = (store.tokens(), store.waivers(), store.remembered("public", "six"), store.scanned(digest, digest))
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    (damage,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert isinstance(damage, Tampered)
    assert damage.what == "store-damaged"
    await store.close()
