"""Files through rules, within limits. What could not be looked at is counted and named, so that silence never reads as clean."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeAlias

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.rule import Archive, Place, Python, Rule
from pratique.facts.scan.rules import RULES
from pratique.facts.scan.sources import rules_digest
from pratique.facts.scan.views import archive, python
from pratique.model import limits
from pratique.model.evidence import Coverage, Finding, Scan, Unread

Timer: TypeAlias = Callable[[float], AbstractContextManager[None]]
"""Gives a block of code so many seconds and raises `LimitExceeded` in it when they are over."""

_PYTHON: Final = tuple((rule, rule.looks_at) for rule in RULES if isinstance(rule.looks_at, Python))
_ARCHIVE: Final = tuple((rule, rule.looks_at) for rule in RULES if isinstance(rule.looks_at, Archive))
_WHEEL: Final = (".whl", ".egg")
_CODEC: Final = re.compile(
    rb"codecs\s*\.\s*register\b|\bfrom\s+codecs\s+import\b[^;=]{0,1000}?\bregister\b|\bimport\s[^;\n]{0,1000}?\bcodecs\s+as\b"
)
"""How a module gets at what makes encodings of its own."""


def untimed(seconds: float) -> AbstractContextManager[None]:
    """For callers that are stopped from outside, or trust what they look at."""
    del seconds
    return nullcontext()


def scan(filename: str, members: Iterable[Member], *, timer: Timer = untimed) -> Scan:
    """Look at the files of an archive.

    Raises what `members` raises: an archive that breaks off half-way, or can be read in two ways, is no clean archive.
    """
    look = _Look(filename, timer)
    for member in members:
        look.member(member)
    look.whole()
    return look.report()


@dataclass(slots=True)
class _Look:
    """One look into one archive."""

    filename: str
    timer: Timer
    findings: list[Finding] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    other: int = 0
    unread: list[Unread] = field(default_factory=list)
    unread_count: int = 0
    paths: set[str] = field(default_factory=set)
    texts: dict[str, bytes] = field(default_factory=dict)
    texts_bytes: int = 0
    overruns: Counter[str] = field(default_factory=Counter)
    makes_codec: bool = False
    strange: list[str] = field(default_factory=list)

    def member(self, member: Member) -> None:
        """Look at one file."""
        twice = member.path in self.paths
        self.paths.add(member.path)
        is_python = _is_python(member.path)
        wanted = any(looks.wants(member.path) for _, looks in _ARCHIVE)
        if not is_python and not wanted:
            self.other += 1
            return
        if twice:
            self._unread(member.path, "it is there twice")
            return
        if member.link:
            self._link(member)
            return
        try:
            data = member.read()
        except LimitExceeded as error:
            self._unread(member.path, str(error))
            return
        if wanted:
            self._keep(member.path, data)
        if is_python:
            self._python(member.path, data)

    def whole(self) -> None:
        """Look at the archive, now that all of it has been seen."""
        for path in self.strange:
            if self.makes_codec:
                self._unread(path, "its encoding is none of Python's, and the archive brings encodings of its own")
            else:
                self.other += 1
        project = re.sub(r"[-_.]+", "-", self.filename.partition("-")[0]).lower()
        wheel = self.filename.endswith(_WHEEL)
        view = archive.ArchiveView(project, wheel, frozenset(self.paths), self.texts)
        for rule, looks in _ARCHIVE:
            self._apply(rule, lambda looks=looks: looks.detect(view), self.filename)  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    def report(self) -> Scan:
        """What was seen, of how much."""
        kept, dropped = worst_of(self.findings)
        coverage = Coverage(dict(sorted(self.read.items())), self.other, tuple(self.unread), self.unread_count)
        return Scan(kept, coverage, rules_digest(), dropped)

    def _python(self, path: str, data: bytes) -> None:
        self.makes_codec = self.makes_codec or (b"codecs" in data and _CODEC.search(data) is not None)
        try:
            source = python.searchable(data)
        except LookupError:
            self.strange.append(path)
            return
        except InvalidInput as error:
            self._unread(path, str(error))
            return
        rules = [(rule, looks) for rule, looks in _PYTHON if looks.words.may_be_in(source)]
        if not rules:
            self.read[python.KIND] += 1
            return
        try:
            view = python.PythonView.of(data)
        except InvalidInput as error:
            self._unread(path, str(error))
            return
        if view is None:
            self._never(path)
            return
        self.read[python.KIND] += 1
        for rule, looks in rules:
            self._apply(rule, lambda looks=looks: looks.detect(view), path)  # type: ignore[misc]  # the same

    def _never(self, path: str) -> None:
        """A text that no Python 3 runs. The script that an installer starts with its own Python, however old, is never one."""
        if path.count("/") <= 1 and path.endswith("setup.py") and not self.filename.endswith(_WHEEL):
            self._unread(path, "not readable as Python 3")
        elif self.filename.endswith(_WHEEL) and "py2-" in self.filename:
            self._unread(path, "not readable as Python 3, and the wheel is for Python 2")
        else:
            self.other += 1

    def _apply(self, rule: Rule, detect: Callable[[], Iterator[Place]], path: str) -> None:
        """Let one rule look, within its time for one file. After a few files that took longer it looks at no more."""
        if self.overruns[rule.id] >= limits.SCAN_RULE_OVERRUNS_MAX:
            self._unread(path, f"the rule {rule.id} has used up its time")
            return
        found: list[Place] = []
        try:
            with self.timer(limits.SCAN_RULE_SECONDS_MAX):
                found.extend(detect())
        except LimitExceeded:
            self.overruns[rule.id] += 1
            self._unread(path, f"the rule {rule.id} had no time to finish")
        except RecursionError:
            self._unread(path, f"nested too deeply for the rule {rule.id}")
        for place in found:
            self.findings.append(
                Finding(rule.id, rule.severity, rule.confidence, place.path or path, place.line, place.message)
            )

    def _keep(self, path: str, data: bytes) -> None:
        self.texts_bytes += len(data)
        if self.texts_bytes > limits.SCAN_TEXTS_BYTES_MAX:
            self._unread(path, f"files of its kind have more than {limits.SCAN_TEXTS_BYTES_MAX} bytes")
            return
        self.texts[path] = data
        self.read[archive.KIND] += 1

    def _link(self, member: Member) -> None:
        """A second name for a file. What it leads to is looked at by its own name, if a rule looks at such names."""
        if _is_python(member.link) and _is_python(member.path):
            self.other += 1
        else:
            self._unread(member.path, "a link to a file that is looked at in another way")

    def _unread(self, path: str, why: str) -> None:
        self.unread_count += 1
        if len(self.unread) < limits.SCAN_UNREAD_NAMED_MAX:
            self.unread.append(Unread(path, why))


def _is_python(path: str) -> bool:
    """Whether a path is that of a Python file, also on file systems that take upper and lower case for one."""
    return path.lower().endswith(python.SUFFIXES)


def worst_of(findings: list[Finding]) -> tuple[tuple[Finding, ...], int]:
    """As many findings as are kept, and how many are not: the worst, and at least one of each severity and confidence.

    So whatever follows from the severity and confidence of one finding follows from those that are kept.
    """
    if len(findings) <= limits.SCAN_FINDINGS_MAX:
        return tuple(findings), 0
    first: dict[tuple[int, int], int] = {}
    for place, finding in enumerate(findings):
        first.setdefault((finding.severity, finding.confidence), place)
    order = sorted(
        range(len(findings)), key=lambda place: (-findings[place].severity, -findings[place].confidence, place)
    )
    must = set(first.values())
    others = (place for place in order if place not in must)
    kept = must | set(islice(others, limits.SCAN_FINDINGS_MAX - len(must)))
    return tuple(findings[place] for place in order if place in kept), len(findings) - len(kept)
