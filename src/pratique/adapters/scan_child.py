"""The process that looks into files: it forks one confined child per file and relays what the child reports.

Run as `python -I -m pratique.adapters.scan_child`. It reads lines of JSON `[what, path, filename]` and answers each with a
line of JSON: a scan or a wheel's metadata, as asked for, or the reason why there is none. It ends when its input does.
A child may use so much memory and processor time and no more, cannot write files or start a process that outlives it, and
is killed when its time is over: a hostile file hurts its own child only. On systems without `fork` nothing is looked into,
and the answer says so.
"""

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Literal, TypeAlias

import msgspec

from pratique.ecosystems.archive import open_archive
from pratique.ecosystems.pypi.wheel import CoreMetadata, core_metadata
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.engine import looks_at, scan
from pratique.model import limits
from pratique.model.evidence import Scan, Unknown

_READ_BYTES: Final = 65_536

Asked: TypeAlias = Literal["scan", "metadata"]


def scan_archive(filename: str, stream: IO[bytes]) -> Scan | Unknown:
    """Look into a distribution. One that cannot be unpacked safely gives `Unknown`, which is not clean."""
    try:
        return scan(_members(filename, stream))
    except InvalidInput as error:
        return Unknown("scanner", str(error))


def _members(filename: str, stream: IO[bytes]) -> Iterator[tuple[str, bytes | None]]:
    for member in open_archive(filename, stream):
        if not looks_at(member.path):
            yield member.path, b""
            continue
        try:
            yield member.path, member.read()
        except LimitExceeded:
            yield member.path, None


def read_metadata(filename: str, stream: IO[bytes]) -> CoreMetadata | Unknown:
    """The metadata of a wheel; `Unknown` from the source `wheel` for one that has none, or cannot be read."""
    try:
        return core_metadata(filename, stream)
    except InvalidInput as error:
        return Unknown("wheel", str(error))


def _report(what: Asked, path: str, filename: str) -> bytes:
    """What the child says. Boundary: whatever goes wrong within it becomes `Unknown`."""
    ask = scan_archive if what == "scan" else read_metadata
    try:
        with Path(path).open("rb") as stream:
            answer: Scan | CoreMetadata | Unknown = ask(filename, stream)
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything; the parent hears what kind it was
        answer = Unknown("scanner", f"the file made the scanner fail ({type(error).__name__})")
    return msgspec.json.encode(answer)


def _confine() -> None:
    """Give up what looking into a file does not need."""
    memory = limits.SCAN_MEMORY_BYTES_MAX
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SCAN_CPU_SECONDS_MAX, limits.SCAN_CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.SCAN_OPEN_FILES_MAX, limits.SCAN_OPEN_FILES_MAX))


def look(what: Asked, path: str, filename: str) -> bytes:
    """Look into one file in a child of its own; the report as JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.close(reading)
            null = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(null, standard)
            _confine()
            report = _report(what, path, filename)
            while report:
                report = report[os.write(writing, report) :]
        finally:
            os._exit(0)
    os.close(writing)
    try:
        report, why = _collect(reading)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if not report and not why:
        why = f"the file made the scanner stop ({_ended(status)})"
    return msgspec.json.encode(Unknown("scanner", why)) if why else report


def _collect(reading: int) -> tuple[bytes, str]:
    """A child's report, or why there is none."""
    report = bytearray()
    ends = time.monotonic() + limits.SCAN_SECONDS_MAX
    while True:
        ready, _, _ = select.select([reading], [], [], max(ends - time.monotonic(), 0))
        if not ready:
            return b"", f"looking into the file took longer than {limits.SCAN_SECONDS_MAX:.0f} seconds"
        chunk = os.read(reading, _READ_BYTES)
        if not chunk:
            return bytes(report), ""
        report += chunk
        if len(report) > limits.SCAN_REPORT_BYTES_MAX:
            return b"", "there was more to report than fits"


def _ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit {os.waitstatus_to_exitcode(status)}"


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin.buffer:
        what, path, filename = msgspec.json.decode(line, type=tuple[Asked, str, str])
        sys.stdout.buffer.write(look(what, path, filename) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
