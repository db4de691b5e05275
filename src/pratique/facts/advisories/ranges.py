"""Whether a version is affected (OSV schema, "Evaluation"), for all versions of a project at once.

A project may list hundreds of versions and have hundreds of advisories. The versions are put in order once, and each edge of
a range is looked up in that order.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pratique.model.advisory import Affected, Edge, Event
from pratique.model.artifact import VersionText
from pratique.model.ecosystem import Version

_EVERYTHING: Final = "0"
_ORDER: Final = {Edge.FIXED: 0, Edge.LIMIT: 0, Edge.INTRODUCED: 1, Edge.LAST_AFFECTED: 2}
"""What comes first of edges at one version: a range that ends there and begins anew leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The versions of a project in their order, and those that have none, which are compared as they are written."""

    texts: tuple[VersionText, ...]
    keys: tuple[Any, ...]
    others: frozenset[VersionText]
    read: Callable[[str], Version | None]

    @classmethod
    def of(cls, versions: Iterable[VersionText], read: Callable[[str], Version | None]) -> "Ordered":
        """The versions, each once. `read` takes a version apart as its ecosystem does; None for what is none."""
        known, others = [], []
        for text in dict.fromkeys(versions):
            version = read(text)
            if version is None:
                others.append(text)
            else:
                known.append((version.key, text))
        known.sort()
        return cls(tuple(text for _, text in known), tuple(key for key, _ in known), frozenset(others), read)

    def affected(self, by: Affected) -> frozenset[VersionText]:
        """The versions that a record is about: those it names, those in a range, and all of them where it names nothing."""
        if not by.versions and not by.ranges:
            return frozenset(self.texts) | self.others
        found = self.named(by.versions)
        for events in by.ranges:
            for start, end in self._spans(events):
                found.update(self.texts[start:end])
        return frozenset(found)

    def named(self, versions: Sequence[str]) -> set[VersionText]:
        """Those of the project that are named, in whatever form they are written."""
        found: set[VersionText] = set()
        for text in versions:
            version = self.read(text)
            if version is None:
                found.update(each for each in self.others if each == text)
                continue
            place = bisect_left(self.keys, version.key)
            while place < len(self.keys) and self.keys[place] == version.key:
                found.add(self.texts[place])
                place += 1
        return found

    def _spans(self, events: Sequence[Event]) -> Iterable[tuple[int, int]]:
        """The places of affected versions, from one (included) to another (excluded).

        An edge that cannot be read as a version is passed over, unless it starts a range: that one then starts at the first
        version, because what cannot be placed is not left out.
        """
        placed = [(*found, event.edge) for event in events if (found := self._place(event)) is not None]
        last = max((place for _, place, edge in placed if edge is Edge.LIMIT), default=len(self.texts))
        begun: int | None = None
        for _, place, edge in sorted(placed, key=lambda each: (each[0], _ORDER[each[2]])):
            if edge is Edge.INTRODUCED:
                begun = place if begun is None else begun
            elif begun is not None and edge is not Edge.LIMIT:
                yield begun, min(place, last)
                begun = None
        if begun is not None:
            yield begun, last

    def _place(self, event: Event) -> tuple[tuple[Any, ...], int] | None:
        """What an edge is ordered by, and the first place behind it; None for one that cannot be placed."""
        version = None if event.version == _EVERYTHING else self.read(event.version)
        if version is None:
            start = event.edge is Edge.INTRODUCED
            return ((), 0) if start else None
        side = bisect_right if event.edge is Edge.LAST_AFFECTED else bisect_left
        return (version.key,), side(self.keys, version.key)
