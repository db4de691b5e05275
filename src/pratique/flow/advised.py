"""Worlds in which no feed of advisories was ever imported, or in which what it says is given."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from pratique.errors import NotFound, Unavailable
from pratique.facts.questions.advisories import ADVISORIES
from pratique.model.advisory import About, Advisory, FeedForm
from pratique.model.evidence import Unknown
from pratique.ports import Clock, Feed, FeedDocument, Imported


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

    def replacing(
        self,
        feed: str,
        place: str,
        documents: Iterable[FeedDocument],
        now: datetime,
        *,
        form: FeedForm = FeedForm.OSV,
    ) -> AbstractAsyncContextManager[Imported]:
        """Raises `Unavailable`: there is no place to keep it."""
        del feed, place, documents, now, form
        raise Unavailable("this gate keeps nothing, and so no advisories either", advice="set store.kind to sqlite")

    def dropping(self, feed: str, now: datetime) -> AbstractAsyncContextManager[Imported]:
        """Raises `NotFound`."""
        del now
        raise NotFound(f"no feed is called {feed}")

    async def close(self) -> None:
        """Nothing is open."""


class ToldAdvisories(NoAdvisories):
    """As `ports.Advisories`: what is said of one package, each record from its `modified` on."""

    def __init__(self, clock: Clock, name: str, records: Sequence[Advisory]) -> None:
        self._clock = clock
        self._name = name
        self._records = records

    def state(self) -> str:
        """As `ports.Advisories.state`."""
        return str(len(self._known(self._clock.now())))

    async def about(self, kind: str, name: str, *, at: datetime | None = None) -> About | Unknown:
        """As `ports.Advisories.about`."""
        del kind
        now = self._clock.now()
        return About(self._known(at or now) if name == self._name else (), now)

    def _known(self, at: datetime) -> tuple[Advisory, ...]:
        return tuple(record for record in self._records if record.modified <= at)
