"""What follows from not knowing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pratique.facts.evidence import Evidence
from pratique.facts.question import QuestionId
from pratique.facts.questions import QUESTIONS
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Unknown
from pratique.model.text import clean
from pratique.policy.condition import OTHER_KEYS, SECURITY, Case

_ID: Final = "unknowns"
_ALL_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "nothing this policy needs to know is missing")


@dataclass(frozen=True, slots=True)
class Unknowns:
    """Says for each question what follows when nobody answered it. Part of every policy, written or not."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "What follows from not knowing."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    follows: Mapping[QuestionId, Verdict] = field(metadata=OTHER_KEYS, default_factory=dict)
    needed: Mapping[str, Verdict] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        verdicts = {each.id: self.follows.get(QuestionId(each.id), each.unknown) for each in QUESTIONS}
        needed = {question: verdict for question, verdict in verdicts.items() if verdict is not Verdict.ALLOW}
        object.__setattr__(self, "needed", needed)

    def judge(self, case: Case) -> Reason:
        """The strictest of what follows from each unanswered question; nothing follows from one that was never asked."""
        return self._silence(case.evidence) if case.evidence.lacks(self.needed) else _ALL_KNOWN

    def _silence(self, evidence: Evidence) -> Reason:
        asked = [(each, each.of(evidence)) for each in QUESTIONS if each.id in self.needed]
        silent = [(each, answer) for each, answer in asked if isinstance(answer, Unknown)]
        strictest = max(self.needed[each.id] for each, _ in silent)
        missing = [(each, answer) for each, answer in silent if self.needed[each.id] is strictest]
        why = "; ".join(f"not known: {each.asks} ({_said(answer)})" for each, answer in missing)
        sources = " and ".join(sorted({answer.source for _, answer in missing}))
        remedy = Remedy(do=f"try again once {clean(sources)} answers; pratique explain unknowns", ask=SECURITY)
        return Reason(_ID, strictest, why, remedy)


def _said(unknown: Unknown) -> str:
    return clean(f"{unknown.source}: {unknown.why}")
