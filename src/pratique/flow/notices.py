"""What happened since the gate started, for the one who started it: the two lines after `pratique pip install`."""

from dataclasses import dataclass, field

from pratique.model.artifact import ProjectName
from pratique.model.decision import Decision


@dataclass(frozen=True, slots=True)
class Notice:
    """A decision somebody may want to hear about, by its id."""

    id: str
    decision: Decision


@dataclass(slots=True)
class Notices:
    """Filled by the verbs, read by the command line; kept in memory only, because the ledger is the record."""

    refused: dict[str, Notice] = field(default_factory=dict)
    """Files and metadata that were refused, by decision id."""
    warned: dict[str, Notice] = field(default_factory=dict)
    """Files that came in although the policy speaks against them, because their scope only warns, by decision id."""
    held_back: dict[ProjectName, Notice] = field(default_factory=dict)
    """The newest release of a project that its page held back, by project."""
    served: dict[ProjectName, set[str]] = field(default_factory=dict)
    """The file names that were served, by project."""

    def swapped(self) -> list[tuple[Notice, str]]:
        """Releases that were steered around: what was held back, and the file served in its place."""
        return [
            (notice, filename)
            for project, notice in self.held_back.items()
            for filename in sorted(self.served.get(project, ()))
        ]
