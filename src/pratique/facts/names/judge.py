"""Whether a name is taken for another: what it resembles, most likely first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log2
from typing import Final

from pratique.facts.names.affixes import is_ordinary, stripped, stuck, unglued
from pratique.facts.names.edits import difference, slip
from pratique.facts.names.forms import skeleton, squashed, words
from pratique.facts.names.lists import KINDS, Names, normal, shipped
from pratique.facts.names.modules import project_of
from pratique.facts.names.reach import own_words, reach
from pratique.facts.names.resemblance import Likeness, Resemblance
from pratique.facts.names.targets import CHARACTERS_MAX, Targets, in_order, targets

_TOLD_MAX: Final = 3
_AFFIX_REACH: Final = 5_000
_LONG_AFFIX_REACH: Final = 10_000
_STUCK_REACH: Final = 1_000
_LONE: Final = 12
"""A name that at most so many others are made with stands alone."""
_BASE_MIN: Final = 4
_LONG_BASE: Final = 8
_LONG: Final = 9
_BEGINNING: Final = 3
"""With two slips, this many letters at the beginning are right, and one in a long name."""
_ELSEWHERE_REACH: Final = 2_500
_ELSEWHERE_MIN: Final = 5

_DISTANCE: Final[Mapping[Likeness, float]] = {
    Likeness.SEPARATORS: 0,
    Likeness.CONFUSABLE: 1,
    Likeness.MODULE: 0,
    Likeness.WORD_ORDER: 1,
    Likeness.TRANSPOSED: 1,
    Likeness.REPEATED: 1,
    Likeness.NEIGHBOUR_KEY: 1.5,
    Likeness.VOWEL: 1.5,
    Likeness.DROPPED: 1.5,
    Likeness.ADDED: 1.5,
    Likeness.REPLACED: 2,
    Likeness.NUMBER: 2,
    Likeness.AFFIX: 2.5,
    Likeness.TWO_EDITS: 3.5,
    Likeness.GLUED: 4,
    Likeness.OTHER_ECOSYSTEM: 5,
}
_DOUBLINGS: Final = 4
"""Between two likenesses, so many doublings of the rank weigh as much as one step of distance."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What names are judged by: the used names of each kind."""

    by_kind: Mapping[str, Names]

    def of(self, kind: str) -> Names:
        """The names of a kind; those that ship where nothing else was given."""
        given = self.by_kind.get(kind)
        return shipped(kind) if given is None else given


SHIPPED: Final = Known({})
"""The lists that ship. They are read when they are first asked for."""


def resemblances(kind: str, name: str, known: Known = SHIPPED) -> tuple[Resemblance, ...]:
    """The used names that a name is likely taken for, most likely first; none for a name that is used itself.

    `kind` is the type of its package URL. At most three.
    """
    names = known.of(kind)
    written = normal(kind, name)
    if not written or not names.ranks or written in names:
        return ()
    found: dict[str, Resemblance] = {}
    for each in _found(kind, written, names, known):
        before = found.get(each.intended)
        if before is None or _weight(each) < _weight(before):
            found[each.intended] = each
    return tuple(sorted(found.values(), key=_weight)[:_TOLD_MAX])


def _weight(found: Resemblance) -> float:
    return found.distance * _DOUBLINGS + log2(found.rank + 2)


def _found(kind: str, written: str, names: Names, known: Known) -> Iterator[Resemblance]:
    index, squash, split = targets(names), squashed(written), words(written)
    yield from _same(written, squash, split, index)
    if len(squash) <= CHARACTERS_MAX:
        scoped = written.startswith("@")
        yield from (each for each in _slips(squash, split, names, index) if each.intended.startswith("@") is scoped)
        if not scoped:
            yield from _added(squash, split, names, index)
    project = project_of(kind, written)
    if project:
        yield _like(Likeness.MODULE, project, names.ranks.get(project, len(names.ranks)))
    for other in KINDS:
        if other != kind and len(squash) >= _ELSEWHERE_MIN:
            rank = known.of(other).ranks.get(written, _ELSEWHERE_REACH)
            if rank < _ELSEWHERE_REACH:
                yield _like(Likeness.OTHER_ECOSYSTEM, written, rank, other)


def _same(written: str, squash: str, split: list[str], index: Targets) -> Iterator[Resemblance]:
    """Names that are the same but for separators, look-alike letters or the order of their words."""
    places = [
        (Likeness.SEPARATORS, index.by_squash.get(squash)),
        (Likeness.CONFUSABLE, index.by_skeleton.get(skeleton(squash))),
    ]
    if len(split) > 1:
        places.append((Likeness.WORD_ORDER, index.by_words.get(in_order(written))))
    for likeness, rank in places:
        if rank is not None and rank < reach(likeness, len(index.squashes[rank])):
            yield _like(likeness, index.names[rank], rank)


def _slips(squash: str, split: list[str], names: Names, index: Targets) -> Iterator[Resemblance]:
    """Names one slip away, and of long ones two."""
    for rank, edits in index.near(squash, reach(Likeness.TWO_EDITS, len(squash))):
        intended = index.squashes[rank]
        likeness = slip(squash, intended) if edits == 1 else Likeness.TWO_EDITS
        length, known = min(len(intended), len(squash)), index.known(rank)
        if known >= reach(likeness, length):
            continue
        begins = difference(squash, intended)[0]
        if likeness is Likeness.TWO_EDITS and begins < (_BEGINNING if length < _LONG else 1):
            continue
        own = own_words(split, words(index.names[rank]), names)
        if known < reach(likeness, length, first=begins == 0, own_word=own):
            yield _like(likeness, index.names[rank], rank)


def _added(squash: str, split: list[str], names: Names, index: Targets) -> Iterator[Resemblance]:
    """Names with something added that says nothing, or that is no word."""
    for base, word in (*stripped(split), *unglued(squash)):
        rank = index.by_squash.get(base)
        if rank is None or len(base) < _BASE_MIN:
            continue
        if is_ordinary(word) and not _stands_alone(base, names):
            continue
        if index.known(rank) < (_LONG_AFFIX_REACH if len(base) >= _LONG_BASE else _AFFIX_REACH):
            yield _like(Likeness.NUMBER if word.isdigit() else Likeness.AFFIX, index.names[rank], rank, word)
    if len(split) > 1:
        return
    for rank, rest in stuck(squash, index, _STUCK_REACH):
        alone = _stands_alone(index.squashes[rank], names)
        if alone or (rest not in names.words and len(rest) > 1):
            yield _like(Likeness.GLUED, index.names[rank], rank, rest)


def _stands_alone(base: str, names: Names) -> bool:
    return names.words.get(base, 0) <= _LONE


def _like(likeness: Likeness, intended: str, rank: int, detail: str = "") -> Resemblance:
    return Resemblance(likeness, intended, rank, _DISTANCE[likeness], detail)
