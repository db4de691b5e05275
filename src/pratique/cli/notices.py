"""What happened around one command, for whoever typed it: the two lines after `pratique pip install`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pratique.flow.observer import Notice, Unobserved
from pratique.model.artifact import Artifact, ProjectName
from pratique.model.decision import Decision
from pratique.model.listing import Rejected
from pratique.model.scope import Mode


@dataclass(slots=True)
class Notices(Unobserved):
    """An observer that keeps what it is told. For one command only: a gate for many would keep ever more."""

    stopped: dict[str, Notice] = field(default_factory=dict)
    """Files and metadata that were refused, by decision id."""
    let_in: dict[str, Notice] = field(default_factory=dict)
    """Files that came in although the policy speaks against them, because their scope only warns, by decision id."""
    held_back: dict[ProjectName, Notice] = field(default_factory=dict)
    """The newest release of a project that its page held back, by project."""
    taken: dict[ProjectName, dict[str, Artifact]] = field(default_factory=dict)
    """The files that were served, by project and file name."""
    left_out: dict[ProjectName, Sequence[Rejected]] = field(default_factory=dict)
    """What of a project's page could not be read, by project."""
    quiet: dict[str, str] = field(default_factory=dict)
    """Indexes that did not answer, with why."""
    kept_out: dict[str, None] = field(default_factory=dict)
    """Other hosts that the client asked for in vain."""
    passed: dict[str, None] = field(default_factory=dict)
    """Other hosts that it was let through to."""

    def refused(self, notice: Notice) -> None:
        """As `Observer.refused`."""
        self.stopped[notice.id] = notice

    def warned(self, notice: Notice) -> None:
        """As `Observer.warned`; a scope that only observes says nothing."""
        if notice.decision.mode is Mode.WARN:
            self.let_in[notice.id] = notice

    def served(self, artifact: Artifact) -> None:
        """As `Observer.served`."""
        self.taken.setdefault(artifact.name, {})[artifact.file] = artifact

    def steered(self, project: ProjectName, held: int, newest: Notice | None) -> None:
        """As `Observer.steered`."""
        del held
        if newest is not None:
            self.held_back[project] = newest

    def rejected(self, project: ProjectName, files: Sequence[Rejected]) -> None:
        """As `Observer.rejected`."""
        self.left_out[project] = files

    def silent(self, index: str, why: str) -> None:
        """As `IndexObserver.silent`."""
        self.quiet[index] = why

    def elsewhere(self, host: str, *, let_through: bool) -> None:
        """As `Observer.elsewhere`."""
        (self.passed if let_through else self.kept_out)[host] = None

    @property
    def releases(self) -> list[tuple[str, str]]:
        """The releases of which something was served: names and versions."""
        return [(served.name, served.version) for files in self.taken.values() for served in files.values()]

    def swapped(self) -> list[tuple[Decision, str, str]]:
        """Releases that were steered around: the decision that held one back, its id, and what was served in its place.

        That is another version, or another file of the same: sources that the client built for want of the file held.
        """
        return [
            (notice.decision, notice.id, _instead(notice.decision.artifact, served))
            for project, notice in self.held_back.items()
            for _, served in sorted(self.taken.get(project, {}).items())
        ]


def _instead(held: Artifact, served: Artifact) -> str:
    return served.version if served.version != held.version else f"{served.file}, not {held.file}"
