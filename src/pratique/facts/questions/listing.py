"""How the index lists the file now."""

from enum import IntEnum
from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.evidence import Unknown
from pratique.model.text import clean


class ListingState(IntEnum):
    """How the index lists the file now; a larger value is worse."""

    LISTED = 0
    YANKED = 1
    QUARANTINED = 2
    VANISHED = 3


@final
class Listing(msgspec.Struct, frozen=True, gc=False, tag="listing", omit_defaults=True):
    """The file's standing at its index: PEP 592 yanks, PEP 792 quarantine, or known to us and gone."""

    state: ListingState
    reason: str = ""


def _told(listing: Listing) -> str:
    said = f" ({clean(listing.reason)})" if listing.reason else ""
    return f"{listing.state.name.lower()}{said}"


LISTING: Final = Question(
    id="listing",
    answer=Listing,
    asks="how its index lists it",
    source="its index",
    unanswered=Unknown("index", "it was not asked how it lists the file"),
    benign=lambda _: Listing(ListingState.LISTED),
    told=_told,
    words=(
        Word(
            "listing.state",
            Kind.TEXT,
            "how the index lists the file now",
            lambda listing, _: listing.state.name.lower(),
            lambda _, state, __: Listing(ListingState[state.upper()]),
            choices=tuple(state.name.lower() for state in ListingState),
        ),
    ),
)
