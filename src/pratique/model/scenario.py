"""What a drill replays: an attack as it happened, or a benign release that must come in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from pratique.model.artifact import Digest

World = TypeVar("World")


class Stage(StrEnum):
    """Where an attack is contained, the earliest first."""

    BEFORE_DOWNLOAD = "before_download"
    DOWNLOAD = "download"
    EXPOSED = "exposed"


class Kind(StrEnum):
    """What a scenario is about: the packages of an index, or files by themselves (scripts, notebooks, models, data)."""

    PYPI = "pypi"
    NPM = "npm"
    SCRIPT = "script"

    @property
    def has_door(self) -> bool:
        """Whether the gate speaks to the clients of this world. Other files are handed to scan and policy without a page."""
        return self is Kind.PYPI


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an attack is contained, and by which control; `without` is the control that does so with the cooldown off."""

    stage: Stage
    control: str
    without: str


class ScenarioFile(msgspec.Struct, frozen=True):
    """One file of a scenario's project. `asked_for` marks those that matter; `removed` is when it is gone."""

    filename: str
    version: str
    uploaded: datetime
    removed: datetime | None = None
    asked_for: bool = False


class Scenario(msgspec.Struct, frozen=True):
    """A project, its files in the order of their uploads, and what is to come of those that are asked for.

    Of an attack, `expected` says where it is contained; `also_off` names conditions that are switched off beside the cooldown
    in the second run, and `reserved` the project names that its victim could have reserved. A benign release is asked for at
    the moment `asked`; `refused_by` names the one condition that may refuse it, empty where it must come in. `source` is the
    folder that it was read from, empty for what ships.
    """

    id: str
    title: str
    kind: Kind
    project: str
    files: tuple[ScenarioFile, ...]
    expected: Expected | None = None
    also_off: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    asked: datetime | None = None
    refused_by: str = ""
    source: str = ""

    @property
    def asked_for(self) -> tuple[ScenarioFile, ...]:
        """The files that matter."""
        return tuple(file for file in self.files if file.asked_for)

    def before(self, file: ScenarioFile) -> ScenarioFile | None:
        """The newest file uploaded before one that is asked for, and not asked for itself: what its victim had until then."""
        earlier = [each for each in self.files if each.uploaded < file.uploaded and not each.asked_for]
        return earlier[-1] if earlier else None


@dataclass(frozen=True, slots=True)
class Scene(Generic[World]):
    """Where a scenario takes place: a world, the hand that sets its clock, and the digests of the files that are handed over.

    Files are handed over where the gate has no door for their kind; their bytes are held in the world's blobs.
    """

    world: World
    set_clock: Callable[[datetime], None]
    held: Mapping[ScenarioFile, Digest]
