"""What the organisation signed of a file of its own."""

from datetime import datetime
from typing import Final, final

import msgspec

from pratique.errors import InvalidInput
from pratique.facts.question import Kind, Question, Word
from pratique.model.evidence import Level, Unknown
from pratique.model.scope import ScopeName
from pratique.model.statement import Flaw, Predicate
from pratique.model.text import clean


@final
class Said(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One statement: what it says, who signed it, and why it does not count; None where it does.

    Without scopes it counts in all. Of several of one kind by one signer there is the newest.
    """

    predicate: Predicate
    by: str
    flaw: Flaw | None = None
    why: str = ""
    scopes: tuple[ScopeName, ...] = ()


@final
class Statements(msgspec.Struct, frozen=True, gc=False, tag="statements", omit_defaults=True):
    """Whether the file is from the organisation's own index, and what was signed of it there."""

    own: bool = False
    said: tuple[Said, ...] = ()

    def of(self, *, counting: bool) -> tuple[str, ...]:
        """The kinds of statements that count, or of those that do not, each once."""
        return tuple(dict.fromkeys(each.predicate.value for each in self.said if (each.flaw is None) == counting))


NOT_OWN: Final = Statements()


def _told(statements: Statements) -> str:
    if not statements.own:
        return "nothing; it is no release of this organisation"
    told = [
        f"{each.predicate} by {clean(each.by)}" + (f", which does not count: {each.why}" if each.flaw else "")
        for each in statements.said
    ]
    return "; ".join(told) or "nothing"


def _with(statements: Statements, kinds: tuple[str, ...], flaw: Flaw | None) -> Statements:
    try:
        said = tuple(
            Said(Predicate(kind), "somebody", flaw, "its signature is wrong" if flaw else "") for kind in kinds
        )
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    others = tuple(each for each in statements.said if (each.flaw is None) != (flaw is None))
    return Statements(own=True, said=(*others, *said))


def _verified(statements: Statements, kinds: tuple[str, ...], _: datetime) -> Statements:
    return _with(statements, kinds, None)


def _rejected(statements: Statements, kinds: tuple[str, ...], _: datetime) -> Statements:
    return _with(statements, kinds, Flaw.SIGNATURE)


STATEMENTS: Final = Question(
    id="statements",
    answer=Statements,
    asks="what the organisation signed of it",
    source="the record",
    unanswered=Unknown("record", "nobody looked for statements about it"),
    benign=lambda _: NOT_OWN,
    told=_told,
    words=(
        Word(
            "statements.own",
            Kind.YES_NO,
            "whether it is from the organisation's own index",
            lambda statements, _: statements.own,
            lambda statements, own, _: msgspec.structs.replace(statements, own=own),
        ),
        Word(
            "statements.verified",
            Kind.TEXTS,
            "what was signed of it and counts: " + ", ".join(Predicate),
            lambda statements, _: statements.of(counting=True),
            _verified,
        ),
        Word(
            "statements.rejected",
            Kind.TEXTS,
            "what was signed of it and does not count",
            lambda statements, _: statements.of(counting=False),
            _rejected,
        ),
    ),
    level=Level.FILE,
)
