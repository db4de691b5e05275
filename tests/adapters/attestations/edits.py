"""Small damages to documents of attestations, each a function that changes the plain values in place."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Plain: TypeAlias = Any
"""What JSON holds."""

Edit = Callable[[Plain], object]


def at(document: Plain, path: Sequence[str | int]) -> Plain:
    """What stands at a path."""
    for step in path:
        document = document[step]
    return document


def put(*path: str | int, to: Plain) -> Edit:
    """Puts a value at a path."""

    def edit(document: Plain) -> None:
        at(document, path[:-1])[path[-1]] = to

    return edit


def drop(*path: str | int) -> Edit:
    """Leaves out what stands at a path."""

    def edit(document: Plain) -> None:
        del at(document, path[:-1])[path[-1]]

    return edit


def turned(*path: str | int, by: Callable[[Plain], Plain]) -> Edit:
    """Puts at a path what a function makes of what stands there."""

    def edit(document: Plain) -> None:
        at(document, path[:-1])[path[-1]] = by(at(document, path))

    return edit


def flip(place: int) -> Callable[[str], str]:
    """Turns one bit of what is in base 64."""

    def turn(text: str) -> str:
        data = bytearray(base64.b64decode(text))
        data[place] ^= 1
        return base64.b64encode(bytes(data)).decode()

    return turn


def later(seconds: int) -> Callable[[str], str]:
    """Adds to a number that is written as a text."""
    return lambda text: str(int(text) + seconds)


def copy_of(document: Plain) -> Plain:
    """The same plain values, to be changed."""
    return json.loads(json.dumps(document))
