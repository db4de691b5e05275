"""What the indexes say of a project: read once for many who ask at the same time, kept for a while, remembered for good.

A name is served by one index only. Indexes are asked in their order, the public one last; the first that knows the name has
it, and one that does not answer stops the search, because silence is not absence.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from pratique.errors import InvalidInput, NotFound
from pratique.facts.advisories.matching import match
from pratique.facts.continuity import by_presence
from pratique.facts.names.absent import absent
from pratique.facts.names.judge import SHIPPED, Known
from pratique.facts.questions.statements import Statements
from pratique.facts.release import Candidate, observe
from pratique.flow.bounded_cache import BoundedCache
from pratique.flow.memory import Memory
from pratique.flow.own_index import OwnIndex
from pratique.flow.single_flight import SingleFlight
from pratique.model import limits
from pratique.model.advisory import About
from pratique.model.artifact import ProjectName
from pratique.model.ecosystem import Ecosystem
from pratique.model.evidence import Unknown
from pratique.model.listing import ListedFile, Listing, settled_path
from pratique.model.sight import Remembered
from pratique.ports import Advisories, Clock, Fetched, Upstream

_FILE_BYTES: Final = 768
"""What a file of a project takes in memory, apart from its texts."""


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project as one index lists it now, beside what we remember of it.

    Everything in it is by file name. `body_bytes` is how long the page was that it was read from.
    """

    index: str
    project: ProjectName
    page: Listing
    candidates: Mapping[str, Candidate]
    entries: Mapping[str, ListedFile]
    remembered: Mapping[str, Remembered]
    etag: str
    body_bytes: int
    advised: str = ""
    """The state of the advisories that its evidence speaks of."""
    stated: Mapping[str, Statements | Unknown] | None = None
    """What the organisation signed of its files, None for those of an index that is not its own."""

    def file_at(self, path: str) -> ListedFile | None:
        """The file whose URL has this path, decoded; None where there is none."""
        file = self.entries.get(path.rpartition("/")[2])
        return file if file is not None and settled_path(file.path) == path else None

    @property
    def weight_bytes(self) -> int:
        """About how much memory it takes."""
        odd = len(self.page.rejected) + len(self.page.ignored)
        return self.body_bytes + _FILE_BYTES * (1 + len(self.candidates) + len(self.remembered) + odd)


@dataclass(frozen=True, slots=True)
class Absent:
    """An index said that it has no such project."""


Place = tuple[str, ProjectName]
Result = TypeVar("Result")


@dataclass(slots=True)
class Listings:
    """Project pages by index and name."""

    ecosystem: Ecosystem
    upstreams: Mapping[str, Upstream]
    memory: Memory
    clock: Clock
    advisories: Advisories
    explicit: frozenset[str] = frozenset()
    """Indexes that are asked only for what somebody takes from them by name."""
    names: Known = SHIPPED
    """What the names of projects are compared with."""
    own: OwnIndex | None = None
    """The index among them that this gate keeps itself."""
    kept: BoundedCache[Place, tuple[KnownProject | Absent, datetime, int]] = field(
        default_factory=lambda: BoundedCache(limits.PAGES_KEPT_BYTES_MAX)
    )
    fetching: SingleFlight[Place, KnownProject | Absent] = field(default_factory=SingleFlight)

    async def find(self, project: ProjectName, index: str = "") -> KnownProject:
        """The project in the one index that has it; with `index`, as that one serves it.

        Raises `NotFound` when no index has it, `Unavailable` when one that was asked before kept silent, `InvalidInput` when
        an index sent a page that cannot be read.
        """
        for each in self._order(index):
            found = await self._at((each, project))
            if isinstance(found, KnownProject):
                if index and each != index:
                    raise NotFound(f"{project} is served by the index {each}, not by {index}")
                return found
        why = absent(self.ecosystem.kind, project, self.names)
        raise NotFound(f"no index has a project {project}", advice=f"{why}; indexes are set as [index.NAME]")

    async def kept_of(self, project: ProjectName, index: str = "") -> KnownProject | None:
        """What `find` would give without asking anybody; None where it would ask, or raise."""
        for each in self._order(index):
            found = await self._fresh((each, project))
            if found is None or isinstance(found, KnownProject):
                return None if index and each != index else found
        return None

    def _order(self, index: str) -> Iterable[str]:
        """The indexes to be asked, one after the other."""
        return (index,) if index in self.explicit else (each for each in self.upstreams if each not in self.explicit)

    async def _fresh(self, place: Place) -> KnownProject | Absent | None:
        """What is kept of a place, if it still is so.

        What was signed of a file may end at any moment, so a project of the own index is looked up whenever it is asked for;
        that it has none of a name is so until the ledger grows.
        """
        kept = self.kept.get(place)
        if (
            kept is not None
            and self._is_own(place)
            and (isinstance(kept[0], KnownProject) or kept[2] != await self._size(place))
        ):
            return None
        if kept is None or abs(self.clock.now() - kept[1]) >= timedelta(seconds=limits.PAGE_FRESH_SECONDS):
            return None
        found = kept[0]
        return found if isinstance(found, Absent) or found.advised == self.advisories.state() else None

    async def _at(self, place: Place) -> KnownProject | Absent:
        fresh = await self._fresh(place)
        if fresh is not None:
            return fresh
        size = await self._size(place)
        found = await self.fetching.run(place, lambda: self._fetch(place))
        weight = found.weight_bytes if isinstance(found, KnownProject) else _FILE_BYTES
        self.kept.put(place, (found, self.clock.now(), size), weight)
        return found

    def _is_own(self, place: Place) -> bool:
        return self.own is not None and place[0] == self.own.name

    async def _size(self, place: Place) -> int:
        """The size of the ledger, by which what the own index says is known to be as it was; nothing for other indexes."""
        return await self.own.ledger.store.size() if self.own is not None and self._is_own(place) else 0

    async def _fetch(self, place: Place) -> KnownProject | Absent:
        index, project = place
        before = self.kept.get(place)
        kept = before[0] if before is not None and isinstance(before[0], KnownProject) else None
        remembered = await self.memory.remembered(index, project)
        state = self.advisories.state()
        upstream = self.upstreams[index]
        try:
            fetched = await upstream.get(
                f"{upstream.url}{project}/",
                accept=self.ecosystem.accept,
                bytes_max=limits.PAGE_BYTES_MAX,
                etag=kept.etag if kept else "",
            )
        except NotFound:
            if not remembered:
                return Absent()
            page, told = Listing.empty(project), ("", 0)
        else:
            if fetched.not_modified and kept is not None:
                stated = await self._stated(place, kept.page)
                if (remembered, state, stated) == (kept.remembered, kept.advised, kept.stated):
                    return kept
                page, told = kept.page, (fetched.etag, kept.body_bytes)
            else:
                page, told = await self._read(fetched, project), (fetched.etag, len(fetched.body))
            del fetched  # a large page is not held longer than it is read
        now = self.clock.now()
        stated = await self._stated(place, page)
        about = await self.advisories.about(self.ecosystem.kind, page.name)
        work = partial(self._known, index, page, remembered, told, now, about, state, stated)
        known, new = await beside(len(page.files), work)
        if new:
            await self.memory.remember(index, self.ecosystem.kind, project, new)
        return known

    async def _stated(self, place: Place, page: Listing) -> Mapping[str, Statements | Unknown] | None:
        if self.own is None or not self._is_own(place):
            return None
        return await self.own.stated(page.files, self.clock.now())

    async def _read(self, fetched: Fetched, project: ProjectName) -> Listing:
        """A page as values; a large one is read beside the event loop."""
        told = fetched.body, fetched.content_type, fetched.url, project
        if len(fetched.body) <= limits.PAGE_INLINE_BYTES_MAX:
            return self.ecosystem.read(*told)
        return await asyncio.to_thread(self.ecosystem.read, *told)

    def _known(
        self,
        index: str,
        page: Listing,
        remembered: Mapping[str, Remembered],
        told: tuple[str, int],
        now: datetime,
        about: About | Unknown,
        state: str,
        stated: Mapping[str, Statements | Unknown] | None,
    ) -> tuple[KnownProject, list[Remembered]]:
        """The project, and the files of it that are seen for the first time."""
        found = candidates(self.ecosystem, page, index, remembered, about, self.names, stated)
        new = [
            Remembered(file.filename, file.version, file.digest, file.path, now)
            for file in page.files
            if file.digest is not None and file.filename not in remembered
        ]
        known = KnownProject(
            index=index,
            project=page.name,
            page=page,
            candidates={candidate.artifact.file: candidate for candidate in found},
            entries={file.filename: file for file in page.files},
            remembered=remembered,
            etag=told[0],
            body_bytes=told[1],
            advised=state,
            stated=stated,
        )
        return known, new


async def beside(files: int, work: Callable[[], Result]) -> Result:
    """The result of pure work over so many files: beside the event loop, where they are many."""
    return work() if files <= limits.PAGE_INLINE_FILES_MAX else await asyncio.to_thread(work)


def candidates(
    ecosystem: Ecosystem,
    page: Listing,
    index: str,
    remembered: Mapping[str, Remembered],
    about: About | Unknown,
    names: Known,
    stated: Mapping[str, Statements | Unknown] | None = None,
) -> tuple[Candidate, ...]:
    """Every file of a project that is listed, or once was, with what the index tier knows of it."""
    listed = {file.filename for file in page.files}
    gone = [known for known in remembered.values() if known.filename not in listed]
    versions = [*(file.version for file in page.files), *(known.version for known in gone)]
    return observe(
        page.files,
        gone,
        attested=by_presence(page.files, attests=page.attests, read=ecosystem.version),
        advised=about if isinstance(about, Unknown) else match(about, versions, ecosystem.version),
        ecosystem=ecosystem.kind,
        project=page.name,
        index=index,
        quarantined=page.status_reason if page.status == "quarantined" else None,
        remembered=remembered,
        names=names,
        stated=stated,
    )


def is_at(path: str, other: str) -> bool:
    """Whether two ways to write a path lead to one place."""
    with contextlib.suppress(InvalidInput):
        return settled_path(path) == settled_path(other)
    return False
