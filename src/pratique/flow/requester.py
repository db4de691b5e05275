"""Who asks, in which scope, for what."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pratique.model.artifact import Digest
from pratique.model.event import Requested
from pratique.model.scope import Actor, Scope


@dataclass(frozen=True, slots=True)
class Requester:
    """Someone with a request; `actor.name` and `machine` are in the clear here and leave only as they are recorded.

    `machine` is the one the request concerns, empty for the one the gate runs on.
    """

    scope: Scope
    actor: Actor
    machine: str = ""


@dataclass(frozen=True, slots=True)
class FileRequest:
    """A request for one file: its index, and its path there, decoded (`model.listing.settled_path`).

    Which project it belongs to, the listings say. `takes` says, once the file's digest and its size in bytes are known, whether
    the answer would bring it: its bytes from the first on. A question for its size, for a part from the middle, or whether a
    copy is still right, takes nothing. `runtime` is the version of what the file is for, where the client tells it.
    """

    requester: Requester
    index: str
    path: str
    what: Requested = Requested.FILE
    takes: Callable[[Digest, int], bool] = field(default=lambda _digest, _size: True, compare=False)
    runtime: str = ""

    @property
    def filename(self) -> str:
        """The name of the file: the last segment."""
        return self.path.rpartition("/")[2]
