"""The index states a SHA-256 for the file before anybody asks for it."""

from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.facts.questions.hashes import Hashes
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.scope import ScopeName
from pratique.policy.condition import SECURITY, Case

_ID: Final = "hash-required"
_STATED: Final = Reason(_ID, Verdict.ALLOW, "its index states its SHA-256")
_ELSEWHERE: Final = Reason(_ID, Verdict.ALLOW, "this scope does not ask for a SHA-256")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "its digests are not known; the condition unknowns says what follows")
_MISSING: Final = Reason(
    _ID,
    Verdict.DENY,
    "its index states no SHA-256, so nobody can tell whether the bytes are the published ones",
    Remedy(
        do="pick a version whose index states one, or an index that does; pratique explain hash-required", ask=SECURITY
    ),
)


@dataclass(frozen=True, slots=True)
class HashRequired:
    """Refuses a file without a published SHA-256, in `scopes` or, when that is left out, in every scope."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "The index states a SHA-256 for the file before anybody asks for it."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    scopes: tuple[ScopeName, ...] | None = None

    def judge(self, case: Case) -> Reason:
        """DENY where a digest is asked for and none is stated."""
        hashes = case.evidence.hashes
        if type(hashes) is not Hashes:
            return _NOT_KNOWN
        if hashes.published is not None:
            return _STATED
        if self.scopes is not None and case.scope.name not in self.scopes:
            return _ELSEWHERE
        return _MISSING
