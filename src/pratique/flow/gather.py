"""From a page and what is remembered of its project to evidence for each file."""

from collections.abc import Iterator, Mapping

from pratique.ecosystems.pypi.filenames import parse_filename
from pratique.ecosystems.pypi.simple import ProjectPage
from pratique.errors import InvalidInput
from pratique.facts.release import observe
from pratique.model.artifact import Ecosystem, VersionText
from pratique.model.evidence import Candidate
from pratique.ports import Remembered


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
