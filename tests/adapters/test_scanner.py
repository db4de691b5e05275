"""The scanner in its own process: what a file does to it, it does to one child."""

import asyncio
import base64
import contextlib
import io
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pratique.adapters import confine as confining
from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.confine import confine
from pratique.adapters.scan_child import collect, finish, look_into, start
from pratique.adapters.scan_protocol import Asked, Seen
from pratique.adapters.scanner import ConfinedScanner, NoScanner
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown
from pratique.simulators.repertoire import release_of
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
    for made, read in ((wheel("calmlook", "1.0"), (2, 2)), (sdist("calmlook", "1.0"), (4, 0))):
        scan = await look(scanner, blobs, made)
        assert isinstance(scan, Scan)
        assert (scan.findings, scan.coverage.unread_count) == ((), 0)
        assert (scan.coverage.files_read, scan.coverage.other) == read


async def test_the_stand_ins_are_found(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    found = {}
    module, start_up = "litellm-1.82.7-import", "litellm-1.82.8-pth"
    for attack, version in ((module, "1.82.6"), (module, "1.82.7"), (start_up, "1.82.8")):
        scan = await look(scanner, blobs, release_of(attack, version))
        assert isinstance(scan, Scan)
        assert scan.coverage.unread_count == 0
        found[version] = {finding.rule for finding in scan.findings}
    assert found["1.82.6"] == set()
    assert found["1.82.7"] >= {"encoded-payload-run"}
    assert found["1.82.8"] >= {"encoded-payload-run", "startup-hook"}


CODED = "exec(codecs.decode('cevag(1)', 'rot13') + codecs.decode(b'7072696e74', 'hex').decode('utf-16-le'))\n"
OF_EACH_KIND = {
    "demo/coded.py": f"# coding: shift_jis\nimport codecs\n{CODED}",
    "demo/old.py": "import os\nprint os.system('true'), `os.popen('true')`\n",
    "demo/newer.py": "import os\nx = t'{os.system(1)}'\n",
    "demo/a.ipynb": '{"cells": [{"cell_type": "code", "source": ["!true\\n", "import os"], "metadata": {}, "outputs": []}], '
    '"metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}',
    "demo/a.pkl": "cos\nsystem\n(S'true'\ntR.",
    "demo/a.js": "require('child_process').exec(Buffer.from('dHJ1ZQ==', 'base64').toString())\n",
    "demo/a.ts": "import { exec } from 'child_process'; exec(atob('dHJ1ZQ=='));\n",
    "demo/a.R": "eval(parse(text = 'system(\"true\")'))\n",
    "demo/a.sh": '#!/bin/sh\neval "$(echo dHJ1ZQ== | base64 -d)"\n',
    "demo/a.ps1": "iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('dHJ1ZQ==')))\n",
    "demo/a.bat": "@echo off\r\npowershell -enc dAByAHUAZQA=\r\n",
    "demo/.vscode/tasks.json": '{"tasks": [{"command": "true", "runOptions": {"runOn": "folderOpen"}}]}',
    "demo.pth": "import os; os.system('true')\n",
}


async def test_behind_the_walls_nothing_is_missing_that_a_language_needs(
    scanner: ConfinedScanner, blobs: MemoryBlobs
) -> None:
    name, data = wheel("demo", "1.0", OF_EACH_KIND)
    confined = await look(scanner, blobs, (name, data))
    assert isinstance(confined, Scan)
    seen = look_into(Asked("scan", name, Digest("")), io.BytesIO(data))
    assert isinstance(seen, Seen)
    free = seen.scan
    assert (confined.findings, confined.coverage, confined.profile) == (free.findings, free.coverage, free.profile)
    assert {"batch", "javascript", "notebook", "pickle", "powershell", "python", "r", "shell", "startup"} <= set(
        confined.coverage.read
    )


async def test_what_cannot_be_unpacked_is_unknown_and_not_clean(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    for made in (("demo-1.0-py3-none-any.whl", b"no zip"), ("demo-1.0.rpm", b""), ("demo-1.0.tar.gz", b"\x1f\x8b")):
        scan = await look(scanner, blobs, made)
        assert isinstance(scan, Unknown)
        assert scan.source == "scanner"


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
    bomb = wheel("deeplook", "1.0", {"deeplook.py": "exec(b64decode(" + "(" * 200_000 + ")" * 200_000 + "))"})
    answers = await asyncio.gather(
        *(look(scanner, blobs, made) for made in [wheel("calmlook", "1.0"), bomb, wheel("calmlook", "1.1")] * 3)
    )
    for place, answer in enumerate(answers):
        if place % 3 == 1:
            assert isinstance(answer, Unknown) or answer.coverage.unread_count
        else:
            assert isinstance(answer, Scan)


async def test_a_lost_process_is_started_anew(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    assert isinstance(await look(scanner, blobs, wheel("calmlook", "1.0")), Scan)
    zygote = scanner._zygote  # noqa: SLF001 - the test plays the disaster
    assert zygote is not None
    zygote.process.kill()
    await zygote.process.wait()
    assert isinstance(await look(scanner, blobs, wheel("calmlook", "1.0")), Scan)


def done(work: Callable[[], object], **less: float) -> str:
    """What a confined child says that does this work."""

    def report() -> Unknown:
        confine()
        try:
            return Unknown("scanner", f"did {work()!r}")
        except (OSError, MemoryError, RuntimeError) as error:
            return Unknown("scanner", f"did not: {type(error).__name__}")

    with pytest.MonkeyPatch.context() as patch:
        for name, value in less.items():
            patch.setattr(limits, name, value)
        child = start(report, 0)
        why = None
        while why is None:
            ready, _, _ = select.select([child.pipe], [], [], max(child.ends - time.monotonic(), 0))
            why = collect(child) if ready else "it took longer"
        return finish(child, why).decode(errors="replace")


def sleeps() -> None:
    time.sleep(30)


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (lambda: bytes(8 * 1024 * 1024 * 1024), "did not: MemoryError"),
        (sleeps, "took longer"),
        (os.abort, "SIGABRT"),
        (lambda: "x" * (9 * 1024 * 1024), "more to report"),
    ],
)
def test_memory_time_and_reports_are_bounded(work: Callable[[], object], why: str) -> None:
    assert why in done(work, SCAN_SECONDS_MAX=1.0)


def forks() -> int:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return child


def connects() -> None:
    with socket.socket() as one:
        one.connect(("127.0.0.1", 9))


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (forks, "fork"),
        (lambda: os.posix_spawn("/bin/true", ["true"], {}), "spawn"),
        (connects, "connect"),
        (socket.socketpair, "socket pair"),
        (lambda: Path("written").write_text("x"), "write"),
        (lambda: Path("kept").unlink(), "unlink"),
        (lambda: Path("kept").rename("moved"), "rename"),
        (lambda: Path("kept").read_text(), "read"),
        (lambda: os.kill(os.getppid(), 0), "signal"),
        (lambda: os.truncate("kept", 0), "truncate"),
        (lambda: Path("folder").mkdir(), "make a folder"),
        (lambda: [os.dup(0) for _ in range(limits.SCAN_OPEN_FILES_MAX + 1)], "open files without end"),
        (lambda: threading.Thread(target=sleeps).start(), "start a thread"),
    ],
)
def test_a_child_can_do_no_harm(
    work: Callable[[], object], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kept").write_text("x")
    said = done(work)
    assert "did not: " in said, kind
    assert os.listdir() == ["kept"]  # noqa: PTH208 - a glance at a folder, after all is done
    assert Path("kept").read_text() == "x"


@pytest.mark.parametrize(
    ("without", "work", "said"),
    [
        ("_seccomp", lambda: Path("kept").unlink(), "did not: PermissionError"),
        ("_seccomp", lambda: Path("kept").read_text(), "did not: PermissionError"),
        ("_seccomp", lambda: [os.dup(0) for _ in range(limits.SCAN_OPEN_FILES_MAX + 1)], "did not: OSError"),
        ("_landlock", lambda: Path("kept").unlink(), "did not: PermissionError"),
    ],
)
def test_each_wall_holds_without_the_other(
    without: str, work: Callable[[], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kept").write_text("x")
    monkeypatch.setattr(confining, without, lambda _: False)
    assert said in done(work)


def test_a_file_that_is_open_for_writing_cannot_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    monkeypatch.setattr(confining, "_seccomp", lambda _: False)
    monkeypatch.setattr(confining, "_landlock", lambda _: False)
    assert "did not: OSError" in done(lambda: (tmp_path / "grown").write_bytes(b"x"))


async def test_what_confined_it_is_said(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    scan = await look(scanner, blobs, wheel("calmlook", "1.0"))
    assert isinstance(scan, Scan)
    assert scan.confinement[0] == "limits"
    if sys.platform == "linux":
        assert "seccomp" in scan.confinement


async def test_whoever_stops_waiting_hands_no_answer_to_the_next(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    good = wheel("calmlook", "1.0")
    bad = release_of("litellm-1.82.8-pth", "1.82.8")
    await look(scanner, blobs, good)
    for seconds in (0.0, 0.001, 0.01, 0.03, 0.06):
        waiting = asyncio.ensure_future(look(scanner, blobs, good))
        await asyncio.sleep(seconds)
        waiting.cancel()
        scan = await look(scanner, blobs, bad)
        assert isinstance(scan, Scan)
        assert {finding.rule for finding in scan.findings} >= {"encoded-payload-run", "startup-hook"}
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


async def test_a_file_that_takes_long_delays_nobody_elses(
    scanner: ConfinedScanner, blobs: MemoryBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SCAN_QUICK_SECONDS_MAX", 0.1)
    slow = wheel("slowlook", "1.0", {f"slow{number}.py": SLOW for number in range(8)})
    busy = [asyncio.ensure_future(look(scanner, blobs, (f"slow{n}-" + slow[0], slow[1]))) for n in range(4)]
    await asyncio.sleep(0.2)
    others = [asyncio.ensure_future(look(scanner, blobs, wheel("calmlook", f"1.{n}"))) for n in range(20)]
    for answer in await asyncio.gather(*others):
        assert isinstance(answer, Scan)
    assert not all(each.done() for each in busy)
    for each in busy:
        each.cancel()


SLOW = "import base64, os\n" + "exec(base64.b64decode(x)); " * 60_000


async def test_what_a_file_made_fail_is_not_tried_again_at_once(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    broken = ("demo-1.0-py3-none-any.whl", b"no zip")
    first = await look(scanner, blobs, broken)
    assert isinstance(first, Unknown)
    await scanner.close()
    assert await look(scanner, blobs, broken) == first
    assert scanner._zygote is None  # noqa: SLF001 - nothing was started for it


async def test_what_failed_is_tried_again_after_a_while(
    scanner: ConfinedScanner, blobs: MemoryBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SCAN_FAILED_KEPT_SECONDS", 0.0)
    broken = ("demo-1.0-py3-none-any.whl", b"no zip")
    first = await look(scanner, blobs, broken)
    await scanner.close()
    assert await look(scanner, blobs, broken) == first
    assert scanner._zygote is not None  # noqa: SLF001 - it was looked at anew


async def test_bytes_that_are_no_longer_what_their_name_says_are_not_looked_into(blobs: MemoryBlobs) -> None:
    name, data = wheel("calmlook", "1.0")
    digest = await put(blobs, data)
    blobs._held[digest] = data + b"x"  # noqa: SLF001 - the test plays the disk
    scanner = ConfinedScanner(blobs)
    found = await scanner.scan(name, digest)
    await scanner.close()
    assert found == Unknown("scanner", "the file that is held no longer has its digest")


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
    for broken, why in ((b"no zip", "no zip file"), (crowded(1), "0 METADATA files")):
        with pytest.raises(InvalidInput, match=why):
            await metadata(broken)
    with pytest.raises(InvalidInput, match="57000000 bytes; the limit is"):
        await metadata(crowded(1_000_000))
    assert b"Name: calmlook" in await metadata(wheel("calmlook", "1.0")[1])


def scanning() -> list[str]:
    """The processes that this one has started to look into files."""
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return [pid for pid in found if b"scan_child" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
async def test_its_process_starts_while_the_file_is_on_its_way(scanner: ConfinedScanner, blobs: MemoryBlobs) -> None:
    assert scanning() == []
    for _ in range(3):
        scanner.prepare()
    async with asyncio.timeout(20):
        while not scanning():  # noqa: ASYNC110 - a process is no event
            await asyncio.sleep(0.01)
    (started,) = scanning()
    assert isinstance(await look(scanner, blobs, wheel("calmlook", "1.0")), Scan)
    assert scanning() == [started], "the one that was made ready is the one that looks"
    scanner.prepare()
    await scanner.close()
    assert scanning() == []
