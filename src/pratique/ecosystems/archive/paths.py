"""Which paths mean one place to all who unpack an archive."""

import re
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

_STREAM: Final = re.compile(r"^.?:|::|:$|:.*\$")
"""A drive of Windows, or a second name there for a file or a folder (`a.py::$DATA`). Other colons are signs like any."""


def check_path(path: str, *, colons: bool) -> None:
    """Refuse a path that leads out of its archive, or that some systems take for another. Raises `InvalidInput`.

    `colons` says whether it may have them: what unpacks zips writes them as they are, or as `_`. Raises `LimitExceeded`, too.
    """
    if len(path) > limits.ARCHIVE_PATH_CHARACTERS_MAX:
        raise LimitExceeded(f"a member has a path of {len(path)} characters")
    parts = path.split("/")
    climbs = path.startswith("/") or ".." in parts or "" in parts or "." in parts
    if (
        climbs
        or "\\" in path
        or (":" in path and (not colons or any(_STREAM.search(part) for part in parts)))
        or not path.isprintable()
        or any(part.endswith((".", " ")) for part in parts)
    ):
        raise InvalidInput("a member has a path that leads out of its archive, or can be read in two ways")
