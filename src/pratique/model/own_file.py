"""A file that an organisation published to its own index, which this gate keeps."""

from datetime import datetime

import msgspec

from pratique.model.artifact import Digest, ProjectName, VersionText
from pratique.model.statement import Predicate


class OwnFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file, as it stands now. Its bytes never change, and its name is never given to others.

    `at` is when it was published, `requires` what it asks of its runtime. `yanked` is why it was yanked (PEP 592), `deleted` why
    it was deleted; empty where it was not.
    """

    project: ProjectName
    version: VersionText
    filename: str
    digest: Digest
    size: int
    at: datetime
    requires: str = ""
    yanked: str = ""
    deleted: str = ""


class Offered(msgspec.Struct, frozen=True):
    """A file that somebody wants to publish, read in the one way it can be read.

    `place` is what it takes in its index: another file there, however its name is spelled, would be another file of the same
    kind for the same release.
    """

    project: ProjectName
    version: VersionText
    filename: str
    place: str
    requires: str = ""


class KeptStatement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement about a file of the own index: what it says it is, and when the ledger took it."""

    predicate: Predicate
    at: datetime
