"""The packages that are measured, each as bytes in memory, and a place in memory where a tool gets one as a file."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.corpus import benign, npm
from bench.corpus.malicious import samples

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
SETS: Final = ("malicious", "benign", "benign-held-out", "npm")


@dataclass(frozen=True, slots=True)
class Package:
    """`group` is one of `SETS`; `kind` is wheel, sdist or npm; `added` is empty for a benign one."""

    group: str
    name: str
    filename: str
    kind: str
    added: str
    data: bytes

    @property
    def key(self) -> str:
        """What it is called in results, unique."""
        return f"{self.group}/{self.name}/{self.filename}"

    @property
    def ecosystem(self) -> str:
        """`pypi` or `npm`."""
        return "npm" if self.kind == "npm" else "pypi"


def packages(group: str, folder: Path, repository: Path | None) -> Iterator[Package]:
    """Every package of a set; of the malicious ones, one of each cluster. Benign files that were not fetched are left out."""
    if group == "malicious":
        if repository is None:
            return
        for sample in samples(folder, repository, leaders_only=True):
            yield Package(group, sample.name, sample.filename, kind_of(sample.filename), sample.added, sample.data)
    elif group == "npm":
        for each in npm.read_list():
            yield from _from(folder / "npm" / each.filename, Package(group, each.name, each.filename, "npm", "", b""))
    else:
        listed = benign.OPEN_LIST if group == "benign" else benign.HELD_OUT_LIST
        for line in benign.read_list(listed, is_open=group == "benign"):
            path = folder / ("pypi" if group == "benign" else "pypi-held-out") / line.filename
            yield from _from(path, Package(group, line.name, line.filename, kind_of(line.filename), "", b""))


def kind_of(filename: str) -> str:
    """`wheel`, or `sdist` for all else."""
    return "wheel" if filename.endswith(".whl") else "sdist"


def _from(path: Path, about: Package) -> Iterator[Package]:
    if path.exists():
        yield Package(about.group, about.name, about.filename, about.kind, about.added, path.read_bytes())


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder in memory that nobody else can read, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pratique-corpus-", dir=MEMORY) as name:
        yield Path(name)


@contextmanager
def packed(package: Package, folder: Path, filename: str | None = None) -> Iterator[Path]:
    """The packed archive as a file, deleted right after. It is never unpacked here."""
    path = folder / (filename or package.filename)
    path.write_bytes(package.data)
    path.chmod(0o400)
    try:
        yield path
    finally:
        path.unlink()


def read_rows(path: Path) -> list[dict[str, object]]:
    """Results, one JSON object a line; empty where there are none. A line that was cut off is left out."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows
