"""Makes the model's weights from open data: `python -m bench.corpus.train --folder F --repository GIT`.

Every archive that may be opened and every benign distribution of the open list is looked into in a child of its own, within
limits; what the model looks at (`facts/scan/features.py`) is kept in `features.jsonl` of the work folder. Then a logistic model
is fitted: near-duplicates share the weight of one, and no weight but those that speak of size is below zero. It is tried five
times on the fifth it has not seen, parted by cluster and by project, and once on what was added later than what it has seen.
The same data give the same file. Needs numpy and scipy (`requirements.in`).
"""

import argparse
import hashlib
import io
import json
import os
import re
import resource
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from scipy.optimize import minimize

from bench.corpus.malicious import samples
from bench.corpus.rates import Rate
from pratique.adapters.scan_child import _timer
from pratique.ecosystems.archive import open_archive
from pratique.errors import InvalidInput
from pratique.facts.scan.engine import lexicon, look
from pratique.facts.severity import worst
from pratique.model.evidence import Scan

KEPT: Final = "features.jsonl"
OF_SIZE: Final = re.compile(r"hardly any code|built from source|many files|more than \d+ kB of code")
"""Features whose weights may be below zero."""
FOLDS: Final = 5
NEAR_TAKEN: Final = 10
SEEN_MIN: Final = 3
RIDGE: Final = 1.0
LASSO: Final = 0.02
LEAST: Final = 0.0005
SPLIT: Final = "2024-07"
"""Trained on what was added before, tried on what was added since."""
_MEMORY_BYTES: Final = 2 << 30
_CPU_SECONDS: Final = 60
Matrix: TypeAlias = Any
"""An array of numpy, which the type checker need not know."""


@dataclass(frozen=True, slots=True)
class Row:
    """One artifact: what the model looks at, and `alarm`, what the rules alone say. `group` is never parted by a fold."""

    group: str
    added: str
    leader: bool
    malicious: bool
    alarm: int
    features: list[str]


def looked(filename: str, data: bytes) -> tuple[int, list[str]] | None:
    """The rules' alarm and the features of an archive, found in a child with bounds; None for one that cannot be read."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
            resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
            found = look(filename, open_archive(filename, io.BytesIO(data)), timer=_timer)
            alone = found.report()
            said = [int(worst(Scan(alone.findings, alone.coverage, alone.rules))), sorted(found.features())]
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(said).encode())
        except InvalidInput:
            pass
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        heard = pipe.read()
    os.waitpid(pid, 0)
    if not heard:
        return None
    alarm, found = json.loads(heard)
    return alarm, found


def gather(folder: Path, repository: Path) -> list[Row]:
    """Look into everything, or read what was kept of an earlier run with the same files."""
    kept = folder / KEPT
    if not kept.exists():
        lexicon()
        with get_context("fork").Pool(os.cpu_count()) as pool, kept.with_suffix(".part").open("w") as out:
            for row in pool.imap(_row, _work(folder, repository), chunksize=4):
                if row is not None:
                    out.write(json.dumps(asdict(row)) + "\n")
        kept.with_suffix(".part").rename(kept)
    return [Row(**json.loads(line)) for line in kept.read_text().splitlines()]


@dataclass(frozen=True, slots=True)
class _Work:
    filename: str
    data: bytes
    group: str
    added: str = ""
    leader: bool = True
    malicious: bool = False


def _work(folder: Path, repository: Path) -> Iterator[_Work]:
    for place, sample in enumerate(samples(folder, repository)):
        if not sample.leader and place % NEAR_TAKEN:
            continue  # of near-duplicates a part says as much as all
        yield _Work(sample.filename, sample.data, f"cluster {sample.cluster}", sample.added, sample.leader, True)
    for path in sorted((folder / "pypi").iterdir()):
        project = re.sub(r"[-_.]+", "-", re.split(r"-\d", path.name)[0]).lower()
        yield _Work(path.name, path.read_bytes(), project)


def _row(work: _Work) -> Row | None:
    found = looked(work.filename, work.data)
    return None if found is None else Row(work.group, work.added, work.leader, work.malicious, found[0], found[1])


def fitted(table: Matrix, wanted: Matrix, weights: Matrix, free: list[bool]) -> tuple[float, Matrix]:
    """Base and weights of the logistic model with the smallest loss, penalised; the start is always the same."""
    count, width = table.shape

    def loss(point: Matrix) -> tuple[float, Matrix]:
        base, weight = point[0], point[1:]
        score = 1 / (1 + np.exp(-np.clip(table @ weight + base, -50, 50)))
        said = wanted * np.log(score + 1e-9) + (1 - wanted) * np.log(1 - score + 1e-9)
        penalty = (RIDGE * (weight * weight).sum() / 2 + LASSO * np.abs(weight).sum()) / count
        error = weights * (score - wanted) / weights.sum()
        slope = table.T @ error + (RIDGE * weight + LASSO * np.sign(weight)) / count
        return float(-(weights * said).sum() / weights.sum() + penalty), np.concatenate([[error.sum()], slope])

    bounds = [(None, None), *((None, None) if each else (0, None) for each in free)]
    start = np.concatenate([[-2.0], np.full(width, 0.01)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return float(found.x[0]), found.x[1:]


def main() -> None:
    """Gather, try, fit all, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("src/pratique/facts/scan/weights.toml"))
    parser.add_argument("--suspicious", type=float, default=0.5)
    parser.add_argument("--malicious", type=float, default=0.98)
    told = parser.parse_args()
    rows = gather(told.folder, told.repository)
    seen = Counter(feature for row in rows if row.leader for feature in row.features)
    names = sorted(name for name, count in seen.items() if count >= SEEN_MIN)
    table, wanted, weights = _numbers(rows, names)
    free = [OF_SIZE.fullmatch(name) is not None for name in names]
    folds = np.array([int(hashlib.sha256(row.group.encode()).hexdigest()[:8], 16) % FOLDS for row in rows])
    scores = np.zeros(len(rows))
    for fold in range(FOLDS):
        rest = folds != fold
        base, weight = fitted(table[rest], wanted[rest], weights[rest], free)
        scores[~rest] = 1 / (1 + np.exp(-(table[~rest] @ weight + base)))
    counts = np.array([row.leader for row in rows])
    print("five folds, parted by cluster and project")
    _tell(rows, scores, counts, told.suspicious, told.malicious)
    older = np.array([(row.added < SPLIT) if row.malicious else folds[at] != 0 for at, row in enumerate(rows)])
    base, weight = fitted(table[older], wanted[older], weights[older], free)
    print(f"trained on what was added before {SPLIT}, tried on what came later")
    _tell(rows, 1 / (1 + np.exp(-(table @ weight + base))), counts & ~older, told.suspicious, told.malicious)
    base, weight = fitted(table, wanted, weights, free)
    kept = {name: round(float(each), 3) for name, each in zip(names, weight, strict=True) if abs(each) >= LEAST}
    lines = [
        f"{json.dumps(name)} = {each}" for name, each in sorted(kept.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    head = (
        "# How much each feature speaks for malicious code, in natural logarithms of odds; written by\n"
        "# `python -m bench.corpus.train`, reviewed like code. Thresholds are of the score, from 0 to 1.\n"
        f"base = {base:.3f}\nsuspicious = {told.suspicious}\nmalicious = {told.malicious}\n\n[weights]\n"
    )
    told.out.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def _numbers(rows: list[Row], names: list[str]) -> tuple[Matrix, Matrix, Matrix]:
    place = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        table[at, [place[feature] for feature in row.features if feature in place]] = 1
    wanted = np.array([float(row.malicious) for row in rows])
    near = Counter(row.group for row in rows if row.malicious)
    weights = np.array([near[row.group] ** -0.7 if row.malicious else 1.0 for row in rows])
    bad = wanted == 1
    weights[bad] *= len(near) / weights[bad].sum()
    return table, wanted, weights


def _tell(rows: list[Row], scores: Matrix, counts: Matrix, suspicious: float, malicious: float) -> None:
    for kind in (True, False):
        chosen = [at for at, row in enumerate(rows) if row.malicious is kind and counts[at]]
        if not chosen:
            continue
        for name, bar, least in (("suspicious or worse", suspicious, 1), ("malicious", malicious, 2)):
            # As `judge.py` has it: what is suspicious to no rule is not malicious to the model.
            both = sum((scores[at] >= bar and rows[at].alarm >= least - 1) or rows[at].alarm >= least for at in chosen)
            alone = sum(scores[at] >= bar for at in chosen)
            print(
                f"  {'malicious' if kind else 'benign':<9} {name:<20} {both}/{len(chosen)} = "
                f"{Rate(both, len(chosen))}; the model alone {alone / len(chosen):.3f}"
            )


if __name__ == "__main__":
    main()
