"""Who is told of what the gate does while it does it: the end of a wrapped command, a log, counters. The ledger is the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pratique.model.artifact import Artifact, ProjectName
from pratique.model.decision import Decision
from pratique.model.listing import Rejected
from pratique.ports import IndexObserver


@dataclass(frozen=True, slots=True)
class Notice:
    """A decision somebody may want to hear about, by its id."""

    id: str
    decision: Decision


class Observer(IndexObserver, Protocol):
    """Told after the answer is recorded; must be quick, and keeps within bounds of its own what it keeps."""

    def refused(self, notice: Notice) -> None:
        """A file, or the metadata of one, was refused."""
        ...

    def warned(self, notice: Notice) -> None:
        """A file came in although the policy speaks against it, because its scope only observes or warns."""
        ...

    def served(self, artifact: Artifact) -> None:
        """A file was let in."""
        ...

    def steered(self, project: ProjectName, held: int, newest: Notice | None) -> None:
        """A page held back `held` files; `newest` is the release that an unpinned install would have taken."""
        ...

    def rejected(self, project: ProjectName, files: Sequence[Rejected]) -> None:
        """A page has files that could not be read, and that are not offered."""
        ...

    def elsewhere(self, host: str, *, let_through: bool) -> None:
        """A client asked the gate, as its proxy, for another host (`name:port`)."""
        ...


class Unobserved:
    """An observer that looks away."""

    def refused(self, notice: Notice) -> None:
        """As `Observer.refused`."""

    def warned(self, notice: Notice) -> None:
        """As `Observer.warned`."""

    def served(self, artifact: Artifact) -> None:
        """As `Observer.served`."""

    def steered(self, project: ProjectName, held: int, newest: Notice | None) -> None:
        """As `Observer.steered`."""

    def answered(self, index: str) -> None:
        """As `IndexObserver.answered`."""

    def silent(self, index: str, why: str) -> None:
        """As `IndexObserver.silent`."""

    def rejected(self, project: ProjectName, files: Sequence[Rejected]) -> None:
        """As `Observer.rejected`."""

    def elsewhere(self, host: str, *, let_through: bool) -> None:
        """As `Observer.elsewhere`."""
