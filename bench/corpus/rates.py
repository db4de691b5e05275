"""Rates with intervals, and the operating points of the tools."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]

_Z95: Final = 1.959963984540054
MALICIOUS: Final = frozenset({"malicious"})
SUSPICIOUS: Final = frozenset({"malicious", "suspicious"})
GUARDDOG_MIN: Final = 5.0
HEXORA_MIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    hits: int
    count: int

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of 95 %, as shares; everything where nothing was counted."""
        if not self.count:
            return 0.0, 1.0
        share, square = self.hits / self.count, _Z95 * _Z95
        middle = share + square / (2 * self.count)
        spread = _Z95 * math.sqrt(share * (1 - share) / self.count + square / (4 * self.count * self.count))
        whole = 1 + square / self.count
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)

    def __str__(self) -> str:
        """Per cent, with the interval."""
        if not self.count:
            return "-"
        low, high = self.interval
        return f"{100 * self.hits / self.count:.1f} ({100 * low:.1f}-{100 * high:.1f})"


@dataclass(frozen=True, slots=True)
class Point:
    """A tool at one operating point: `tools` are the results it needs, `flags` says whether a package's rows of them alarm."""

    title: str
    tools: tuple[str, ...]
    flags: Callable[[dict[str, Row]], bool]
    applies: Callable[[dict[str, Row]], bool] = lambda rows: True  # noqa: ARG005 - one shape for all


def _scored(tool: str, least: float) -> Callable[[dict[str, Row]], bool]:
    return lambda rows: (rows[tool]["score"] or 0.0) >= least


def _judged(tool: str, verdicts: frozenset[str], key: str = "verdict") -> Callable[[dict[str, Row]], bool]:
    return lambda rows: rows[tool].get(key) in verdicts


def points(ours: str) -> list[Point]:
    """The operating points, with Pratique's results under the name `ours`.

    Rows that carry `cv_verdict`, the verdict of a model that was trained without the package's own cluster, give two more.
    """
    guarddog, hexora = _scored("guarddog", GUARDDOG_MIN), _scored("hexora", HEXORA_MIN)
    return [
        Point("Pratique malicious", (ours,), _judged(ours, MALICIOUS)),
        Point("Pratique suspicious+", (ours,), _judged(ours, SUSPICIOUS)),
        Point("  cross-val. malicious", (ours,), _judged(ours, MALICIOUS, "cv_verdict"), _carries(ours)),
        Point("  cross-val. suspicious+", (ours,), _judged(ours, SUSPICIOUS, "cv_verdict"), _carries(ours)),
        Point("GuardDog >= 5", ("guarddog",), guarddog),
        Point("hexora >= 0.5", ("hexora",), hexora),
        Point("GuardDog or hexora", ("guarddog", "hexora"), lambda rows: guarddog(rows) or hexora(rows)),
    ]


def _carries(tool: str) -> Callable[[dict[str, Row]], bool]:
    return lambda rows: "cv_verdict" in rows[tool]


def rate(point: Point, packages: list[dict[str, Row]]) -> Rate:
    """How many of the packages that all tools of a point were asked about it flags. An error or `unknown` is no alarm."""
    asked = _asked(point, packages)
    return Rate(sum(map(point.flags, asked)), len(asked))


def rate_of_projects(point: Point, packages: list[dict[str, Row]]) -> Rate:
    """The same with a project counted once: it is flagged if a wheel or a source distribution of it is."""
    asked = _asked(point, packages)
    names = {str(rows[point.tools[0]]["name"]) for rows in asked}
    flagged = {str(rows[point.tools[0]]["name"]) for rows in asked if point.flags(rows)}
    return Rate(len(flagged), len(names))


def _asked(point: Point, packages: list[dict[str, Row]]) -> list[dict[str, Row]]:
    return [rows for rows in packages if all(tool in rows for tool in point.tools) and point.applies(rows)]
