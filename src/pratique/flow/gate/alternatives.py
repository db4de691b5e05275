"""The version to use instead, for many files of one project: looked for once, not once for each of them.

A page can hold back thousands of files, and each names the way out. What is newest and allowed is the same for nearly all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from packaging.version import InvalidVersion, Version

from pratique.flow.listings import KnownProject
from pratique.flow.world import World
from pratique.model.artifact import Artifact, VersionText
from pratique.model.scope import Scope
from pratique.model.waiver import Waiver
from pratique.policy.alternative import best_alternative


@dataclass(slots=True)
class Alternatives:
    """What to use instead in one scope at one moment. Without a known project there is nothing to offer."""

    world: World
    project: KnownProject | None
    scope: Scope
    now: datetime
    waivers: Sequence[Waiver]
    found: dict[bool, VersionText | None] = field(default_factory=dict)

    def of(self, artifact: Artifact) -> VersionText | None:
        """The newest allowed version other than the artifact's own; a pre-release only for a pre-release, or for want of more."""
        preview = _is_preview(artifact.version)
        if preview not in self.found:
            self.found[preview] = self._look(artifact)
        found = self.found[preview]
        return self._look(artifact) if found is not None and found == artifact.version else found

    def _look(self, artifact: Artifact) -> VersionText | None:
        if self.project is None:
            return None
        candidates = self.project.candidates.values()
        return best_alternative(self.world.policy, candidates, artifact, self.scope, self.now, waivers=self.waivers)


def _is_preview(version: str) -> bool:
    try:
        return Version(version).is_prerelease
    except InvalidVersion:
        return False
