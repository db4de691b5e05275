"""What the indexes say of a project: read once for many who ask at the same time, kept for a while, remembered for good.

A name is served by one index only. Indexes are asked in their order, the public one last; the first that knows the name has
it, and one that does not answer stops the search, because silence is not absence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pratique.ecosystems.pypi.entries import FileEntry
from pratique.ecosystems.pypi.filenames import parse_filename
from pratique.ecosystems.pypi.simple import ACCEPT, ProjectPage, parse_page
from pratique.errors import InvalidInput, NotFound
from pratique.facts.release import Candidate, observe
from pratique.flow.memory import Memory
from pratique.flow.single_flight import SingleFlight
from pratique.model import limits
from pratique.model.artifact import Ecosystem, ProjectName, VersionText
from pratique.model.sight import Remembered
from pratique.ports import Clock, Upstream


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project as one index lists it now, beside what we remember of it."""

    index: str
    project: ProjectName
    page: ProjectPage
    candidates: Mapping[str, Candidate]
    entries: Mapping[str, FileEntry]
    remembered: Mapping[str, Remembered]
    etag: str


@dataclass(frozen=True, slots=True)
class Absent:
    """An index said that it has no such project."""


Place = tuple[str, ProjectName]


@dataclass(slots=True)
class Listings:
    """Project pages by index and name."""

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
        known = before if isinstance(before, KnownProject) else None
        remembered = await self.memory.remembered(index, project)
        upstream = self.upstreams[index]
        try:
            fetched = await upstream.get(
                f"{upstream.url}{project}/",
                accept=ACCEPT,
                bytes_max=limits.PAGE_BYTES_MAX,
                etag=known.etag if known else "",
            )
        except NotFound:
            if not remembered:
                return Absent()
            page, etag = ProjectPage.empty(project), ""
        else:
            etag = fetched.etag
            if fetched.not_modified and known is not None:
                page = known.page
            else:
                page = parse_page(fetched.body, fetched.content_type, fetched.url, project)
        await self._remember(place, page, remembered)
        return KnownProject(
            index=index,
            project=project,
            page=page,
            candidates={candidate.artifact.file: candidate for candidate in candidates(page, index, remembered)},
            entries={entry.filename: entry for entry in page.files},
            remembered=remembered,
            etag=etag,
        )

    async def _remember(self, place: Place, page: ProjectPage, remembered: Mapping[str, Remembered]) -> None:
        now = self.clock.now()
        new = [
            Remembered(entry.filename, entry.version, entry.sha256, entry.path, now)
            for entry in page.files
            if entry.sha256 is not None and entry.filename not in remembered
        ]
        if new:
            index, project = place
            await self.memory.remember(index, Ecosystem.PYPI, project, new)


def candidates(page: ProjectPage, index: str, remembered: Mapping[str, Remembered]) -> tuple[Candidate, ...]:
    """Every file of a project that is listed, or once was, with what the index tier knows of it."""
    return observe(
        page.files,
        _gone(page, remembered),
        ecosystem=Ecosystem.PYPI,
        project=page.name,
        index=index,
        quarantined=page.status_reason if page.status == "quarantined" else None,
        remembered=remembered,
    )


def _gone(page: ProjectPage, remembered: Mapping[str, Remembered]) -> Iterator[tuple[Remembered, VersionText]]:
    listed = {entry.filename for entry in page.files}
    for known in remembered.values():
        if known.filename not in listed:
            try:
                yield known, parse_filename(known.filename, page.name).version
            except InvalidInput:
                continue
