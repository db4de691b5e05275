"""The index still stands behind the file."""

from dataclasses import dataclass
from typing import ClassVar, Final, assert_never

from pratique.facts.questions.listing import Listing, ListingState
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "withdrawn"
_PLAINLY: Final = ListingState.LISTED
_LISTED: Final = Reason(_ID, Verdict.ALLOW, "its index lists it")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "its listing is not known; the condition unknowns says what follows")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Refuses what was yanked, quarantined or taken away at its index, from our own cache too."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "The index still stands behind the file."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    def judge(self, case: Case) -> Reason:
        """DENY anything that is not plainly listed. A quarantine cannot be waived: the index suspects malware."""
        listing = case.evidence.listing
        if type(listing) is not Listing:
            return _NOT_KNOWN
        if listing.state is _PLAINLY:
            return _LISTED
        return _withdrawn(listing)


def _withdrawn(listing: Listing) -> Reason:
    said = f" ({clean(listing.reason)})" if listing.reason else ""
    match listing.state:
        case ListingState.YANKED:
            why = f"yanked by its maintainers{said}"
            remedy = Remedy(do="pin a version that is not yanked", ask=SECURITY)
        case ListingState.QUARANTINED:
            why = f"quarantined by its index, which suspects harm{said}"
            remedy = Remedy(do="leave it alone until the index has looked; pratique explain withdrawn")
        case ListingState.VANISHED:
            why = f"no longer listed by its index, which listed it before{said}"
            remedy = Remedy(do="pin a version that is still listed", ask=SECURITY)
        case ListingState.LISTED:
            return _LISTED
        case _:
            assert_never(listing.state)
    return Reason(_ID, Verdict.DENY, why, remedy)
