"""Programs and builtins of which something is known, by their plain names."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from pratique.facts.scan.languages.shell.machine import Call, Machine
from pratique.facts.scan.languages.shell.programs import (
    accounts,
    filters,
    guards,
    interpreters,
    network,
    prefixes,
    publishing,
    shell_builtins,
    sources,
)
from pratique.facts.scan.value import Value

Program: TypeAlias = Callable[[Machine, Call], Value]

PROGRAMS: Final[dict[str, Program]] = {
    **accounts.PROGRAMS,
    **shell_builtins.PROGRAMS,
    **filters.PROGRAMS,
    **guards.PROGRAMS,
    **interpreters.PROGRAMS,
    **network.PROGRAMS,
    **prefixes.PROGRAMS,
    **publishing.PROGRAMS,
    **sources.PROGRAMS,
}
"""What each does, given what it was called with; it gives what the program writes."""

NOTABLE: Final = frozenset(
    {*network.PROGRAMS, *interpreters.PROGRAMS, "eval", "base64", "xxd", "crontab", "chmod", "rm", "source", "openssl"}
)
"""Programs whose names nobody has a reason to hide."""

_VERSION: Final = re.compile(r"(?<=[a-z])-?[\d.]+$")


@lru_cache(maxsize=8192)
def name_of(word: str) -> str:
    """The plain name of a program: without folders and a version behind it."""
    name = word.rpartition("/")[2]
    if name in PROGRAMS:
        return name
    return _VERSION.sub("", name.removesuffix(".exe"))
