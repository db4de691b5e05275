"""When the file reached its index, and in which moment of its project's life."""

from datetime import datetime, timedelta
from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.durations import roughly
from pratique.model.evidence import Unknown

SILENCE: Final = timedelta(days=90)
"""Without an upload for so long, a project is silent; shorter pauses are not noticed."""

_OLD: Final = timedelta(days=1000)
_LONG_AGO: Final = timedelta(days=3000)


class Silence(msgspec.Struct, frozen=True, gc=False):
    """A time without uploads to a project, of at least `SILENCE`, from one upload to the next (aware, UTC)."""

    since: datetime
    until: datetime


@final
class Upload(msgspec.Struct, frozen=True, gc=False, tag="upload", omit_defaults=True):
    """When this file reached the index, beside the history of its project (all aware, UTC).

    `project_since` is the first upload of the project; `silence` the last one that ended with this upload or before it.
    """

    at: datetime
    project_since: datetime
    silence: Silence | None = None


def _told(upload: Upload) -> str:
    told = f"{upload.at:%Y-%m-%d %H:%M} UTC, the project's first file {upload.project_since:%Y-%m-%d}"
    silence = upload.silence
    if silence is None:
        return told
    return f"{told}, silent for {roughly(silence.until - silence.since)} until {silence.until:%Y-%m-%d}"


def _silence(upload: Upload, now: datetime) -> timedelta:
    del now
    silence = upload.silence
    if silence is None or upload.at - silence.until >= SILENCE:
        return timedelta()
    return silence.until - silence.since


def _aged(upload: Upload, age: timedelta, now: datetime) -> Upload:
    at = now - age
    return Upload(at, min(upload.project_since, at))


def _project_aged(upload: Upload, age: timedelta, now: datetime) -> Upload:
    since = now - age
    return Upload(max(upload.at, since), since)


def _silenced(upload: Upload, pause: timedelta, now: datetime) -> Upload:
    del now
    before = upload.at - pause
    return Upload(upload.at, min(upload.project_since, before), Silence(before, upload.at))


UPLOAD: Final = Question(
    id="upload",
    answer=Upload,
    asks="when it was uploaded",
    source="its index",
    unanswered=Unknown("index", "it gives no upload time"),
    benign=lambda now: Upload(now - _OLD, now - _LONG_AGO),
    told=_told,
    words=(
        Word(
            "release.age",
            Kind.DURATION,
            "how long ago this file was uploaded",
            lambda upload, now: now - upload.at,
            _aged,
        ),
        Word(
            "release.project_age",
            Kind.DURATION,
            "how long ago the project's first file was uploaded",
            lambda upload, now: now - upload.project_since,
            _project_aged,
        ),
        Word(
            "release.silence",
            Kind.DURATION,
            f"how long the project had been silent, where it woke less than {SILENCE.days} days before this file; none otherwise",
            _silence,
            _silenced,
        ),
    ),
)
