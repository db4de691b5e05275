"""An organisation's own rules: one line of CEL each, typed against the vocabulary when the policy loads.

A rule applies when its expression is true. One that cannot be evaluated, because a fact it asks for is unknown or because it
runs too long, holds: what was not found out is not fine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from cel_expr_python import cel

from pratique.errors import InvalidInput
from pratique.facts.question import Kind, Value
from pratique.model import limits
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.evidence import Unknown
from pratique.model.text import clean
from pratique.policy.condition import Case
from pratique.policy.vocabulary import VOCABULARY

_TYPES: Final = {
    Kind.TEXT: cel.Type.STRING,
    Kind.TEXTS: cel.Type.List(cel.Type.STRING),
    Kind.YES_NO: cel.Type.BOOL,
    Kind.DURATION: cel.Type.DURATION,
    Kind.MOMENT: cel.Type.TIMESTAMP,
}
_TIMED: Final = (Kind.DURATION, Kind.MOMENT)
"""The kinds of words that may read otherwise a moment later. No other does."""


@dataclass(frozen=True, slots=True)
class OrganisationRule:
    """A `[[rule]]` of the policy as a condition.

    `words` are those its expression needs. Raises `InvalidInput`, as `compile_expression` does, for one that cannot be read.
    """

    id: str
    when: str
    then: Verdict
    why: str
    use: str = ""
    do: str = ""
    waivable_by: Sequence[str] = ()
    expression: "cel.Expression" = field(init=False, repr=False, compare=False)
    words: tuple[str, ...] = field(init=False, repr=False, compare=False)
    timed: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", compile_expression(self.when))
        object.__setattr__(self, "words", words_in(self.when))
        object.__setattr__(self, "timed", any(VOCABULARY[name].kind in _TIMED for name in self.words))

    @property
    def title(self) -> str:
        """What the organisation says of it."""
        return self.why

    def judge(self, case: Case) -> Reason:
        """The rule's own verdict where it applies, HOLD where that cannot be told."""
        facts: dict[str, Value] = {}
        silent: list[str] = []
        for name in self.words:
            value = VOCABULARY[name].read(case)
            if isinstance(value, Unknown):
                silent.append(f"{name} ({clean(value.source)})")
            elif value is None:
                return Reason(self.id, Verdict.ALLOW, f"{name} is looked at when the file is asked for")
            else:
                facts[name] = value
        ask = self.waivable_by[0] if self.waivable_by else ""
        if silent:
            remedy = Remedy(do=f"try again once it is known; pratique explain {self.id}", ask=ask)
            return Reason(self.id, Verdict.HOLD, f"not known: {', '.join(silent)}", remedy)
        answer = self.applies(facts)
        if answer is False:
            return Reason(self.id, Verdict.ALLOW, "the rule does not apply")
        remedy = Remedy(use=self.use, do=self.do, ask=ask)
        if answer is True:
            return Reason(self.id, self.then, self.why, remedy)
        return Reason(self.id, Verdict.HOLD, "the rule could not be evaluated", remedy)

    def changes_at(self, case: Case) -> datetime | None:
        """As `Timed.changes_at`: nobody can tell what an expression makes of a moment or an age before it has come."""
        return case.now if self.timed else None

    def applies(self, facts: Mapping[str, Value]) -> bool | None:
        """Whether it applies to these values of its words; None where the engine says neither yes nor no."""
        given = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
        try:
            value = self.expression.eval(_environment().Activation(given)).value()
        except RuntimeError:
            return None
        return value if isinstance(value, bool) else None


def compile_expression(when: str) -> "cel.Expression":
    """Compile an expression.

    Raises `InvalidInput` for an unknown word, a wrong type, or one that is no yes-or-no question. The engine has an iteration
    budget of its own: loops within loops end there, and the rule then holds.
    """
    if len(when) > limits.CEL_EXPRESSION_CHARACTERS_MAX:
        raise InvalidInput(f"an expression has at most {limits.CEL_EXPRESSION_CHARACTERS_MAX} characters")
    try:
        expression = _environment().compile(when)
    except RuntimeError as error:
        raise InvalidInput(_said(str(error))) from error
    if expression.return_type() != cel.Type.BOOL:
        raise InvalidInput("the expression is not a yes-or-no question")
    return expression


def words_in(when: str) -> tuple[str, ...]:
    """The words of the vocabulary that an expression, which compiles, cannot do without.

    The engine does not list them. It is asked instead whether the expression still compiles where a word is not declared, so
    that strings, comments, calls on a word and names bound by a macro are told apart by whoever evaluates it.
    """
    return tuple(name for name in VOCABULARY if name.partition(".")[0] in when and not _compiles_without(name, when))


def _compiles_without(name: str, when: str) -> bool:
    try:
        _environment(without=name).compile(when)
    except RuntimeError:
        return False
    return True


@lru_cache(len(VOCABULARY) + 1)
def _environment(without: str = "") -> "cel.Env":
    """Every word by its type, but for one."""
    return cel.NewEnv(variables={name: _TYPES[word.kind] for name, word in VOCABULARY.items() if name != without})


def _said(message: str) -> str:
    """The first sentence of CEL's own message, without its frame."""
    first = message.removeprefix("INVALID_ARGUMENT: ").partition("\n")[0]
    return clean(first.removeprefix("ERROR: <input>:").partition(": ")[2] or first)
