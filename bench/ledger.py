"""The ledger: entries recorded in batches, on a real disk, beside what bare SQLite does with the same rows.

`measure()` takes seconds. `measure_million()` (`python -m bench.run million`) appends a million entries, verifies
them, takes them away and lets the verifier that stands alone check them; it takes minutes.
"""

import asyncio
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw

from bench.figure import Figure, figure
from pratique.adapters.store.database import connect
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.flow.record.verify import export, prove, verify
from pratique.model.artifact import Artifact, Ecosystem, ProjectName, VersionText
from pratique.model.canonical import digest_of
from pratique.model.decision import Verdict
from pratique.model.event import Decided
from pratique.model.identifier import identifier
from pratique.model.scope import Actor, ActorKind, Mode, Scope, ScopeName
from pratique.record.entry import Entry, entry_of

BATCH = 256
ENTRIES = 51_200
ROUNDS = 3
SINGLES = 300
TARGET_BATCHED = 25_000.0
TARGET_SINGLE_MS = 5.0
MILLION = 1_000_000
MOMENT = datetime(2026, 3, 24, 12, tzinfo=UTC)
POLICY, WAIVERS = b"[cooldown]" * 300, b"[]"
EVIDENCE_KINDS = 1_000
SIGNER = Ed25519Signer.fresh("ledger.example/bench")


def entry(number: int, evidence: bytes, *, documents: bool = False) -> Entry:
    """A decision as it is recorded, with an id of its own; about 650 bytes."""
    event = Decided(
        id=identifier(hashlib.sha256(b"%d" % number).digest()),
        at=MOMENT + timedelta(milliseconds=number),
        artifact=Artifact(Ecosystem.PYPI, ProjectName("requests"), VersionText("2.32.4"), "requests-2.32.4.tar.gz"),
        scope=Scope(ScopeName("workstation")),
        mode=Mode.ENFORCE,
        verdict=Verdict.ALLOW,
        enforced=Verdict.ALLOW,
        reasons=(),
        evidence=digest_of(evidence),
        policy=digest_of(POLICY),
        waivers=digest_of(WAIVERS),
        actor=Actor(ActorKind.SERVICE, "build-farm", "pip/25.3"),
        machine="runner-17",
    )
    entry = entry_of(event, {event.evidence: evidence, event.policy: POLICY, event.waivers: WAIVERS})
    return entry if documents else Entry(entry.data, (), entry.terms)


def evidence(number: int) -> bytes:
    """As much as the evidence of a file without findings."""
    return b'{"number":%d,"rest":"%s"}' % (number, b"x" * 700)


def bare_entries(numbers: range) -> list[Entry]:
    """Entries whose documents are stored already."""
    return [entry(number, evidence(number)) for number in numbers]


def whole_entries(numbers: range, kinds: int) -> list[Entry]:
    """Entries with their documents; the evidence repeats after `kinds` of them."""
    return [entry(n, evidence(n % kinds), documents=True) for n in numbers]


def batches(count: int) -> Iterator[range]:
    """The numbers of each batch."""
    return (range(start, min(start + BATCH, count)) for start in range(0, count, BATCH))


async def appended(path: Path, prepared: list[list[Entry]]) -> float:
    """Entries per second: one synced, signed commit a batch."""
    store = await SqliteStore.open(path, SIGNER)
    start = time.perf_counter()
    for batch in prepared:
        await store.commit(batch)
    elapsed = time.perf_counter() - start
    await store.close()
    return sum(map(len, prepared)) / elapsed


async def single(path: Path, entries: list[Entry]) -> list[float]:
    """Milliseconds of each append on its own."""
    store = await SqliteStore.open(path, SIGNER)
    times = []
    for one in entries:
        start = time.perf_counter()
        await store.commit([one])
        times.append((time.perf_counter() - start) * 1e3)
    await store.close()
    return times


def bare(path: Path, prepared: list[list[Entry]]) -> float:
    """Rows per second with the same SQLite, the same rows and the same syncs: no tree, no signature, no index."""
    db = connect(path)
    db.execute("CREATE TABLE entry (idx INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT")
    start, place = time.perf_counter(), 0
    for batch in prepared:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO entry VALUES (?, ?)", [(place + i, one.data) for i, one in enumerate(batch)])
        db.execute("COMMIT")
        place += len(batch)
    elapsed = time.perf_counter() - start
    db.close()
    return place / elapsed


def measure() -> list[Figure]:
    """Rows of the table: name, value, unit, target, met."""
    prepared = [bare_entries(numbers) for numbers in batches(ENTRIES)]
    with_documents = [whole_entries(numbers, ENTRIES) for numbers in batches(ENTRIES)]
    rates, wholes, limits = [], [], []
    with _folder() as folder:
        home = Path(folder)
        for turn in range(ROUNDS):
            rates.append(asyncio.run(appended(home / f"{turn}.sqlite", prepared)))
            wholes.append(asyncio.run(appended(home / f"whole-{turn}.sqlite", with_documents)))
            limits.append(bare(home / f"bare-{turn}.sqlite", prepared))
        times = asyncio.run(single(home / "single.sqlite", prepared[0] + prepared[1][: SINGLES - BATCH]))
    rate, limit, alone = statistics.median(rates), statistics.median(limits), statistics.median(times)
    bytes_each = statistics.mean(len(one.data) for one in prepared[0])
    print(
        f"ledger: entries of {bytes_each:.0f} bytes, {ROUNDS} rounds of {ENTRIES}, SQLite {apsw.sqlite_lib_version()}"
    )
    return [
        figure(f"ledger entries recorded, batches of {BATCH}", rate, "entries/s", at_least=TARGET_BATCHED),
        figure("  the limit: the same rows in bare SQLite", limit, "rows/s"),
        figure("  ratio to that limit", rate / limit, "x"),
        figure("  with 0.7 kB of evidence each", statistics.median(wholes), "entries/s"),
        figure("one entry recorded, durable, p50", alone, "ms", at_most=TARGET_SINGLE_MS),
    ]


def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder on the disk of the project: the system's own may be in memory."""
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(dir=out)


def measure_million(count: int = MILLION) -> list[Figure]:
    """The same for a million entries: append, verify, prove, take away, verify elsewhere. Takes minutes."""
    with _folder() as folder:
        home = Path(folder)
        rows = asyncio.run(_million(count, home))
        seconds, status = _elsewhere(home)
    assert status == 0, "the verifier that stands alone found damage"
    return [*rows, figure("  verified elsewhere", seconds, "s")]


async def _million(count: int, home: Path) -> list[Figure]:
    store = await SqliteStore.open(home / "ledger.sqlite", SIGNER)
    spent = 0.0
    for numbers in batches(count):
        batch = whole_entries(numbers, EVIDENCE_KINDS)
        began = time.perf_counter()
        await store.commit(batch)
        spent += time.perf_counter() - began
    size = (home / "ledger.sqlite").stat().st_size
    start = time.perf_counter()
    report = await verify(store, SIGNER.verifier_key)
    verified = time.perf_counter() - start
    start = time.perf_counter()
    for index in range(0, count, -(-count // 100)):
        await prove(store, index)
    proven = time.perf_counter() - start
    start = time.perf_counter()
    async for path, content in export(store, SIGNER.verifier_key):
        target = home / "log" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    taken = time.perf_counter() - start
    await store.close()
    assert not report.damage, report.damage
    assert report.size == count
    return [
        figure(f"ledger, the first {count} entries with documents", count / spent, "entries/s"),
        figure("  the database, an entry", size / count, "bytes"),
        figure(f"  verified, with {report.checkpoints_count} checkpoints", verified, "s"),
        figure("  the proof of one of them", proven * 10, "ms"),
        figure("  taken away as files", taken, "s"),
    ]


def _elsewhere(home: Path) -> tuple[float, int]:
    """Run the verifier that came with the export: seconds and exit status."""
    command = [sys.executable, "-I", str(home / "log" / "pratique_verify.py"), str(home / "log")]
    start = time.perf_counter()
    done = subprocess.run([*command, "--key", SIGNER.verifier_key], check=False)  # noqa: S603 - the file we just wrote
    return time.perf_counter() - start, done.returncode
