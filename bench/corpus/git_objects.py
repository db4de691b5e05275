"""Files of a bare git repository as bytes in memory: nothing is checked out, and only what is asked for is read."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

OBJECT_BYTES_MAX: Final = 64 * 1024 * 1024
LOG_BYTES_MAX: Final = 64 * 1024 * 1024
_ARGUMENTS: Final = 1_000


def _git(repository: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=600).stdout  # noqa: S603 - git itself


def first_added(repository: Path) -> dict[str, str]:
    """For each path that was ever added: the author date, ISO 8601, of the commit that added it first."""
    out = _git(repository, "log", "--no-renames", "--diff-filter=A", "--name-only", "-z", "--format=%x01%aI")
    if len(out) > LOG_BYTES_MAX:
        raise ValueError(f"the log of {repository} has {len(out)} bytes; the limit is {LOG_BYTES_MAX}")
    dates: dict[str, str] = {}
    date = ""
    for part in out.split(b"\0"):
        text = part.lstrip(b"\n")
        if text.startswith(b"\x01"):
            head, _, text = text[1:].partition(b"\n")
            date = head.decode()
        if text:
            dates[text.decode("utf-8", "surrogateescape")] = (
                date  # the log goes back in time: the last said is the first
            )
    return dates


def top_directories(repository: Path) -> list[str]:
    """The names of the directories at the top of the newest commit."""
    out = _git(repository, "ls-tree", "-z", "-d", "--name-only", "HEAD")
    return [name.decode("utf-8", "surrogateescape") for name in out.split(b"\0") if name]


def files_below(repository: Path, directories: list[str]) -> Iterator[tuple[str, str]]:
    """Path and object id of each file below those directories in the newest commit. No other directory is listed."""
    for start in range(0, len(directories), _ARGUMENTS):
        out = _git(repository, "ls-tree", "-r", "-z", "HEAD", "--", *directories[start : start + _ARGUMENTS])
        for line in out.split(b"\0"):
            if line:
                about, _, path = line.partition(b"\t")
                yield path.decode("utf-8", "surrogateescape"), about.split()[2].decode()


def contents(repository: Path, objects: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each object id with its bytes, None for one that is not there or has more than `OBJECT_BYTES_MAX`."""
    command = ["git", "-C", str(repository), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - git itself
        assert process.stdin is not None
        assert process.stdout is not None
        for each in objects:
            process.stdin.write(f"{each}\n".encode())
            process.stdin.flush()
            yield each, _answer(process.stdout)
        process.stdin.close()


def _answer(stream: IO[bytes]) -> bytes | None:
    head = stream.readline().split()
    if not head:
        raise ValueError("git ended before it answered")
    if head[-1] == b"missing":
        return None
    size = int(head[2])
    kept = stream.read(size) if size <= OBJECT_BYTES_MAX else None
    left = 1 if kept is not None else size + 1  # a line feed ends each answer
    while left:
        left -= len(stream.read(min(left, OBJECT_BYTES_MAX)))
    return kept
