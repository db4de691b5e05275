"""The first sight of a file at an index, which outlives the index's own forgetting."""

from datetime import datetime

import msgspec

from pratique.model.artifact import Digest, VersionText


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """What we knew of a file when we first saw it listed. `path` is that of its URL at the index."""

    filename: str
    version: VersionText
    digest: Digest | None
    path: str
    first_seen: datetime
