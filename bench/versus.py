"""Two states of the code on the same machine in one run: `python -m bench.versus REF page|ledger|million|refusal`.

The benchmark of REF runs with the code of REF, from a work tree of its own that is removed afterwards; this one with the code
here. They take turns, each first as often as the other, because a machine is not as fast in one minute as in the next. The
table has the median of each figure and how many times as large the new one is. Needs git, and the libraries both states need.
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.figure import Figure

ROOT: Final = Path(__file__).resolve().parent.parent
NAMES: Final = ("page", "ledger", "million", "refusal")
TIMES: Final = 3
_ONCE: Final = """
import json, sys
from pathlib import Path
from bench import ledger, page, refusal
name, entries, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
if entries:
    ledger.ENTRIES = entries
measures = {"page": page.measure, "ledger": ledger.measure, "refusal": refusal.measure}
measures["million"] = lambda: ledger.measure_million(entries or ledger.MILLION)
out.write_text(json.dumps(measures[name]()))
"""
"""What runs in either state; it uses only what the benchmarks of both offer."""


@contextlib.contextmanager
def checked_out(ref: str) -> Iterator[Path]:
    """A work tree of `ref`, removed in the end. Raises `SystemExit` for what is no commit."""
    with tempfile.TemporaryDirectory(prefix="pratique-versus-") as folder:
        tree = Path(folder) / "tree"
        made = _git("worktree", "add", "--quiet", "--detach", str(tree), ref)
        if made.returncode:
            raise SystemExit(f"{ref} cannot be checked out: {made.stderr.strip()}")
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607 - git, as everybody has it


def measured(tree: Path, name: str, entries: int) -> list[Figure]:
    """The figures of one benchmark with the code of a tree. Raises `SystemExit` when it does not end well."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", _ONCE, name, str(entries), str(out)],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}"},  # noqa: TID251 - a child needs the environment
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{name} of {tree} ended with {done.returncode}:\n{done.stderr}")
        figures: list[Figure] = json.loads(out.read_text(encoding="utf-8"))
        return figures


def medians(runs: list[list[Figure]]) -> dict[str, tuple[float, str]]:
    """The median and the unit of each figure, by its name without the counts in it, which may differ from run to run."""
    values: dict[str, list[float]] = {}
    units: dict[str, str] = {}
    for figure in (figure for run in runs for figure in run):
        name = re.sub(r"(?<!\w)\d[\d_,.]*", "#", figure["name"])
        values.setdefault(name, []).append(figure["value"])
        units[name] = figure["unit"]
    return {name: (statistics.median(each), units[name]) for name, each in values.items()}


def table(old: dict[str, tuple[float, str]], new: dict[str, tuple[float, str]]) -> list[str]:
    """A line for each figure that either state has."""
    lines = [f"{'what':<58}{'old':>12}{'new':>12}{'new/old':>9}  unit"]
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        ratio = f"{after[0] / before[0]:.2f}" if before and after and before[0] else "-"
        told = [f"{each[0]:,.2f}" if each else "-" for each in (before, after)]
        lines.append(f"{name:<58}{told[0]:>12}{told[1]:>12}{ratio:>9}  {(after or before or (0, ''))[1]}")
    return lines


def main() -> None:
    """Measure by turns, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ref", help="the old state: a commit, a tag, a branch")
    parser.add_argument("benchmark", choices=NAMES)
    parser.add_argument("--times", type=int, default=TIMES, help=f"how often each is measured (default {TIMES})")
    parser.add_argument("--entries", type=int, default=0, help="a smaller ledger: how many entries (ledger, million)")
    chosen = parser.parse_args()
    with checked_out(chosen.ref) as old:
        runs: dict[Path, list[list[Figure]]] = {old: [], ROOT: []}
        for turn in range(chosen.times):
            for tree in (old, ROOT) if turn % 2 == 0 else (ROOT, old):
                runs[tree].append(measured(tree, chosen.benchmark, chosen.entries))
                print(f"{turn + 1} of {chosen.times}: {'old' if tree == old else 'new'}", file=sys.stderr, flush=True)
        print("\n".join(table(medians(runs[old]), medians(runs[ROOT]))))


if __name__ == "__main__":
    main()
