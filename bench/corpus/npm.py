"""Packages of the npm registry: closures of large applications, fetched by npm itself as their lock files say.

`npm ci --ignore-scripts` in a folder outside the repository keeps each tarball in its cache by digest; `choose` copies some of
those that lock files name, and `restore` fetches again what the list names. Nothing of a package is run. The committed list is
from the lock files of CKAN, Saleor and Uptime Kuma of August 2026.
"""

import base64
import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).resolve().parent / "benign-npm.txt"
FILE_BYTES_MAX: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tarball:
    """A line of the list: `name==version sha512`, the digest in hexadecimal digits."""

    name: str
    version: str
    sha512: str

    @property
    def filename(self) -> str:
        """As the file is called in the work folder; a scope's slash is no folder."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"

    def __str__(self) -> str:
        """The line."""
        return f"{self.name}=={self.version} {self.sha512}"


def read_list() -> list[Tarball]:
    """The lines of the list, none where there is no list yet."""
    if not LIST.exists():
        return []
    found = []
    for line in LIST.read_text(encoding="utf-8").splitlines():
        pin, sha512 = line.split(" ")
        name, _, version = pin.rpartition("==")
        found.append(Tarball(name, version, sha512))
    return found


def locked(lock: Path) -> list[Tarball]:
    """What a `package-lock.json` (version 2 or 3) names with a digest, without what is its own or comes from elsewhere."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    found = {}
    for path, about in packages.items():
        integrity = re.match(r"sha512-([A-Za-z0-9+/=]+)", about.get("integrity", ""))
        if integrity is None or not path:
            continue
        name = about.get("name") or path.rpartition("node_modules/")[2]
        tarball = Tarball(name, about["version"], base64.b64decode(integrity[1]).hex())
        found[str(tarball)] = tarball
    return sorted(found.values(), key=str)


def cached(tarball: Tarball, cache: Path) -> Path | None:
    """The tarball in npm's cache (content-addressed by the digest), None where it is not there or too large."""
    digest = tarball.sha512
    path = cache / "_cacache" / "content-v2" / "sha512" / digest[:2] / digest[2:4] / digest[4:]
    return path if path.exists() and path.stat().st_size <= FILE_BYTES_MAX else None


def choose(locks: list[Path], cache: Path, folder: Path, count: int) -> list[Tarball]:
    """Write the list anew and copy its tarballs: one version of a name, `count` of them in the order of the name's digest."""
    folder.mkdir(parents=True, exist_ok=True)
    first: dict[str, Tarball] = {}
    for lock in locks:
        for tarball in locked(lock):
            first.setdefault(tarball.name, tarball)
    present = [each for each in first.values() if cached(each, cache) is not None]
    present.sort(key=lambda each: hashlib.sha256(each.name.encode()).hexdigest())
    chosen = sorted(present[:count], key=str)
    for tarball in chosen:
        path = cached(tarball, cache)
        assert path is not None
        (folder / tarball.filename).write_bytes(path.read_bytes())
    LIST.write_text("".join(f"{each}\n" for each in chosen), encoding="utf-8")
    return chosen


def restore(folder: Path) -> list[str]:
    """Fetch with npm what the list names and the folder lacks, one after another. Gives what could not be had, or is another."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for tarball in read_list():
        path = folder / tarball.filename
        if not path.exists():
            command = ["npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
            wanted = f"{tarball.name}@{tarball.version}"
            subprocess.run([*command, wanted], check=False, stdout=subprocess.DEVNULL, timeout=300)  # noqa: S603 - from our list
        if not path.exists() or hashlib.sha512(path.read_bytes()).hexdigest() != tarball.sha512:
            failed.append(tarball.filename)
    return failed
