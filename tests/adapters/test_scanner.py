"""The scanner in its own process: what a file does to it, it does to one child."""

import asyncio
import base64
import io
import os
import struct
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pratique.adapters import scan_child
from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.scanner import ConfinedScanner, NoScanner
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown
from pratique.simulators.standins import llmlook
from pratique.simulators.wheels import sdist, wheel


@pytest.fixture
async def blobs() -> MemoryBlobs:
    return MemoryBlobs()


@pytest.fixture
async def scanner(blobs: MemoryBlobs) -> AsyncIterator[ConfinedScanner]:
    scanner = ConfinedScanner(blobs)
    yield scanner
    await scanner.close()


async def put(blobs: MemoryBlobs, data: bytes) -> Digest:
    async with blobs.writer() as writer:
        await writer.write(data)
        return await writer.commit()


async def look(scanner: ConfinedScanner, blobs: MemoryBlobs, made: tuple[str, bytes]) -> Scan | Unknown:
    return await scanner.scan(made[0], await put(blobs, made[1]))


async def test_a_calm_file_is_clean_and_counted(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    for made in (wheel("calmlook", "1.0"), sdist("calmlook", "1.0")):
        scan = await look(scanner, blobs, made)
        assert isinstance(scan, Scan)
        assert (scan.findings, scan.files_skipped) == ((), 0)
        assert scan.files_seen == 4


async def test_the_stand_ins_are_found(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    found = {}
    for version in ("1.82.6", "1.82.7", "1.82.8"):
        scan = await look(scanner, blobs, wheel("llmlook", version, llmlook(version)))
        assert isinstance(scan, Scan)
        found[version] = sorted({finding.rule for finding in scan.findings})
    assert found == {
        "1.82.6": [],
        "1.82.7": ["encoded-payload-run"],
        "1.82.8": ["encoded-payload-run", "startup-hook"],
    }


async def test_what_cannot_be_unpacked_is_unknown_and_not_clean(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    for made in (("demo-1.0-py3-none-any.whl", b"no zip"), ("demo-1.0.rpm", b""), ("demo-1.0.tar.gz", b"\x1f\x8b")):
        scan = await look(scanner, blobs, made)
        assert isinstance(scan, Unknown)
        assert scan.source == "scanner"


async def test_a_file_that_cannot_be_parsed_is_counted_as_skipped(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    scan = await look(scanner, blobs, wheel("oldlook", "1.0", {"oldlook.py": "exec 'print 1'\n"}))
    assert isinstance(scan, Scan)
    assert scan.files_skipped == 1


async def test_nothing_is_run(scanner: ConfinedScanner, blobs: MemoryBlobs, tmp_path: Path) -> None:
    marker = str(tmp_path / "ran")
    code = base64.b64encode(f"open({marker!r}, 'w')".encode()).decode()
    files = {
        "runlook.py": f"import os\nopen({marker!r}, 'w')\nexec({code!r})\n",
        "run.pth": f"import os; open({marker!r}, 'w')\n",
    }
    assert isinstance(await look(scanner, blobs, wheel("runlook", "1.0", files)), Scan)
    assert sorted(os.listdir(tmp_path)) == []  # noqa: PTH208 - a glance at a folder, after all is done


async def test_deep_nesting_hurts_its_own_child_only(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    bomb = wheel("deeplook", "1.0", {"deeplook.py": "exec(" + "(" * 200_000 + ")" * 200_000 + ")"})
    answers = await asyncio.gather(
        *(look(scanner, blobs, made) for made in [wheel("calmlook", "1.0"), bomb, wheel("calmlook", "1.1")] * 3)
    )
    for place, answer in enumerate(answers):
        if place % 3 == 1:
            assert isinstance(answer, Unknown) or answer.files_skipped
        else:
            assert isinstance(answer, Scan)


async def test_a_lost_process_is_started_anew(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    assert isinstance(await look(scanner, blobs, wheel("calmlook", "1.0")), Scan)
    process = scanner._process  # noqa: SLF001 - the test plays the disaster
    assert process is not None
    process.kill()
    await process.wait()
    assert isinstance(await look(scanner, blobs, wheel("calmlook", "1.0")), Scan)


def eats(*_: str) -> bytes:
    return bytes(8 * 1024 * 1024 * 1024)


def sleeps(*_: str) -> bytes:
    time.sleep(30)
    return b""


def dies(*_: str) -> bytes:
    os.abort()


def chatters(*_: str) -> bytes:
    return b"x" * (9 * 1024 * 1024)


@pytest.mark.parametrize(
    ("hostile", "why"),
    [(eats, "made the scanner stop"), (sleeps, "took longer"), (dies, "SIGABRT"), (chatters, "more to report")],
)
def test_memory_time_and_reports_are_bounded(
    hostile: Callable[..., bytes], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SCAN_SECONDS_MAX", 1.0)
    monkeypatch.setattr(scan_child, "_report", hostile)
    assert why in scan_child.look("scan", "", "demo.whl").decode()


async def test_a_scanner_that_is_switched_off_says_so(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    name, data = wheel("calmlook", "1.0", requires=["otherlook"])
    digest = await put(blobs, data)
    off = NoScanner(scanner)
    assert await off.scan(name, digest) == Unknown("scanner", "it is switched off in the settings")
    assert b"Requires-Dist: otherlook" in await off.metadata(name, digest)


def crowded(members: int) -> bytes:
    """A wheel that claims very many members: few bytes for each, far more once they are read into objects."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("calmlook.py", "")
    one = buffer.getvalue()
    start = one.index(b"PK\x01\x02")
    directory = one[start : one.index(b"PK\x05\x06")]
    size = len(directory) * members
    zip64 = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return one[:start] + directory * members + zip64 + locator + end


async def test_metadata_is_read_in_the_same_confinement(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    async def metadata(data: bytes) -> bytes:
        return await scanner.metadata("calmlook-1.0-py3-none-any.whl", await put(blobs, data))

    assert b"Name: calmlook" in await metadata(wheel("calmlook", "1.0")[1])
    for broken, why in ((b"no zip", "cannot be unpacked"), (crowded(1), "0 METADATA files")):
        with pytest.raises(InvalidInput, match=why):
            await metadata(broken)
    with pytest.raises(InvalidInput, match="has 57000000 bytes; the limit is"):
        await metadata(crowded(1_000_000))
    assert b"Name: calmlook" in await metadata(wheel("calmlook", "1.0")[1])
