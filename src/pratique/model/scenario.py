"""What a drill replays: an attack as it happened, or a benign release that must come in."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """Where an attack is contained, the earliest first."""

    BEFORE_DOWNLOAD = "before_download"
    DOWNLOAD = "download"
    EXPOSED = "exposed"


class Scenario(msgspec.Struct, frozen=True):
    """A project on a simulated index, and the files of it that matter.

    Of an attack, `control` is the condition that the catalogue expects first, `published` and `removed` its window. Of a benign
    release `refused_by` names the one condition that may refuse it; empty where it must come in.
    """

    id: str
    title: str
    project: str
    filenames: tuple[str, ...]
    published: datetime
    removed: datetime | None = None
    control: str = ""
    reserved: tuple[str, ...] = ()
    refused_by: str = ""
