"""Which of the configured indexes the file comes from."""

from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.evidence import Level, Unknown
from pratique.model.text import clean


@final
class Origin(msgspec.Struct, frozen=True, gc=False, tag="origin"):
    """Which of the configured indexes the file comes from (`public`, `internal`, ...)."""

    index: str


ORIGIN: Final = Question(
    id="origin",
    answer=Origin,
    asks="which index it comes from",
    source="the gate's own settings",
    unanswered=Unknown("settings", "no index was asked for it"),
    benign=lambda _: Origin("public"),
    told=lambda origin: f"the index {clean(origin.index)}",
    words=(
        Word(
            "origin.index",
            Kind.TEXT,
            "the index it comes from",
            lambda origin, _: origin.index,
            lambda _, index, __: Origin(index),
        ),
    ),
    level=Level.PROJECT,
)
