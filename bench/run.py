"""Run every benchmark, print a table, write `bench/out/latest.json`: `python -m bench.run [NAME ...]`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import advisories, attestations, crowd, ledger, names, page, peers, real, refusal, still, wrapped
from bench.figure import Figure

OUT: Final = Path(__file__).resolve().parent / "out"


BENCHMARKS: Final[dict[str, Callable[[], list[Figure]]]] = {
    "advisories": advisories.measure,
    "page": page.measure,
    "ledger": ledger.measure,
    "million": ledger.measure_million,
    "refusal": refusal.measure,
    "still": still.measure,
    "peers": peers.measure,
    "real": real.measure,
    "wrapped": wrapped.measure,
    "crowd": crowd.measure,
    "attestations": attestations.measure,
    "names": names.measure,
}


def main() -> None:
    """Measure what was named, or everything."""
    figures = [figure for name in sys.argv[1:] or BENCHMARKS for figure in BENCHMARKS[name]()]
    print(f"{'what':<58}{'value':>12}  {'unit':<12}{'target':>10}")
    for figure in figures:
        target = "" if figure["target"] is None else f"{figure['target']:g}"
        mark = "" if figure["target"] is None else ("  met" if figure["met"] else "  MISSED")
        print(f"{figure['name']:<58}{figure['value']:>12,.2f}  {figure['unit']:<12}{target:>10}{mark}")
    OUT.mkdir(exist_ok=True)
    (OUT / "latest.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
