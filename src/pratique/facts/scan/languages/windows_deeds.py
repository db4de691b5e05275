"""What a program that comes with Windows may do with its words: one kind of deed a class."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from pratique.facts.scan.value import HOLE

_ROOT: Final = re.compile(
    r"""^(?:[a-z]:(?:[\\/]+(?:\*(?:\.\*)?|users(?:[\\/]\*)?|windows(?:[\\/](?:\*|system32(?:[\\/]\*)?))?)?)?
    |%(?:userprofile|systemdrive|systemroot|windir|homedrive|public|homepath|onedrive)%(?:[\\/]+(?:\*(?:\.\*)?|desktop|documents|users|windows)?(?:[\\/]\*)?)?
    |~[\\/]?\*?|[\\/]+\*?|%(?:userprofile)%[\\/](?:desktop|documents|pictures)(?:[\\/]\*(?:\.\*)?)?)$""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Fetches:
    """Takes what an address holds; into a file, where there is a path."""

    address: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Sends:
    """Sends something to an address; `what` are texts, and files where they begin with `@`."""

    address: str
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunsRemote:
    """Runs what an address holds; `installs` says that it is an installer's ordinary way."""

    address: str
    installs: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs another command line."""

    line: str


@dataclass(frozen=True, slots=True)
class Arranges:
    """Has a command line run later: `label` is how."""

    label: str
    line: str


@dataclass(frozen=True, slots=True)
class Decodes:
    """Writes to `path` what the file `source` decodes to."""

    source: str
    path: str


@dataclass(frozen=True, slots=True)
class Copies:
    """Writes the content of one file to another place."""

    source: str
    path: str


@dataclass(frozen=True, slots=True)
class Sets:
    """Writes to the registry: the key with the name of the value, and the data."""

    key: str
    data: str


@dataclass(frozen=True, slots=True)
class Resolves:
    """Looks up a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Tells:
    """Is what a label says."""

    label: str


Deed: TypeAlias = Fetches | Sends | RunsRemote | Runs | Arranges | Decodes | Copies | Sets | Resolves | Tells


def is_everything(path: str) -> bool:
    """Whether a path is that of a drive, of Windows, or of all that a user has."""
    return HOLE not in path and _ROOT.match(path.strip("\"' ").rstrip()) is not None


Program: TypeAlias = Callable[[list[str], list[str]], Iterator[Deed]]
"""What a program does, given its words and those in lower case."""


def after(words: list[str], lower: list[str], *options: str) -> str:
    """The word behind one of some options, or behind its colon or equals sign; empty where there is none."""
    for place, word in enumerate(lower):
        if word in options and place + 1 < len(words):
            return words[place + 1]
        head = re.match(r"([-/]?[\w]+)[:=]", word)
        if head is not None and head[1] in options:
            return words[place][head.end() :]
    return ""
