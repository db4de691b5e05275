"""The scanner fed with mutated examples: `python -m bench.scan_fuzz --minutes N [--seed S] [--out FOLDER]`.

Every input is made of the inert examples of tests and rule pages, packed in an archive of some kind, and looked into in a forked
worker with 2 GB of memory and 20 seconds of processor time. Printed and kept are those that end in an error that is no refusal,
that take a worker with them, or that take more than 10 seconds. An input is had again by its seed and its number:
`python -m bench.scan_fuzz --seed S --number N --out FOLDER`. Ends with 1 when something was found.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from bench.scan_fuzz.seeds import File, seeds
from bench.scan_fuzz.workers import Outcome, made, outcomes, tried
from pratique.facts.scan.engine import lexicon

_OUT: Final = Path(__file__).resolve().parent.parent / "out/scan_fuzz"
_KEPT_OF_A_KIND_MAX: Final = 5
_TOLD_SECONDS: Final = 60.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.scan_fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, help="make this one input, keep it, and look into it here")
    parser.add_argument("--out", type=Path, default=_OUT, help="where inputs are kept")
    return parser.parse_args()


def _keep(out: Path, seed: int, outcome: Outcome, files: list[File]) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    filename, data = made(seed, outcome.number, files)
    place = out / f"{seed}-{outcome.number}-{filename}"
    place.write_bytes(data)
    frames = "".join(json.loads(outcome.where)) if outcome.where else ""
    place.with_name(f"{place.name}.found").write_text(f"{outcome.wrong}\n{frames}", encoding="utf-8")
    return place


def _kind(outcome: Outcome) -> str:
    """Findings of one kind come from one place."""
    last = json.loads(outcome.where)[-1] if outcome.where else ""
    return f"{outcome.wrong.partition(':')[0].partition(' ')[0]} {last.strip().splitlines()[:1]}"


def fuzz(minutes: float, seed: int, out: Path) -> int:
    """Look into inputs for so long; how many were found wanting."""
    files = seeds()
    lexicon()  # workers have it compiled
    ends, told = time.monotonic() + minutes * 60, time.monotonic()
    number = 0
    slowest = Outcome(0)
    found: Counter[str] = Counter()
    while time.monotonic() < ends:
        for outcome in outcomes(seed, number, files):
            number = outcome.number + 1
            slowest = max(slowest, outcome, key=lambda each: each.seconds)
            if outcome.wrong:
                found[_kind(outcome)] += 1
                if found[_kind(outcome)] <= _KEPT_OF_A_KIND_MAX:
                    print(f"{seed} {outcome.number}  {outcome.wrong}  {_keep(out, seed, outcome, files)}", flush=True)
        if time.monotonic() - told > _TOLD_SECONDS:
            told = time.monotonic()
            print(f"{number} inputs, slowest {slowest.number} in {slowest.seconds:.1f} s", flush=True)
    print(f"{number} inputs in {minutes:g} minutes, slowest {slowest.number} in {slowest.seconds:.1f} s")
    for kind, count in found.most_common():
        print(f"{count:>6}  {kind}")
    return found.total()


def main() -> None:
    """Fuzz, or look into one input again."""
    options = _arguments()
    if options.number is None:
        sys.exit(fuzz(options.minutes, options.seed, options.out) > 0)
    files = seeds()
    print(_keep(options.out, options.seed, Outcome(options.number, "asked for"), files))
    tried(*made(options.seed, options.number, files))


if __name__ == "__main__":
    main()
