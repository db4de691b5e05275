"""The version to use instead, for many files of one project: looked for once, not once for each of them.

A page can hold back thousands of files, and each names the way out. What is newest and allowed is the same for nearly all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pratique.facts.release import Candidate
from pratique.flow.listings import KnownProject
from pratique.flow.world import World
from pratique.model.artifact import Artifact, VersionText
from pratique.model.scope import Scope
from pratique.model.waiver import Waiver
from pratique.policy.alternative import newest_allowed


@dataclass(slots=True)
class Alternatives:
    """What to use instead in one scope at one moment. Without a known project there is nothing to offer.

    `runtime` is what the files are for, where the request tells it: nothing is offered that does not work there.
    """

    world: World
    project: KnownProject | None
    scope: Scope
    now: datetime
    waivers: Sequence[Waiver]
    runtime: str = ""
    found: dict[bool, tuple[VersionText, ...]] = field(default_factory=dict)

    def of(self, artifact: Artifact) -> VersionText | None:
        """The newest allowed version other than the artifact's own; a preview only for a preview."""
        version = self.world.ecosystem.version(artifact.version)
        previews = version is not None and version.preview
        if previews not in self.found:
            self.found[previews] = newest_allowed(
                self.world.policy,
                self._fitting(),
                self.scope,
                self.now,
                read=self.world.ecosystem.version,
                previews=previews,
                waivers=self.waivers,
            )
        return next((each for each in self.found[previews] if each != artifact.version), None)

    def _fitting(self) -> Iterator[Candidate]:
        if self.project is None:
            return
        runs_on, listed = self.world.ecosystem.runs_on, self.project.entries
        for name in reversed(tuple(self.project.candidates)):  # indexes list the newest last
            if name in listed and runs_on(listed[name].requires, self.runtime):
                yield self.project.candidates[name]
