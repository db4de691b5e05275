"""What follows from not knowing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pratique.facts.question import QuestionId
from pratique.facts.questions import QUESTIONS
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Evidence, Unknown
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
    needed: tuple[tuple[str, Verdict], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        verdicts = ((each.id, self.follows.get(QuestionId(each.id), each.unknown)) for each in QUESTIONS)
        needed = tuple((question, verdict) for question, verdict in verdicts if verdict is not Verdict.ALLOW)
        object.__setattr__(self, "needed", needed)

    def judge(self, case: Case) -> Reason:
        """The strictest of what follows from each unanswered question; nothing follows from one that was never asked."""
        answer = case.evidence.answers.get
        for question, _ in self.needed:
            if type(answer(question)) is Unknown:
                return self._silence(case.evidence)
        return _ALL_KNOWN

    def _silence(self, evidence: Evidence) -> Reason:
        answers = ((question, verdict, evidence.answers.get(question)) for question, verdict in self.needed)
        silent = {question: (verdict, answer) for question, verdict, answer in answers if isinstance(answer, Unknown)}
        strictest = max(verdict for verdict, _ in silent.values())
        missing = {question: answer for question, (verdict, answer) in silent.items() if verdict is strictest}
        asked = {each.id: each.asks for each in QUESTIONS}
        why = "; ".join(f"not known: {asked[question]} ({_said(answer)})" for question, answer in missing.items())
        sources = " and ".join(sorted({answer.source for answer in missing.values()}))
        remedy = Remedy(do=f"try again once {clean(sources)} answers; pratique explain unknowns", ask=SECURITY)
        return Reason(_ID, strictest, why, remedy)


def _said(unknown: Unknown) -> str:
    return clean(f"{unknown.source}: {unknown.why}")
