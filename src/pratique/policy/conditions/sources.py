"""A name comes from one index, and only from indexes the policy knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.questions.origin import Origin
from pratique.model.artifact import ProjectName
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.text import clean
from pratique.policy.condition import OTHER_KEYS, Case
from pratique.policy.pattern import NamePattern, compile_name

_ID: Final = "sources"
_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "it comes from an index that may serve this name")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "its index is not known; the condition unknowns says what follows")


@dataclass(frozen=True, slots=True)
class Reserved:
    """Project names that one index alone may serve."""

    names: tuple[NamePattern, ...]
    only_from: str

    def __post_init__(self) -> None:
        if not self.names or not self.only_from:
            raise InvalidInput("a reservation says both `names` and the index they come `only_from`")


@dataclass(frozen=True, slots=True)
class Sources:
    """Refuses a reserved name from any other index (dependency confusion), and indexes that are not on the list."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "A name comes from one index, and only from indexes the policy knows."
    waivable_by: ClassVar[tuple[str, ...]] = ()

    indexes: tuple[str, ...] = ()
    reserved: Mapping[str, Reserved] = field(metadata=OTHER_KEYS, default_factory=dict)

    def index_for(self, name: ProjectName) -> str | None:
        """The one index that may serve this name, by the first reservation that fits; None where any may."""
        for reserved in self.reserved.values():
            if any(compile_name(pattern).fullmatch(name) for pattern in reserved.names):
                return reserved.only_from
        return None

    def judge(self, case: Case) -> Reason:
        """DENY a reserved name from elsewhere, and an index that is not listed."""
        origin = case.evidence.origin
        if type(origin) is not Origin:
            return _NOT_KNOWN
        if self.reserved:
            owner = self.index_for(case.artifact.name)
            if owner is not None:
                return _KNOWN if origin.index == owner else _confused(case.artifact.name, owner, origin.index)
        if self.indexes and origin.index not in self.indexes:
            known = " and ".join(self.indexes)
            remedy = Remedy(
                use=f"{case.artifact.name} from {known}", do="name that index in the settings of the client"
            )
            return Reason(
                _ID, Verdict.DENY, f"it comes from the index {clean(origin.index)}; {known} may serve here", remedy
            )
        return _KNOWN


def _confused(name: ProjectName, owner: str, found: str) -> Reason:
    why = f"the name {name} is reserved for the index {owner}, and this file comes from {clean(found)}"
    return Reason(_ID, Verdict.DENY, why, Remedy(use=f"{name} from the index {owner}"))
