"""Moments in time (aware, UTC) at the edges of the calendar."""

from datetime import UTC, datetime, timedelta
from typing import Final

_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


def after(moment: datetime, duration: timedelta) -> datetime:
    """The moment so much later, or the last one there is."""
    try:
        return moment + duration
    except OverflowError:
        return _END_OF_TIME
