"""Tables of methods."""

from collections.abc import Callable
from typing import TypeAlias

from pratique.facts.scan.languages.powershell.machine import Invoked, Machine
from pratique.facts.scan.value import Value

Method: TypeAlias = Callable[[Machine, Invoked], Value | None]
"""What a method does; None where it is not the one that is meant."""


def table(*rows: tuple[str, Method]) -> dict[str, Method]:
    """Methods by their names, of which each row has several."""
    return {name: act for names, act in rows for name in names.split()}
