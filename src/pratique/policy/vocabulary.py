"""The words in which an organisation's rules and a policy's tests speak of a case.

A few are of the request itself and stand here; the others are those of the questions in `facts/questions/`. Where the answer is
unknown a word reads as `Unknown`; where it belongs to a tier that was not reached yet, as None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from pratique.facts.evidence import Evidence
from pratique.facts.question import UNKNOWN, Kind, Question, Value, Word, converted
from pratique.facts.questions import QUESTIONS
from pratique.model.evidence import Unknown
from pratique.policy.condition import Case

Reading: TypeAlias = Value | Unknown | None


@dataclass(frozen=True, slots=True)
class CaseWord:
    """A word that reads the request itself, as it was made: no question, and so never unknown."""

    name: str
    kind: Kind
    says: str
    read: Callable[[Case], Value]
    givable: bool = False

    def convert(self, written: object) -> Value | Unknown:
        """The value a test means by what it gives. Raises `InvalidInput`."""
        return converted(self.name, self.kind, (), written)


@dataclass(frozen=True, slots=True)
class FactWord:
    """A word that reads the answer to a question."""

    question: Question[Any]
    word: Word[Any]
    givable: bool = True

    @property
    def name(self) -> str:
        """Two parts joined by a dot."""
        return self.word.name

    @property
    def kind(self) -> Kind:
        """The type of its values."""
        return self.word.kind

    @property
    def says(self) -> str:
        """What it means, in some words."""
        return self.word.says

    def read(self, case: Case) -> Reading:
        """Its value in a case. A question that was not asked although its tier was reached is as good as unanswered."""
        answer = self.question.of(case.evidence)
        if answer is None:
            return self.question.unanswered if self.question.tier <= case.evidence.tier else None
        return answer if isinstance(answer, Unknown) else self.word.read(answer, case.now)

    def convert(self, written: object) -> Value | Unknown:
        """The value a test means by what it gives. Raises `InvalidInput`."""
        if written == UNKNOWN:
            return Unknown("test", "the test says so")
        return converted(self.word.name, self.word.kind, self.word.choices, written)

    def put(self, evidence: Evidence, value: Value | Unknown, now: datetime) -> Evidence:
        """The evidence of a test with this word reading as a value; what a test says is unknown stays so."""
        answer = self.question.of(evidence)
        if isinstance(value, Unknown):
            return self.question.put(evidence, value)
        if answer is None or isinstance(answer, Unknown):
            return evidence
        return self.question.put(evidence, self.word.put(answer, value, now))


_CASE: Final = (
    CaseWord("artifact.name", Kind.TEXT, "the project's name in normal form", lambda case: case.artifact.name),
    CaseWord("artifact.version", Kind.TEXT, "the version in normal form", lambda case: case.artifact.version),
    CaseWord("artifact.purl", Kind.TEXT, "the package URL of the release", lambda case: case.artifact.purl),
    CaseWord("artifact.file", Kind.TEXT, "the name of the file", lambda case: case.artifact.file),
    CaseWord("scope.name", Kind.TEXT, "the scope of whoever asks", lambda case: case.scope.name),
    CaseWord(
        "scope.projects",
        Kind.TEXTS,
        "the projects the request is made for",
        lambda case: case.scope.projects,
        givable=True,
    ),
    CaseWord("now", Kind.MOMENT, "the moment of the decision", lambda case: case.now),
)

VOCABULARY: Final[Mapping[str, CaseWord | FactWord]] = MappingProxyType(
    {word.name: word for word in _CASE}
    | {word.name: FactWord(question, word) for question in QUESTIONS for word in question.words}
)
"""Every word by its name."""


def givable(name: str) -> bool:
    """Whether a test may give this word; the others follow from its `package`, `scope` and `on`."""
    return name in VOCABULARY and VOCABULARY[name].givable


def flattened(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """A nested table as one of dotted names, which is how `given = { release.age = "2 hours" }` arrives from TOML."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat.update(flattened(value, f"{name}.") if isinstance(value, dict) else {name: value})
    return flat
