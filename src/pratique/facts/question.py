"""One question about an artifact: a value in `questions/`, beside a page that says what its answer is good for.

Everything that speaks of facts is made from these values: the condition `unknowns`, the words of an organisation's rules, what
a policy's test may give, `pratique evidence` and the reference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, Generic, NewType, TypeAlias, TypeVar

import msgspec

from pratique.errors import InvalidInput
from pratique.model.artifact import Ecosystem
from pratique.model.decision import Verdict
from pratique.model.durations import read_duration
from pratique.model.evidence import Answered, Level, Tier, Unknown
from pratique.model.text import quoted

QuestionId = NewType("QuestionId", str)
"""The id of a question where a policy names it, as a key of `[unknowns]`."""

Value: TypeAlias = str | bool | timedelta | datetime | tuple[str, ...]

AnswerT = TypeVar("AnswerT", bound=msgspec.Struct)
EvidenceT = TypeVar("EvidenceT", bound=Answered)

UNKNOWN: Final = "unknown"
"""What a policy's test writes for a fact that nobody could find out."""

PACKAGES: Final = frozenset(Ecosystem)
"""The kinds of artifacts that come from a package index."""


class Kind(Enum):
    """The type of a word; the value says it to a person."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    YES_NO = "true or false"
    DURATION = 'a duration such as "2 hours"'
    MOMENT = "a moment"


@dataclass(frozen=True, slots=True)
class Word(Generic[AnswerT]):
    """One thing that rules and tests can say of an answer.

    `read` takes it out of an answer at a moment (aware, UTC). `put` changes an answer so that the word reads as a value of its
    kind. `choices` are all values a text can have, empty where any is possible.
    """

    name: str
    kind: Kind
    says: str
    read: Callable[[AnswerT, datetime], Value]
    put: Callable[[AnswerT, Any, datetime], AnswerT]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question(Generic[AnswerT]):
    """What can be asked of an artifact.

    `id` is the name of its module, its field of `Evidence`, its key in `[unknowns]` and in what is recorded: it is never
    changed, nor given to another. `asks` continues "it is known ..."; `source` says who answers; `unanswered` is the answer
    when nobody does. `unknown` is what follows by default from any `Unknown`. `benign` is the answer of a harmless file at a
    moment (aware, UTC), from which a policy's test starts; `told` gives the answer to a person, as the end of a sentence. A
    test puts words in the order of `words`.
    """

    id: str
    answer: type[AnswerT]
    asks: str
    source: str
    unanswered: Unknown
    benign: Callable[[datetime], AnswerT]
    told: Callable[[AnswerT], str]
    words: tuple[Word[AnswerT], ...]
    tier: Tier = Tier.INDEX
    level: Level = Level.FILE
    kinds: frozenset[str] = PACKAGES
    unknown: Verdict = Verdict.HOLD

    def of(self, evidence: Answered) -> AnswerT | Unknown | None:
        """Its answer; None where it was never asked, of which nothing may follow."""
        answer: AnswerT | Unknown | None = getattr(evidence, self.id)
        return answer

    def put(self, evidence: EvidenceT, answer: AnswerT | Unknown) -> EvidenceT:
        """The same evidence with this answer."""
        return msgspec.structs.replace(evidence, **{self.id: answer})


def converted(name: str, kind: Kind, choices: tuple[str, ...], written: object) -> Value:
    """The value that a policy's test means by what it gives for a word. Raises `InvalidInput`."""
    match kind, written:
        case Kind.DURATION, str():
            return read_duration(written)
        case Kind.YES_NO, bool():
            return written
        case Kind.TEXT, str():
            if choices and written not in choices:
                raise InvalidInput(f"{quoted(written)} is not one of {', '.join(choices)}")
            return written
        case Kind.TEXTS, list() if all(isinstance(each, str) for each in written):
            return tuple(written)
        case _:
            raise InvalidInput(f"`{name}` is {kind.value}")
