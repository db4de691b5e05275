"""The table: recall, false positives and cost of all tools on the same files."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench.corpus.measure import RESULTS
from bench.corpus.package import SETS, read_rows
from bench.corpus.rates import Row, points, rate, rate_of_projects

PEERS: Final = ("guarddog", "hexora")
RECENT_FROM: Final = "2024-09"

_WIDTHS: Final = (14, 9, 9, 9, 16, 8, 8)
_Test = Callable[[Row], bool]
SUBSETS: Final[tuple[tuple[str, _Test], ...]] = (
    ("malicious, one a cluster: recall", lambda row: row["group"] == "malicious"),
    ("  wheels", lambda row: row["group"] == "malicious" and row["kind"] == "wheel"),
    ("  sdists", lambda row: row["group"] == "malicious" and row["kind"] == "sdist"),
    ("  added before 2024-09", lambda row: row["group"] == "malicious" and row["added"] < RECENT_FROM),
    ("  added since 2024-09", lambda row: row["group"] == "malicious" and row["added"] >= RECENT_FROM),
    ("benign, open names: false positives", lambda row: row["group"] == "benign"),
    ("  wheels", lambda row: row["group"] == "benign" and row["kind"] == "wheel"),
    ("  sdists", lambda row: row["group"] == "benign" and row["kind"] == "sdist"),
    ("benign, held out: false positives", lambda row: row["group"] == "benign-held-out"),
    ("  wheels", lambda row: row["group"] == "benign-held-out" and row["kind"] == "wheel"),
    ("  sdists", lambda row: row["group"] == "benign-held-out" and row["kind"] == "sdist"),
    ("benign npm: false positives", lambda row: row["group"] == "npm"),
)


def joined(folder: Path, ours: str) -> list[dict[str, Row]]:
    """For each package, the row of each tool."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for tool in (ours, *PEERS):
        for row in read_rows(folder / RESULTS / f"{tool}.jsonl"):
            found[str(row["key"])][tool] = row
    return list(found.values())


def table(folder: Path, ours: str) -> Iterator[str]:
    """Lines of text: per cent with Wilson intervals of 95 %, then the cost."""
    packages = joined(folder, ours)
    for title, test in SUBSETS:
        within = [rows for rows in packages if test(next(iter(rows.values())))]
        yield f"{title} (n = {len(within)})"
        for point in points(ours):
            found = rate(point, within)
            projects = rate_of_projects(point, within)
            once = f"   by project {projects}" if projects.count < found.count and title.startswith("benign") else ""
            if found.count:
                yield f"    {point.title:<26}{found.hits:>5} of {found.count:<6}{found!s:<18}{once}".rstrip()
    yield from _costs(packages, ours)


def _costs(packages: list[dict[str, Row]], ours: str) -> Iterator[str]:
    heads = ("CPU s: median", "mean", "p95", "max", "RSS MB: median", "max", "errors")
    yield "cost a package".ljust(42) + "".join(f"{head:>{width}}" for head, width in zip(heads, _WIDTHS, strict=True))
    for tool in (ours, *PEERS):
        for group in SETS:
            rows = [each[tool] for each in packages if tool in each and each[tool]["group"] == group]
            if not rows:
                continue
            seconds = sorted(float(row["cpu_seconds"]) for row in rows)
            memory = [int(row["rss_bytes"]) / 1e6 for row in rows]
            high = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
            failed = sum(bool(row["error"]) for row in rows)
            yield (
                f"  {tool} {group} ({len(rows)})".ljust(42)
                + f"{statistics.median(seconds):>14.3f}{statistics.mean(seconds):>9.3f}{high:>9.3f}{seconds[-1]:>9.2f}"
                + f"{statistics.median(memory):>16.0f}{max(memory):>8.0f}{failed:>8}"
            )
