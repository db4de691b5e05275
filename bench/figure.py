"""One measurement, as every benchmark gives it."""

from typing import TypedDict


class Figure(TypedDict):
    """`target` is None where a figure only stands beside others; `met` says whether the target was."""

    name: str
    value: float
    unit: str
    target: float | None
    met: bool


def figure(
    name: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None
) -> Figure:
    """A figure with a target from above, from below, or with none."""
    met = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    return Figure(name=name, value=round(value, 3), unit=unit, target=at_least if at_most is None else at_most, met=met)
