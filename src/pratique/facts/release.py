"""What an index's page says of each file: when it was uploaded, how it is listed, which digest it has.

A page lists thousands of files, so facts that are the same for many are made once, and the history of the project is read in
one pass over the uploads in the order of their times.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pratique.model.artifact import Digest, VersionText
from pratique.model.evidence import (
    Candidate,
    Evidence,
    Hashes,
    Listing,
    ListingState,
    Origin,
    Unknown,
    Upload,
)

NO_UPLOAD_TIME = Unknown("index", "it gives no upload time")
NO_ADVISORIES = Unknown("advisories", "no source of advisories is set up")
NO_PROVENANCE = Unknown("provenance", "attestations are not read yet")
NO_LONGER_LISTED = Unknown("index", "it no longer lists the file")
_LISTED = Listing(ListingState.LISTED)


class ListedFile(Protocol):
    """A file on a page, as this module needs to see it."""

    @property
    def filename(self) -> str:
        """Its name."""
        ...

    @property
    def version(self) -> VersionText:
        """Its version, in normal form."""
        ...

    @property
    def upload_time(self) -> datetime | None:
        """When it was uploaded (aware, UTC), None when the index does not say."""
        ...

    @property
    def sha256(self) -> Digest | None:
        """The digest the index states."""
        ...

    @property
    def yanked(self) -> bool | str:
        """Whether it is yanked, or why."""
        ...


class KnownFile(Protocol):
    """A file as it was when it was first seen."""

    @property
    def filename(self) -> str:
        """Its name."""
        ...

    @property
    def digest(self) -> Digest | None:
        """The digest it had then."""
        ...


def observe(
    files: Sequence[ListedFile],
    gone: Iterable[tuple[KnownFile, VersionText]],
    *,
    index: str,
    quarantined: str | None,
    remembered: Mapping[str, KnownFile],
) -> tuple[Candidate, ...]:
    """The index-tier evidence of every file of a project.

    `gone` are files that were listed once and are no longer, each with its version; `quarantined` is the reason of a project
    in quarantine (PEP 792), None for one that is not.
    """
    origin = Origin(index)
    everywhere = None if quarantined is None else Listing(ListingState.QUARANTINED, quarantined)
    uploads = _uploads(files)
    listed = [
        Candidate(
            file.filename,
            file.version,
            Evidence(
                uploads.get(file.filename, NO_UPLOAD_TIME),
                origin,
                everywhere or (_LISTED if file.yanked is False else _yanked(file.yanked)),
                _hashes(file, remembered),
                NO_ADVISORIES,
                NO_PROVENANCE,
            ),
        )
        for file in files
    ]
    vanished = Listing(ListingState.VANISHED, "the index no longer lists it")
    listed += [
        Candidate(
            known.filename,
            version,
            Evidence(
                NO_LONGER_LISTED,
                origin,
                vanished,
                Hashes(published=None, remembered=known.digest),
                NO_ADVISORIES,
                NO_PROVENANCE,
            ),
        )
        for known, version in gone
    ]
    return tuple(listed)


def _uploads(files: Sequence[ListedFile]) -> dict[str, Upload]:
    """Upload facts by file name: one pass in the order of time, remembering the last upload of another version."""
    timed = sorted(
        ((file.upload_time, file) for file in files if file.upload_time is not None), key=lambda pair: pair[0]
    )
    if not timed:
        return {}
    since = timed[0][0]
    uploads: dict[str, Upload] = {}
    before: datetime | None = None
    current, current_at = timed[0][1].version, since
    for at, file in timed:
        if file.version != current:
            before, current = current_at, file.version
        uploads[file.filename] = Upload(at, since, before)
        current_at = at
    return uploads


def _yanked(yanked: bool | str) -> Listing:  # noqa: FBT001 - PEP 592 writes a yank as true or as its reason
    return Listing(ListingState.YANKED, yanked if isinstance(yanked, str) else "")


def _hashes(file: ListedFile, remembered: Mapping[str, KnownFile]) -> Hashes:
    known = remembered.get(file.filename)
    return Hashes(file.sha256, None if known is None else known.digest)
