"""A world in which no feed of advisories was ever imported."""

from collections.abc import Sequence
from datetime import datetime

from pratique.facts.questions.advisories import ADVISORIES
from pratique.model.advisory import About
from pratique.model.evidence import Unknown
from pratique.ports import Feed


class NoAdvisories:
    """As `ports.Advisories`: nobody knows anything."""

    def state(self) -> str:
        """Always the same."""
        return ""

    async def about(self, kind: str, name: str, *, at: datetime | None = None) -> About | Unknown:  # noqa: ARG002 - a port
        """Unknown."""
        return ADVISORIES.unanswered

    async def named(self, name: str) -> Sequence[tuple[str, str]]:  # noqa: ARG002 - a port
        """None."""
        return ()

    async def packages(self, kind: str) -> Sequence[str]:  # noqa: ARG002 - a port
        """None."""
        return ()

    async def feeds(self) -> Sequence[Feed]:
        """None."""
        return ()

    async def close(self) -> None:
        """Nothing is open."""
