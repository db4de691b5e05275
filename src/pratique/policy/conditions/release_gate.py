"""A release of the organisation's own carries the signed statements that its scope asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.questions.statements import Said
from pratique.facts.questions.statements import Statements as Facts
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.scope import ScopeName
from pratique.model.statement import Flaw, Predicate
from pratique.model.text import clean
from pratique.policy.condition import OTHER_KEYS, SECURITY, Case

_ID: Final = "release-gate"
_NOT_OWN: Final = Reason(_ID, Verdict.ALLOW, "it is no release of this organisation")
_NOTHING_ASKED: Final = Reason(_ID, Verdict.ALLOW, "nothing has to be signed for this scope")
_SIGNED: Final = Reason(_ID, Verdict.ALLOW, "it carries the statements that this scope asks for")
_NOT_KNOWN: Final = Reason(
    _ID, Verdict.ALLOW, "it is not known what was signed of it; the condition unknowns says what follows"
)
_VERBS: Final = {Predicate.PUBLISH: "sign", Predicate.REVIEW: "review"}
_MISSING: Final = {Predicate.PUBLISH: "nobody signed that it was published", Predicate.REVIEW: "nobody reviewed it"}
_LAPSED: Final = frozenset({Flaw.EXPIRED, Flaw.KEY_RETIRED})
"""What is nobody's fault: it is signed anew."""


@dataclass(frozen=True, slots=True)
class ReleaseGate:
    """Holds a release of the own index that lacks a statement, and denies one whose statement is wrong or says no."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "A release of the organisation's own carries the signed statements that its scope asks for."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    needs: Mapping[ScopeName, tuple[Predicate, ...]] = field(metadata=OTHER_KEYS, default_factory=dict)

    def __post_init__(self) -> None:
        if any(not needed for needed in self.needs.values()):
            raise InvalidInput("a scope asks for one statement or more; one that asks for none is left out")

    def judge(self, case: Case) -> Reason:
        """The strictest of what is missing and what is wrong."""
        facts = case.evidence.statements
        if type(facts) is not Facts:
            return _NOT_KNOWN
        if not facts.own:
            return _NOT_OWN
        needed = self.needs.get(case.scope.name)
        if needed is None:
            return _NOTHING_ASKED
        found = [reason for each in needed if (reason := self._lacks(each, facts, case)) is not None]
        return max(found, key=lambda reason: reason.verdict, default=_SIGNED)

    def _lacks(self, predicate: Predicate, facts: Facts, case: Case) -> Reason | None:
        """What is not as it should be with statements of one kind; None where one counts and none says otherwise."""
        said = [each for each in facts.said if each.predicate is predicate and self._is_here(each, case)]
        wrong = next((each for each in said if each.flaw is not None and each.flaw not in _LAPSED), None)
        if wrong is not None:
            return self._wrong(wrong, case)
        if any(each.flaw is None for each in said):
            return None
        lapsed, command = next(iter(said), None), _command(predicate, case)
        why = _MISSING[predicate] if lapsed is None else f"its {predicate} by {clean(lapsed.by)} counts no more"
        told = f"{why}; {command} does" if lapsed is None else f"{why}: {lapsed.why}; {command} renews it"
        return Reason(_ID, Verdict.HOLD, told, Remedy(do=command, ask=SECURITY), rule=predicate.value)

    def _wrong(self, said: Said, case: Case) -> Reason:
        by = clean(said.by) or "somebody"
        if said.flaw is Flaw.REFUSED:
            remedy = Remedy(do=f"mend what {by} found, and publish another version")
            return Reason(_ID, Verdict.DENY, f"{by} refused it: {said.why}", remedy, rule=said.predicate.value)
        why = f"its {said.predicate} by {by} does not count: {said.why}"
        remedy = Remedy(do=f"{_command(said.predicate, case)}, once you know how that came")
        return Reason(_ID, Verdict.DENY, why, remedy, rule=said.predicate.value)

    def _is_here(self, said: Said, case: Case) -> bool:
        return not said.scopes or case.scope.name in said.scopes


def _command(predicate: Predicate, case: Case) -> str:
    return f"pratique {_VERBS[predicate]} {case.artifact.name} {case.artifact.version}"
