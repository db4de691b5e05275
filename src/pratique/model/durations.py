"""Durations as people write them, and moments (aware, UTC) at the edges of the calendar."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.text import quoted

_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_DURATION: Final = re.compile(r"([0-9]{1,9}) (minute|hour|day|week|year)s?")
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60, "year": 365 * 24 * 60}
_ROUGHLY: Final = 2
"""A rough duration counts in the largest unit of which it holds at least this many."""


def after(moment: datetime, duration: timedelta) -> datetime:
    """The moment so much later, or the last one there is."""
    try:
        return moment + duration
    except OverflowError:
        return _END_OF_TIME


def read_duration(text: str) -> timedelta:
    """Read `90 minutes`, `2 hours`, `3 days`, `2 weeks` or `1 year` (365 days). Raises `InvalidInput`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{quoted(text)} is no duration; one is written like 90 minutes, 2 hours, 3 days, 1 year")
    minutes = int(match[1]) * _MINUTES[match[2]]
    if minutes > limits.POLICY_DURATION_DAYS_MAX * _MINUTES["day"]:
        raise InvalidInput(f"{text} is longer than {limits.POLICY_DURATION_DAYS_MAX} days")
    return timedelta(minutes=minutes)


def exactly(duration: timedelta) -> str:
    """A duration of whole minutes in the largest unit that says it exactly: `3 days`, `36 hours`."""
    minutes = duration // timedelta(minutes=1)
    for unit in ("day", "hour"):
        if minutes and minutes % _MINUTES[unit] == 0:
            return _count(minutes // _MINUTES[unit], unit)
    return _count(minutes, "minute")


def roughly(duration: timedelta) -> str:
    """How long something lasted, rounded down, as one would say it: `6 hours`, `90 minutes`, `2 days`, `8 years`."""
    minutes = duration // timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute"
    for unit in ("year", "day", "hour"):
        if minutes >= _ROUGHLY * _MINUTES[unit]:
            return _count(minutes // _MINUTES[unit], unit)
    return _count(minutes, "minute")


def roughly_until(duration: timedelta) -> timedelta:
    """The shortest longer duration of which `roughly` says something else."""
    minutes = max(duration // timedelta(minutes=1), 0)
    unit = next((_MINUTES[each] for each in ("year", "day", "hour") if minutes >= _ROUGHLY * _MINUTES[each]), 1)
    return timedelta(minutes=(minutes // unit + 1) * unit)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
