"""An organisation's own rules: one line of CEL each, typed against the vocabulary when the policy loads.

A rule applies when its expression is true. One that cannot be evaluated, because a fact it asks for is unknown or because it
runs too long, holds: what was not found out is not fine.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cel_expr_python import cel

from pratique.errors import InvalidInput
from pratique.facts.question import Kind
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


@dataclass(frozen=True, slots=True)
class OrganisationRule:
    """A `[[rule]]` of the policy as a condition."""

    id: str
    when: str
    then: Verdict
    why: str
    use: str = ""
    do: str = ""
    waivable_by: Sequence[str] = ()

    @property
    def title(self) -> str:
        """What the organisation says of it."""
        return self.why

    def judge(self, case: Case) -> Reason:
        """The rule's own verdict where it applies, HOLD where that cannot be told."""
        facts: dict[str, object] = {}
        silent: list[str] = []
        for name in words_in(self.when):
            value = VOCABULARY[name].read(case)
            if isinstance(value, Unknown):
                silent.append(f"{name} ({clean(value.source)})")
            elif value is None:
                return Reason(self.id, Verdict.ALLOW, f"{name} is looked at when the file is asked for")
            else:
                facts[name] = list(value) if isinstance(value, tuple) else value
        ask = self.waivable_by[0] if self.waivable_by else ""
        if silent:
            remedy = Remedy(do=f"try again once it is known; pratique explain {self.id}", ask=ask)
            return Reason(self.id, Verdict.HOLD, f"not known: {', '.join(silent)}", remedy)
        answer = _evaluate(self.when, facts)
        if answer is False:
            return Reason(self.id, Verdict.ALLOW, "the rule does not apply")
        remedy = Remedy(use=self.use, do=self.do, ask=ask)
        if answer is True:
            return Reason(self.id, self.then, self.why, remedy)
        return Reason(self.id, Verdict.HOLD, "the rule could not be evaluated", remedy)


def _evaluate(when: str, facts: dict[str, object]) -> bool | None:
    """What a compiled expression says; None where it says neither yes nor no."""
    environment = _environment()
    try:
        value = compile_expression(when).eval(environment.Activation(facts)).value()
    except RuntimeError:
        return None
    return value if isinstance(value, bool) else None


@lru_cache(limits.POLICY_RULES_MAX)
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


@lru_cache(limits.POLICY_RULES_MAX)
def words_in(when: str) -> tuple[str, ...]:
    """The words of the vocabulary that an expression uses."""
    return tuple(name for name in VOCABULARY if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", when))


@lru_cache(1)
def _environment() -> "cel.Env":
    return cel.NewEnv(variables={name: _TYPES[word.kind] for name, word in VOCABULARY.items()})


def _said(message: str) -> str:
    """The first sentence of CEL's own message, without its frame."""
    first = message.removeprefix("INVALID_ARGUMENT: ").partition("\n")[0]
    return clean(first.removeprefix("ERROR: <input>:").partition(": ")[2] or first)
