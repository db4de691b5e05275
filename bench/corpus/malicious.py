"""The open part of a registry of malicious packages: which of its archives may be opened, their clusters, and their bytes.

The registry is a bare git repository that is never checked out. `write_index` lists the archives that `rule.may_open` lets
through in `open.jsonl` of the work folder; `samples` goes through them. Samples are data: nothing here unpacks one to a disk,
imports it or runs it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.corpus.git_objects import contents, files_below, first_added, top_directories
from bench.corpus.rule import may_open, passes
from bench.corpus.texts import DoesNotOpen, python_of

INDEX: Final = "open.jsonl"
ARCHIVES: Final = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip", ".whl", ".egg")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the index. `cluster` is -1 for an archive that does not open, with the reason in `error`."""

    object: str
    path: str
    name: str
    added: str
    cluster: int
    leader: bool
    error: str = ""

    @property
    def filename(self) -> str:
        """The archive's own name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Sample:
    """An archive that may be opened. `name` is its directory, `added` a date (ISO 8601); a leader stands for its cluster."""

    name: str
    filename: str
    added: str
    cluster: int
    leader: bool
    data: bytes


def open_archives(repository: Path) -> list[tuple[str, str, str]]:
    """Path, object id and date of each archive that may be opened, oldest first. No other directory is listed."""
    dates = first_added(repository)
    directories = [each for each in top_directories(repository) if passes(each)]
    found = [
        (path, each, dates.get(path))
        for path, each in files_below(repository, directories)
        if path.endswith(ARCHIVES) and may_open(path.partition("/")[0], dates.get(path))
    ]
    return sorted(((path, each, date) for path, each, date in found if date), key=lambda entry: (entry[2], entry[0]))


def version_in(path: str, name: str) -> str:
    """The version in an archive's name: what follows its project's name."""
    stem = re.sub(r"(\.tar)?\.[a-z0-9]+$", "", path.rpartition("/")[2])
    return stem[len(name) + 1 :].partition("-")[0]


def write_index(repository: Path, folder: Path) -> list[Listed]:
    """Cluster the open archives and write `open.jsonl`. Needs datasketch; takes minutes."""
    from bench.corpus.resemblance import Clusters, minhash

    clusters, listed = Clusters(), []
    archives = open_archives(repository)
    found = contents(repository, [each for _, each, _ in archives])
    for (path, each, added), (_, data) in zip(archives, found, strict=True):
        name = path.partition("/")[0]
        cluster, leader, error = -1, False, "" if data is not None else "it is not in this copy of the repository"
        try:
            if data is not None:
                cluster, leader = clusters.place(minhash(python_of(path, data), name, version_in(path, name)))
        except DoesNotOpen as broken:
            error = str(broken)[:200]
        listed.append(Listed(each, path, name, added, cluster, leader, error))
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(line), ensure_ascii=True) for line in listed)
    fresh = folder / f"{INDEX}.new"
    fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    fresh.replace(folder / INDEX)
    return listed


def read_index(folder: Path) -> list[Listed]:
    """The index as written. Raises `ValueError` for a line that the rule does not let through."""
    with (folder / INDEX).open(encoding="utf-8") as file:
        listed = [Listed(**json.loads(line)) for line in file]
    for each in listed:
        if each.name != each.path.partition("/")[0] or not may_open(each.name, each.added):
            raise ValueError(f"{INDEX} has an archive that is reserved; write the index again")
    return listed


def samples(folder: Path, repository: Path, *, leaders_only: bool = False) -> Iterator[Sample]:
    """The open archives that open, with their bytes, oldest first; with `leaders_only`, one of each cluster."""
    wanted = [each for each in read_index(folder) if not each.error and (each.leader or not leaders_only)]
    found = contents(repository, [each.object for each in wanted])
    for each, (_, data) in zip(wanted, found, strict=True):
        if data is not None:
            yield Sample(each.name, each.filename, each.added, each.cluster, each.leader, data)
