"""One file of an archive."""

from collections.abc import Callable
from dataclasses import dataclass

from pratique.errors import LimitExceeded
from pratique.model import limits


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. `size` is what the archive claims; `read` raises `LimitExceeded` for one that is too large.

    `link` is where a link leads, as a path from the archive's root; the content of a link is not read.
    """

    path: str
    size: int
    read: Callable[[], bytes]
    link: str = ""


def check_size(size: int) -> None:
    """Refuse a member that is too large to be read. Raises `LimitExceeded`."""
    if size > limits.ARCHIVE_MEMBER_BYTES_MAX:
        raise LimitExceeded(f"it has {size} bytes; the limit is {limits.ARCHIVE_MEMBER_BYTES_MAX}")
