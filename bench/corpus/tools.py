"""Pratique and its peers, each as one thing that is asked about a package. All of them run without network."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from bench.corpus.package import Package, packed
from bench.corpus.processes import HERE, Commands, Lines

_SCORE: Final = re.compile(rb"Machine learning based score for file: ([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool said: `score` in its own measure, None where it gave none; `verdict` for a tool that judges by itself."""

    score: float | None
    verdict: str = ""
    rules: tuple[str, ...] = ()
    cpu_seconds: float = 0.0
    rss_bytes: int = 0
    error: str = ""
    more: dict[str, Any] = field(default_factory=dict)


class Tool(Protocol):
    """`name` is the file of its results; `ecosystems` is what it reads at all."""

    name: str
    ecosystems: frozenset[str]

    def measure(self, package: Package, folder: Path) -> Outcome:
        """Ask about one package; `folder` is private and in memory."""

    def close(self) -> None:
        """End what still runs."""


@dataclass(slots=True)
class Hexora:
    """The command once a package, start included. A wheel is a zip archive to it; its score is that of the worst file."""

    program: Path
    name: str = "hexora"
    ecosystems: frozenset[str] = frozenset({"pypi"})
    _commands: Commands = field(default_factory=Commands)

    def measure(self, package: Package, folder: Path) -> Outcome:
        """As `Tool`. What it prints for people, which alone has the score, is asked for apart from what is measured."""
        filename = re.sub(r"\.(whl|egg)$", ".zip", package.filename)
        with packed(package, folder, filename) as path:
            found = self._commands.run((str(self.program), "audit", "--output-format", "json", str(path)), folder)
            rules = sorted({str(line.get("rule")) for line in found.objects()})
            score = self._score(path, folder) if rules else 0.0
        error = "" if found.status == 0 else f"it ended with {found.status}"
        return Outcome(score, "", tuple(rules), found.cpu_seconds, found.rss_bytes, error)

    def _score(self, path: Path, folder: Path) -> float:
        """Two digits; at the threshold itself the command says on which side of it the score is."""
        shown = self._commands.run((str(self.program), "audit", "--output-format", "terminal", str(path)), folder)
        score = max((float(each) for each in _SCORE.findall(shown.stdout)), default=0.0)
        if score != 0.5:  # noqa: PLR2004 - hexora's own threshold
            return score
        command = (str(self.program), "audit", "--output-format", "json", "--min-score", "0.5", str(path))
        return score if self._commands.run(command, folder).objects() else 0.499

    def close(self) -> None:
        """End what runs its commands."""
        self._commands.close()


@dataclass(slots=True)
class Warm:
    """A tool that is loaded once and forks for each package, by `warm.py` in the tool's own environment."""

    name: str
    python: Path
    look: Path
    settings: tuple[str, ...] = ()
    ecosystems: frozenset[str] = frozenset({"pypi", "npm"})
    _lines: Lines | None = None

    def measure(self, package: Package, folder: Path) -> Outcome:
        """As `Tool`. A tool that ends is loaded again for the next package."""
        if self._lines is None:
            run = (str(self.python), str(HERE / "warm.py"), str(self.look), str(folder))
            self._lines = Lines(("env", f"TMPDIR={folder}", *self.settings, *run))
        with packed(package, folder) as path:
            told = self._lines.ask({"path": str(path), "ecosystem": package.ecosystem})
        result: dict[str, Any] = dict(told.get("result") or {})
        error = str(told.get("error", "")) or "; ".join(result.pop("errors", []))
        score, verdict = result.pop("score", None), str(result.pop("verdict", "unknown" if error else ""))
        rules = tuple(result.pop("rules", ()))
        return Outcome(score, verdict, rules, told["cpu_seconds"], told["rss_bytes"], error, result)

    def close(self) -> None:
        """End it."""
        if self._lines is not None:
            self._lines.close()


@dataclass(slots=True)
class Pratique:
    """The command once a package, start included: `pratique scan --jsonl PATH`, or what stands in its place.

    Its own `cpu_ms`, kept among the rest, leaves out the start: it is what a gate that runs already spends.
    """

    command: tuple[str, ...]
    name: str = "pratique"
    ecosystems: frozenset[str] = frozenset({"pypi", "npm"})
    _commands: Commands = field(default_factory=Commands)

    def measure(self, package: Package, folder: Path) -> Outcome:
        """As `Tool`."""
        with packed(package, folder) as path:
            found = self._commands.run((*self.command, str(path)), folder)
        told = found.objects()
        if len(told) != 1:
            return Outcome(None, "unknown", (), found.cpu_seconds, found.rss_bytes, f"it ended with {found.status}")
        more = dict(told[0])
        verdict, score, rules = str(more.pop("verdict")), more.pop("score", None), tuple(more.pop("rules", ()))
        more.pop("path", None)
        return Outcome(score, verdict, rules, found.cpu_seconds, found.rss_bytes, more=more)

    def close(self) -> None:
        """End what runs its commands."""
        self._commands.close()
