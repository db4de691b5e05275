"""Names that are known to be used, of one kind of packages: most used first, then those that are used somewhere.

A list is a text: a first line that says what it is, lines behind `#` about where it comes from, the names by rank, an empty line,
and further names in any order. `tools/names_data.py` writes those that ship; an organisation may bring newer or further ones.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Final

from pratique.errors import InvalidInput
from pratique.model import limits

FIRST: Final = "# pratique names 1"
"""The first line of every list, with the version of its form."""
PYPI: Final = "pypi"
NPM: Final = "npm"
KINDS: Final = (PYPI, NPM)
"""The kinds of packages that lists ship for, as the types of their package URLs."""

_SEPARATORS: Final = re.compile(r"[-_.]+")
_ABOUT: Final = re.compile(r"(?:#.*\n)*")
_APART: Final = str.maketrans(dict.fromkeys("-_.@/", " "))
_ADVICE: Final = f"a list begins with the line {FIRST}; tools/names_data.py writes one"


@dataclass(frozen=True, eq=False)
class Names:
    """The used names of one kind. Equal only to itself, so that an index can be kept for it.

    `about` says where they come from, a line each. `ranked` and `further` are names in the form of `normal`, each behind a line
    end, with one at the end: most used first, and in any order. They are taken apart for more than to find a name.
    """

    kind: str
    about: tuple[str, ...]
    ranked: str = field(repr=False)
    further: str = field(repr=False)

    def __contains__(self, name: str) -> bool:
        """Whether this name, in normal form, is used."""
        if "used" in self.__dict__:
            return name in self.used
        line = f"\n{name}\n"
        return bool(name) and "\n" not in name and (line in self.ranked or line in self.further)

    def __len__(self) -> int:
        """How many names are used."""
        return len(self.used)

    @cached_property
    def used(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.ranks).union(self.further.split())

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The names that are ordered by use, with their places from 0."""
        return {name: rank for rank, name in enumerate(self.ranked.split())}

    @cached_property
    def words(self) -> Mapping[str, int]:
        """In how many used names each word stands, between separators."""
        return Counter(f"{self.ranked}{self.further}".translate(_APART).split())

    @classmethod
    def read(cls, kind: str, text: str) -> "Names":
        """A list out of a text. Raises `InvalidInput` for one that is none, or that is too long."""
        head, _, rest = text.partition("\n")
        if head.rstrip() != FIRST:
            raise InvalidInput("that is no list of names", advice=_ADVICE)
        if len(text) > limits.NAMES_CHARACTERS_MAX:
            raise InvalidInput(f"a list of names has at most {limits.NAMES_CHARACTERS_MAX} characters")
        about, ranked, further = _parts(rest)
        ours = [dict.fromkeys(normal(kind, part).split()) for part in (ranked, further)]
        return cls(kind, about, _lines(ours[0]), _lines(name for name in ours[1] if name not in ours[0]))

    @classmethod
    def ranked_as(cls, kind: str, names: Iterable[str]) -> "Names":
        """A list of these alone, in normal form, most used first."""
        return cls(kind, (), _lines(names), "")

    def beside(self, own: "Names") -> "Names":
        """These names with an organisation's: its ranked ones take the place of ours, all the others count as used."""
        ranked = dict.fromkeys((own if own.ranks else self).ranks)
        further = dict.fromkeys(sorted(self.used | own.used))
        about = (*self.about, *own.about)
        return Names(self.kind, about, _lines(ranked), _lines(name for name in further if name not in ranked))


@lru_cache
def shipped(kind: str) -> Names:
    """The list that ships for a kind; an empty one where none does. What ships is in normal form, each name once."""
    if kind not in KINDS:
        return Names(kind, (), "", "")
    text = files("pratique.facts.names").joinpath(f"{kind}.txt").read_text(encoding="utf-8")
    about, ranked, further = _parts(text.partition("\n")[2])
    return Names(kind, about, f"\n{ranked}\n", f"\n{further}")


def normal(kind: str, name: str) -> str:
    """A name in the form in which names of its kind are one: PEP 503 for PyPI, as npm writes it otherwise."""
    lower = name.strip().lower()
    return _SEPARATORS.sub("-", lower) if kind == PYPI else lower


def _parts(text: str) -> tuple[tuple[str, ...], str, str]:
    """What a list says of itself, its ranked names and the further ones, a line each."""
    head = _ABOUT.match(text)
    about = head[0] if head is not None else ""
    ranked, _, further = f"\n{text[len(about) :]}".partition("\n\n")
    return tuple(line.removeprefix("#").strip() for line in about.splitlines()), ranked[1:], further


def _lines(names: Iterable[str]) -> str:
    text = "\n".join(names)
    return f"\n{text}\n" if text else ""
