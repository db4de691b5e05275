"""A clock that is set by hand."""

from datetime import datetime, timedelta


class SimulatedClock:
    """Shows what it was set to; may be moved back."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """As `ports.Clock.now`."""
        return self._now

    def set(self, now: datetime) -> None:
        """Set the clock."""
        self._now = now

    def advance(self, by: timedelta) -> None:
        """Move the clock on, or back."""
        self._now += by
