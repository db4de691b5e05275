"""What the indexes say of a project: read once for many who ask at the same time, kept for a while, remembered for good.

A name is served by one index only. Indexes are asked in their order, the public one last; the first that knows the name has
it, and one that does not answer stops the search, because silence is not absence.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from pratique.errors import InvalidInput, NotFound
from pratique.facts.release import Candidate, observe
from pratique.flow.memory import Memory
from pratique.flow.single_flight import SingleFlight
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.ecosystem import Ecosystem
from pratique.model.listing import ListedFile, Listing, settled_path
from pratique.model.sight import Remembered
from pratique.ports import Clock, Fetched, Upstream


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project as one index lists it now, beside what we remember of it.

    Everything but `paths` is by file name; `paths` gives the file name for the path of its URL, decoded.
    """

    index: str
    project: ProjectName
    page: Listing
    candidates: Mapping[str, Candidate]
    entries: Mapping[str, ListedFile]
    paths: Mapping[str, str]
    remembered: Mapping[str, Remembered]
    etag: str


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
    kept: dict[Place, tuple[KnownProject | Absent, datetime]] = field(default_factory=dict)
    fetching: SingleFlight[Place, KnownProject | Absent] = field(default_factory=SingleFlight)

    async def find(self, project: ProjectName) -> KnownProject:
        """The project in the one index that has it.

        Raises `NotFound` when no index has it, `Unavailable` when one that was asked before kept silent, `InvalidInput` when
        an index sent a page that cannot be read.
        """
        for index in self.upstreams:
            found = await self._at((index, project))
            if isinstance(found, KnownProject):
                return found
        raise NotFound(
            f"no index has a project {project}",
            advice="check the spelling, or add its index to the settings as [index.NAME]",
        )

    async def _at(self, place: Place) -> KnownProject | Absent:
        kept = self.kept.get(place)
        if kept is not None and abs(self.clock.now() - kept[1]) < timedelta(seconds=limits.PAGE_FRESH_SECONDS):
            return kept[0]
        found = await self.fetching.run(place, lambda: self._fetch(place))
        self.kept.pop(place, None)
        self.kept[place] = (found, self.clock.now())
        while len(self.kept) > limits.PAGES_KEPT_MAX:
            del self.kept[next(iter(self.kept))]
        return found

    async def _fetch(self, place: Place) -> KnownProject | Absent:
        index, project = place
        before = self.kept.get(place, (None, None))[0]
        kept = before if isinstance(before, KnownProject) else None
        remembered = await self.memory.remembered(index, project)
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
            page, etag = Listing.empty(project), ""
        else:
            etag = fetched.etag
            if fetched.not_modified and kept is not None:
                page = kept.page
            else:
                page = await self._read(fetched, project)
        now = self.clock.now()
        known, new = await beside(len(page.files), lambda: self._known(index, page, remembered, etag, now))
        if new:
            await self.memory.remember(index, self.ecosystem.kind, project, new)
        return known

    async def _read(self, fetched: Fetched, project: ProjectName) -> Listing:
        """A page as values; a large one is read beside the event loop."""
        told = fetched.body, fetched.content_type, fetched.url, project
        if len(fetched.body) <= limits.PAGE_INLINE_BYTES_MAX:
            return self.ecosystem.read(*told)
        return await asyncio.to_thread(self.ecosystem.read, *told)

    def _known(
        self, index: str, page: Listing, remembered: Mapping[str, Remembered], etag: str, now: datetime
    ) -> tuple[KnownProject, list[Remembered]]:
        """The project, and the files of it that are seen for the first time."""
        found = candidates(self.ecosystem, page, index, remembered)
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
            paths={settled_path(file.path): file.filename for file in page.files},
            remembered=remembered,
            etag=etag,
        )
        return known, new


async def beside(files: int, work: Callable[[], Result]) -> Result:
    """The result of pure work over so many files: beside the event loop, where they are many."""
    return work() if files <= limits.PAGE_INLINE_FILES_MAX else await asyncio.to_thread(work)


def candidates(
    ecosystem: Ecosystem, page: Listing, index: str, remembered: Mapping[str, Remembered]
) -> tuple[Candidate, ...]:
    """Every file of a project that is listed, or once was, with what the index tier knows of it."""
    listed = {file.filename for file in page.files}
    return observe(
        page.files,
        [known for known in remembered.values() if known.filename not in listed],
        ecosystem=ecosystem.kind,
        project=page.name,
        index=index,
        quarantined=page.status_reason if page.status == "quarantined" else None,
        remembered=remembered,
    )


def is_at(path: str, other: str) -> bool:
    """Whether two ways to write a path lead to one place."""
    with contextlib.suppress(InvalidInput):
        return settled_path(path) == settled_path(other)
    return False
