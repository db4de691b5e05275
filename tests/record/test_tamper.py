"""What was tampered with is noticed, named, and named alike by our verifier and by the one that stands alone.

Whoever tampers here owns the database: the triggers that stop accidents are dropped first, and put back.
"""

import random  # noqa: TID251 - a sample that is the same in every run
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import apsw
import pytest

from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.errors import InvalidInput, NotRecorded, PratiqueError, Tampered
from pratique.flow.ledger import checkpoint_of
from pratique.flow.record.verify import VerifyReport, continued, export, prove, verify
from pratique.record import pratique_verify
from pratique.record.entry import Entry
from pratique.record.merkle import leaf_hash
from tests.record.ledgers import Written, decided, opened, write

TOLD = ("entry", "tile", "checkpoint")
KINDS = {
    "entry-changed",
    "entry-missing",
    "tile-changed",
    "checkpoint-forged",
    "document-changed",
    "document-missing",
    "forked",
    "rolled-back",
    "index-changed",
    "checkpoint-missing",
    "unrecorded",
}


@asynccontextmanager
async def opening(ledger: Written) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(ledger.path, ledger.signer)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def ledger(written: Written, tmp_path: Path) -> Written:
    """A copy to be damaged."""
    return duplicate(written, tmp_path / "ledger.sqlite")


def duplicate(ledger: Written, path: Path) -> Written:
    shutil.copy(ledger.path, path)
    return Written(path, ledger.signer)


@contextmanager
def owning(path: Path) -> Iterator[apsw.Connection]:
    """The database under the hands of its owner: without the triggers, which are put back at the end as they were."""
    db = apsw.Connection(str(path))
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    yield db
    for _, statement in triggers:
        db.execute(str(statement))
    db.close()


def tamper(ledger: Written, *statements: str) -> None:
    with owning(ledger.path) as db:
        for statement in statements:
            db.execute(statement)
            assert db.changes() > 0, statement


def rewrite(ledger: Written, table: str, column: str, where: str, change: Callable[[bytes], bytes]) -> None:
    """Replace one blob or text."""
    with owning(ledger.path) as db:
        ((old,),) = db.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchall()  # noqa: S608 - fixed names
        assert isinstance(old, (str, bytes))
        new = change(old.encode()).decode(errors="replace") if isinstance(old, str) else change(old)
        assert new != old
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (new,))  # noqa: S608 - fixed names
        assert db.changes() == 1


def flipping(place: int) -> Callable[[bytes], bytes]:
    """Flips the lowest bit of one byte, counted from the end where `place` is negative."""

    def change(old: bytes) -> bytes:
        at = place % len(old)
        return old[:at] + bytes([old[at] ^ 1]) + old[at + 1 :]

    return change


async def audited(ledger: Written, remembered: str | None = None) -> VerifyReport:
    async with opening(ledger) as store:
        return await verify(store, ledger.signer.verifier_key, remembered)


async def newest(ledger: Written) -> str:
    async with opening(ledger) as store:
        return await checkpoint_of(store)


async def exported(ledger: Written, folder: Path) -> Path:
    async with opening(ledger) as store:
        async for path, content in export(store, ledger.signer.verifier_key):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return folder


def kinds(report: VerifyReport) -> set[str]:
    assert report.damage_count >= len(report.damage)
    found = {damage.what for damage in report.damage}
    assert found <= KINDS
    return found


class Elsewhere:
    """Runs the verifier that stands alone, and reads the kinds of damage it names."""

    def __init__(self, capsys: pytest.CaptureFixture[str], key: Ed25519Signer) -> None:
        self._capsys = capsys
        self._key = key

    def kinds(self, folder: Path, remember: Path | None = None) -> set[str]:
        """The kinds it names, which must agree with its exit status."""
        more = ["--remember", str(remember)] if remember else []
        status = pratique_verify.main([str(folder), "--key", self._key.verifier_key, *more])
        lines = self._capsys.readouterr().out.splitlines()
        found = {line.partition(":")[0] for line in lines} & KINDS
        assert status == (1 if found else 0), lines
        return found


@pytest.fixture
def elsewhere(capsys: pytest.CaptureFixture[str], key: Ed25519Signer) -> Elsewhere:
    return Elsewhere(capsys, key)


# -- one byte of the database ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 40, 333, -1])
@pytest.mark.parametrize("index", [0, 1, 200, 255, 256, 511, 512, 599])
async def test_a_changed_entry_is_named_by_its_number(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path, index: int, place: int
) -> None:
    rewrite(ledger, "entry", "data", f"idx = {index}", flipping(place))
    report = await audited(ledger)
    assert "entry-changed" in kinds(report)
    assert kinds(report) <= {"entry-changed", "entry-missing", "document-missing"}
    assert any(f"entry {index} " in damage.message for damage in report.damage)
    assert "entry-changed" in elsewhere.kinds(await exported(ledger, tmp_path / "log"))


@pytest.mark.parametrize(("level", "number"), [(0, 0), (0, 1), (0, 2), (1, 0)])
@pytest.mark.parametrize("place", [0, 33, -1])
async def test_a_changed_tile_is_named(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path, level: int, number: int, place: int
) -> None:
    rewrite(ledger, "tile", "hashes", f"level = {level} AND n = {number}", flipping(place))
    report = await audited(ledger)
    assert kinds(report) == {"tile-changed"}
    assert f"tile {level}/{number} " in report.damage[0].message
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log")) == {"tile-changed"}


@pytest.mark.parametrize("change", [lambda old: old[:-1], lambda old: old[:-32], lambda _: b"", lambda _: bytes(8192)])
@pytest.mark.parametrize("level", [0, 1])
async def test_a_tile_cut_short_or_replaced_is_named(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path, level: int, change: Callable[[bytes], bytes]
) -> None:
    rewrite(ledger, "tile", "hashes", f"level = {level} AND n = 0", change)
    assert kinds(await audited(ledger)) == {"tile-changed"}
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log")) == {"tile-changed"}


@pytest.mark.parametrize("size", [1, 257, 600])
@pytest.mark.parametrize("place", [0, 25, 40, 75, -3])
async def test_a_changed_checkpoint_is_named_by_its_size(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path, size: int, place: int
) -> None:
    rewrite(ledger, "checkpoint", "note", f"size = {size}", flipping(place))
    report = await audited(ledger)
    assert kinds(report) == {"checkpoint-forged"}
    assert f"size {size}" in report.damage[0].message
    wanted = {"checkpoint-forged"} if size == 600 else set()
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log")) == wanted


async def test_a_checkpoint_that_speaks_of_another_size_is_named(ledger: Written) -> None:
    tamper(ledger, "UPDATE checkpoint SET size = 300 WHERE size = 257")
    assert kinds(await audited(ledger)) == {"checkpoint-forged", "checkpoint-missing"}


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.parametrize("which", ["min(rowid)", "max(rowid)"])
async def test_a_changed_document_is_named(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path, which: str, place: int
) -> None:
    rewrite(ledger, "document", "body", f"rowid = (SELECT {which} FROM document)", flipping(place))  # noqa: S608 - fixed
    assert kinds(await audited(ledger)) == {"document-changed"}
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log")) == {"document-missing"}


async def test_a_removed_or_renamed_document_is_named(ledger: Written, elsewhere: Elsewhere, tmp_path: Path) -> None:
    tamper(ledger, "DELETE FROM document WHERE rowid = 7", "UPDATE document SET digest = 'sha256:x' WHERE rowid = 9")
    assert kinds(await audited(ledger)) == {"document-missing"}
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log")) == {"document-missing"}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {} WHERE term = 'id=0000000000000300'",
        "UPDATE {} SET block = 2 WHERE term = 'id=0000000000000300'",
        "UPDATE {} SET term = 'id=ZZZZZZZZZZZZZZZZ' WHERE term = 'id=0000000000000300'",
        "UPDATE {} SET block = 0 WHERE term = 'id=0000000000000590'",
    ],
)
@pytest.mark.parametrize("table", ["term", "fresh_term"])
async def test_a_decision_that_its_id_no_longer_finds_is_named(ledger: Written, statement: str, table: str) -> None:
    if table == "term":
        tamper(ledger, "INSERT INTO term SELECT term, block FROM fresh_term", "DELETE FROM fresh_term")
        assert (await audited(ledger)).damage == ()
    tamper(ledger, statement.format(table))
    report = await audited(ledger)
    assert {damage.what for damage in report.damage} == {"index-changed"}
    assert any("entries 256 to 511" in one.message or "entries 512 to" in one.message for one in report.damage)


# -- the file itself ---------------------------------------------------------------------------------------------------


def contents(path: Path, digests: list[str], ids: list[str]) -> list[object]:
    """Everything the ledger's tables say, read without our code; what has a name is asked for by its name."""
    db = apsw.Connection(str(path))
    try:
        told: list[object] = [db.execute(f"SELECT * FROM {table}").fetchall() for table in TOLD]  # noqa: S608 - fixed
        told += [db.execute("SELECT body FROM document WHERE digest = ?", (digest,)).fetchall() for digest in digests]
        return told + [db.execute("SELECT block FROM term WHERE term = ?", (name,)).fetchall() for name in ids]
    finally:
        db.close()


async def test_a_byte_flipped_anywhere_in_the_file_is_noticed_or_changes_nothing(
    written: Written, tmp_path: Path
) -> None:
    whole = written.path.read_bytes()
    db = apsw.Connection(str(written.path))
    digests = [str(digest) for (digest,) in db.execute("SELECT digest FROM document").fetchall()]
    ids = [str(name) for (name,) in db.execute("SELECT term FROM term").fetchall()]
    db.close()
    wanted = contents(written.path, digests, ids)
    chance = random.Random(20260324)  # noqa: S311 - a sample
    noticed = 0
    for number, place in enumerate([*range(0, 100, 7), *chance.sample(range(len(whole)), 120)]):
        ledger = Written(tmp_path / f"{number}.sqlite", written.signer)
        ledger.path.write_bytes(flipping(place)(whole))
        try:
            damaged = bool((await audited(ledger)).damage)
        except (Tampered, InvalidInput) as error:
            damaged = bool(str(error))
        noticed += damaged
        assert damaged or contents(ledger.path, digests, ids) == wanted, place
    assert noticed > 60


async def test_a_file_that_is_no_database_is_said_to_be_damaged(ledger: Written) -> None:
    ledger.path.write_bytes(b"no database at all, but long enough to be looked at " * 40)
    with pytest.raises(Tampered, match="store-damaged"):
        await audited(ledger)


# -- what is gone ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 300, 599])
async def test_a_removed_entry_is_named(ledger: Written, index: int) -> None:
    tamper(ledger, f"DELETE FROM entry WHERE idx = {index}")  # noqa: S608 - a number
    report = await audited(ledger)
    assert [damage.what for damage in report.damage] == ["entry-missing"]
    assert f"entry {index} " in report.damage[0].message
    async with opening(ledger) as store:
        with pytest.raises(Tampered, match="entry-missing"):
            await prove(store, index)


async def test_an_entry_removed_by_moving_all_others_up_is_named(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    moved = [f"UPDATE entry SET idx = {index - 1} WHERE idx = {index}" for index in range(301, 600)]  # noqa: S608 - numbers
    copy = "INSERT INTO entry SELECT 599, data FROM entry WHERE idx = 598"
    tamper(ledger, "DELETE FROM entry WHERE idx = 300", *moved, copy)
    assert "entry-changed" in kinds(await audited(ledger))
    assert "entry-changed" in elsewhere.kinds(await exported(ledger, tmp_path / "log"))


async def test_a_removed_tile_is_named(ledger: Written, elsewhere: Elsewhere, tmp_path: Path) -> None:
    tamper(ledger, "DELETE FROM tile WHERE level = 0 AND n = 1")
    assert kinds(await audited(ledger)) == {"tile-changed"}
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log")) == {"tile-changed"}


# -- history -----------------------------------------------------------------------------------------------------------


async def test_an_entry_changed_together_with_its_hashes_meets_the_signature(
    ledger: Written, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    forged = decided(10_000).data
    rewrite(ledger, "entry", "data", "idx = 520", lambda _: forged)
    rewrite(
        ledger,
        "tile",
        "hashes",
        "level = 0 AND n = 2",
        lambda old: old[: 32 * 8] + leaf_hash(forged) + old[32 * 9 :],
    )
    report = await audited(ledger)
    assert "entry-changed" in kinds(report)
    assert any("entries 518 to 599" in damage.message or "520" in damage.message for damage in report.damage)
    assert "entry-changed" in elsewhere.kinds(await exported(ledger, tmp_path / "log"))


async def test_a_forked_history_is_named_though_every_signature_holds(
    key: Ed25519Signer, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    begun = [opened(), *(decided(number) for number in range(1, 300))]
    ours, theirs = Written(tmp_path / "ours", key), Written(tmp_path / "theirs", key)
    await write(ours.path, key, [begun, [decided(300)]])
    await write(theirs.path, key, [[*begun[:100], decided(7_000), *begun[101:]], [decided(300), decided(301)]])
    memory = tmp_path / "memory"
    assert elsewhere.kinds(await exported(ours, tmp_path / "log of ours"), memory) == set()
    assert kinds(await audited(theirs)) == set()
    assert kinds(await audited(theirs, await newest(ours))) == {"forked"}
    assert elsewhere.kinds(await exported(theirs, tmp_path / "log of theirs"), memory) == {"forked"}
    assert memory.read_text() == await newest(ours)
    async with opening(theirs) as store:
        with pytest.raises(Tampered, match="forked"):
            await continued(store, key.verifier_key, await newest(ours))


async def test_a_database_rolled_back_to_an_old_copy_is_named(
    ledger: Written, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    old = duplicate(ledger, tmp_path / "backup")
    memory = tmp_path / "memory"
    await write(ledger.path, ledger.signer, [[decided(600)], [decided(601), decided(602)]])
    assert elsewhere.kinds(await exported(ledger, tmp_path / "new log"), memory) == set()
    assert kinds(await audited(old)) == set()
    assert kinds(await audited(old, await newest(ledger))) == {"rolled-back"}
    assert elsewhere.kinds(await exported(old, tmp_path / "old log"), memory) == {"rolled-back"}
    async with opening(old) as store:
        with pytest.raises(Tampered, match="rolled-back"):
            await continued(store, ledger.signer.verifier_key, await newest(ledger))


async def test_a_rolled_back_database_that_grew_again_is_a_fork(
    ledger: Written, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    old = duplicate(ledger, tmp_path / "backup")
    memory = tmp_path / "memory"
    await write(ledger.path, ledger.signer, [[decided(600)]])
    assert elsewhere.kinds(await exported(ledger, tmp_path / "new log"), memory) == set()
    await write(old.path, old.signer, [[decided(8_000)], [decided(8_001)]])
    assert kinds(await audited(old, await newest(ledger))) == {"forked"}
    assert elsewhere.kinds(await exported(old, tmp_path / "old log"), memory) == {"forked"}


async def test_the_newest_commits_cut_off_cleanly_are_a_rollback(ledger: Written) -> None:
    remembered = await newest(ledger)
    tamper(ledger, "DELETE FROM checkpoint WHERE size = 600")
    behind = kinds(await audited(ledger))
    assert "entry-changed" in behind, "the entries behind the newest checkpoint are still there"
    assert kinds(await audited(ledger, remembered)) == {"rolled-back", *behind}


async def test_an_older_checkpoint_taken_out_or_exchanged_is_named_by_the_one_behind_it(ledger: Written) -> None:
    tamper(ledger, "DELETE FROM checkpoint WHERE size = 257")
    (damage,) = (await audited(ledger)).damage
    assert (damage.what, "size 257" in damage.message) == ("checkpoint-missing", True)
    tamper(ledger, "INSERT INTO checkpoint SELECT 258, note FROM checkpoint WHERE size = 600")
    assert "checkpoint-forged" in kinds(await audited(ledger))


async def test_a_forged_memory_is_named(ledger: Written, elsewhere: Elsewhere, tmp_path: Path) -> None:
    forged = (await newest(ledger)).replace("600", "599", 1)
    (tmp_path / "memory").write_text(forged)
    assert kinds(await audited(ledger, forged)) == {"checkpoint-forged"}
    assert elsewhere.kinds(await exported(ledger, tmp_path / "log"), tmp_path / "memory") == {"checkpoint-forged"}


async def test_nothing_is_signed_on_a_damaged_ledger(ledger: Written) -> None:
    rewrite(ledger, "tile", "hashes", "level = 0 AND n = 2", flipping(3))
    async with opening(ledger) as store:
        with pytest.raises(NotRecorded, match="tile-changed"):
            await store.commit([Entry(b"more")])
        assert await store.size() == 600


# -- the exported log --------------------------------------------------------------------------------------------------


def expected(path: str) -> set[str]:
    """What a flipped byte of an exported file is called."""
    if path.startswith("tile/entries/"):
        return {"entry-changed", "document-missing"}
    return {"tile-changed" if path.startswith("tile/") else "document-changed" if "/" in path else "checkpoint-forged"}


async def test_a_byte_flipped_anywhere_in_an_exported_log_is_named(
    written: Written, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    log = await exported(written, tmp_path / "log")
    chance = random.Random(20260324)  # noqa: S311 - a sample
    paths = sorted(path for path in log.rglob("*") if path.is_file() and path.name != "pratique_verify.py")
    few = [path for path in paths if path.parent.name != "documents"]
    few += chance.sample([path for path in paths if path.parent.name == "documents"], 4)
    for path in few:
        whole = path.read_bytes()
        for place in {0, 1, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(4))}:
            path.write_bytes(flipping(place)(whole))
            found = elsewhere.kinds(log)
            assert found, (path, place)
            assert found <= expected(path.relative_to(log).as_posix()), (path, place)
        path.write_bytes(whole)
    assert elsewhere.kinds(log) == set()


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("tile/entries/001", "entry-missing"),
        ("tile/entries/002.p/88", "entry-missing"),
        ("tile/0/000", "tile-changed"),
        ("tile/1/000.p/2", "tile-changed"),
        ("documents/*", "document-missing"),
    ],
)
async def test_a_file_missing_from_an_exported_log_is_named(
    written: Written, tmp_path: Path, elsewhere: Elsewhere, pattern: str, kind: str
) -> None:
    log = await exported(written, tmp_path / "log")
    min(log.glob(pattern)).unlink()
    assert elsewhere.kinds(log) == {kind}


async def test_a_damaged_ledger_is_refused_in_our_own_words(ledger: Written) -> None:
    tamper(ledger, "DELETE FROM entry WHERE idx = 3")
    async with opening(ledger) as store:
        with pytest.raises(PratiqueError, match="entry 3 is gone"):
            _ = [path async for path, _ in export(store, ledger.signer.verifier_key)]
