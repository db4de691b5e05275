"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """As `ports.Clock`."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock
