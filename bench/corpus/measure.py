"""Ask tools about packages and keep what they said, one JSON object a line in `results/TOOL.jsonl` of the work folder."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.corpus.package import Package, packages, private_folder, read_rows
from bench.corpus.tools import Outcome, Tool

RESULTS: Final = "results"
_TOLD_EVERY: Final = 100


def row(package: Package, outcome: Outcome) -> dict[str, object]:
    """A line: what was asked about, and what was said."""
    about: dict[str, object] = {
        "key": package.key,
        "group": package.group,
        "name": package.name,
        "filename": package.filename,
        "kind": package.kind,
        "added": package.added,
        "bytes": len(package.data),
    }
    said = asdict(outcome)
    more: dict[str, object] = said.pop("more")
    return about | more | said


def measure(tool: Tool, groups: Iterable[str], folder: Path, repository: Path | None) -> int:
    """Ask a tool about every package of the sets that it has not been asked about yet; how many it was asked about now."""
    path = folder / RESULTS / f"{tool.name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    had = {str(each["key"]) for each in read_rows(path)}
    count = 0
    try:
        with path.open("a", encoding="utf-8") as file, private_folder() as private:
            for group in groups:
                for package in packages(group, folder, repository):
                    if package.key in had or package.ecosystem not in tool.ecosystems:
                        continue
                    file.write(json.dumps(row(package, tool.measure(package, private))) + "\n")
                    file.flush()
                    count += 1
                    if count % _TOLD_EVERY == 0:
                        print(f"{tool.name}: {count}", file=sys.stderr, flush=True)
    finally:
        tool.close()
    return count
