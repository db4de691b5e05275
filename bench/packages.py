"""Real packages through the confined scanner: which of them are held, and how long each took beside its download.

`python -m bench.packages FOLDER [NAME ...]` resolves each name of `packages.txt` (or those given) with uv, through the index this
machine is configured for, fetches one wheel and the source distribution of its newest release into FOLDER, once, one after
another, and looks into them. Nothing is installed, built or run.
"""

import asyncio
import hashlib
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any, Final

import aiohttp

from pratique.adapters.scanner import ConfinedScanner
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown

NAMES: Final = Path(__file__).resolve().parent / "packages.txt"
NAMES_MAX: Final = 300
FILE_BYTES_MAX: Final = 400 * 1024 * 1024


class Files:
    """Blobs as the scanner wants them, over a folder of downloads."""

    def __init__(self) -> None:
        self.paths: dict[Digest, Path] = {}

    def add(self, path: Path) -> Digest:
        """The digest of a file, by which it can be opened from now on."""
        with path.open("rb") as file:
            digest = Digest("sha256:" + hashlib.file_digest(file, "sha256").hexdigest())
        self.paths[digest] = path
        return digest

    async def file(self, digest: Digest) -> Any:  # noqa: ANN401 - an open file, as the port says
        """As `ports.Blobs.file`."""
        return await asyncio.to_thread(self.paths[digest].open, "rb")


def locked(name: str) -> list[dict[str, Any]]:
    """What uv locks for a name: the chosen wheel and the source distribution, each with its URL. Empty where it finds none."""
    command = ["uv", "pip", "compile", "--quiet", "--no-deps", "--no-annotate", "--format", "pylock.toml", "-"]
    found = subprocess.run(command, input=name, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - names from our list
    if found.returncode:
        return []
    files: list[dict[str, Any]] = []
    for package in tomllib.loads(found.stdout).get("packages", []):
        wheels = package.get("wheels", [])
        fitting = [wheel for wheel in wheels if wheel["url"].endswith("none-any.whl")] or wheels
        files += [package["sdist"]] if "sdist" in package else []
        files += [min(fitting, key=lambda wheel: wheel.get("size", 0))] if fitting else []
    return [file for file in files if file.get("size", 0) <= FILE_BYTES_MAX]


async def fetched(session: aiohttp.ClientSession, url: str, folder: Path) -> tuple[Path, float]:
    """A file in the folder, and the seconds that its download took, 0 for one that was there."""
    path = folder / url.rpartition("/")[2]
    begun = time.monotonic()
    if path.exists():
        return path, 0.0
    async with session.get(url) as response:
        response.raise_for_status()
        path.write_bytes(await response.read())
    return path, time.monotonic() - begun


def why_held(found: Scan | Unknown) -> str:
    """Why the policy that ships would hold a file, empty where the scanner gives no reason to."""
    if isinstance(found, Unknown):
        return found.why
    unread = "; ".join(f"{each.path}: {each.why}" for each in found.coverage.unread)
    return unread or "; ".join(f"{each.rule} at {each.path}:{each.line}" for each in found.findings)


async def measure(folder: Path, names: list[str]) -> int:
    """Print what happens to each; how many are held."""
    files, held = Files(), 0
    scanner = ConfinedScanner(files)  # type: ignore[arg-type]  # it only opens files
    async with aiohttp.ClientSession(trust_env=True) as session:
        for name in names:
            chosen = await asyncio.to_thread(locked, name)
            for file in chosen:
                path, download = await fetched(session, file["url"], folder)
                begun = time.monotonic()
                found = await scanner.scan(path.name, files.add(path))
                why = why_held(found)
                held += bool(why)
                print(
                    f"{path.name:<70.70} {download:7.2f} s {time.monotonic() - begun:7.2f} s  {why or 'comes in'}",
                    flush=True,
                )
            if not chosen:
                print(f"{name:<70} nothing that uv can lock")
    await scanner.close()
    return held


def main() -> None:
    """Measure, and end with 1 if anything is held."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = sys.argv[2:] or NAMES.read_text(encoding="utf-8").split()
    held = asyncio.run(measure(folder, names[:NAMES_MAX]))
    print(f"{held} held; a look may take {limits.SCAN_CPU_SECONDS_MAX} s of processor time")
    sys.exit(bool(held))


if __name__ == "__main__":
    main()
