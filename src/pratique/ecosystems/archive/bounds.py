"""What no archive may have, whatever its kind: too much of anything, a path that leads out, a name for two files."""

from collections.abc import Iterator

from pratique.ecosystems.archive.member import Member
from pratique.ecosystems.archive.paths import check_path
from pratique.ecosystems.archive.unpacker import BROKEN
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits


def bounded(filename: str, members: Iterator[Member], *, colons: bool = False) -> Iterator[Member]:
    """The members, as long as they are within the limits and each path means one place.

    `colons` says whether paths may have them. Raises `InvalidInput` and `LimitExceeded`.
    """
    total = 0
    tree = _Tree()
    try:
        for count, member in enumerate(members, 1):
            if count > limits.ARCHIVE_MEMBERS_MAX:
                raise LimitExceeded(f"{filename} has more than {limits.ARCHIVE_MEMBERS_MAX} members")
            check_path(member.path, colons=colons)
            if member.link:
                check_path(member.link, colons=colons)
            if not tree.takes(member):
                raise InvalidInput(f"{filename} has a member whose path leads over a link")
            total += member.size
            if total > limits.ARCHIVE_UNPACKED_BYTES_MAX:
                raise LimitExceeded(f"{filename} unpacks to more than {limits.ARCHIVE_UNPACKED_BYTES_MAX} bytes")
            yield member
    except BROKEN as error:
        raise InvalidInput(f"{filename} cannot be unpacked: {type(error).__name__}") from error


def once(filename: str, members: Iterator[Member]) -> Iterator[Member]:
    """Refuse a name that is there twice: of a zip, some readers take the first and some the last. Of a tar, all take the last."""
    seen: set[str] = set()
    for member in members:
        if member.path in seen:
            raise InvalidInput(f"{filename} has two members with the name of one")
        seen.add(member.path)
        yield member


class _Tree:
    """Which folders there are and which links: what is written behind a link is elsewhere than its path says."""

    def __init__(self) -> None:
        self._links: set[str] = set()
        self._folders: set[str] = set()

    def takes(self, member: Member) -> bool:
        """Whether a member comes to lie where its path says. Links are followed, or replaced, as each reader likes.

        A folder that is known lies behind no link, and no link takes its place later. Raises `LimitExceeded`.
        """
        for folder in _above(member.path):
            if folder in self._folders:
                break
            if folder in self._links:
                return False
            self._folders.add(folder)
        if len(self._folders) > limits.ARCHIVE_FOLDERS_MAX:
            raise LimitExceeded(f"its members lie in more than {limits.ARCHIVE_FOLDERS_MAX} folders")
        if member.path in self._links or (member.link and member.path in self._folders):
            return False
        if member.link:
            self._links.add(member.path)
        return True


def _above(path: str) -> Iterator[str]:
    """The folders that a path is in, the innermost first."""
    while path := path.rpartition("/")[0]:
        yield path
