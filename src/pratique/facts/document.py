"""Recorded evidence, read back: each answer by its own question, so that old and new engines read one another's records."""

from typing import Final

import msgspec

from pratique.errors import InvalidInput
from pratique.facts.questions import QUESTIONS
from pratique.model.evidence import Evidence, Tier, Unknown


class _Document(msgspec.Struct, frozen=True):
    answers: dict[str, msgspec.Raw]
    tier: Tier


_DOCUMENT: Final = msgspec.json.Decoder(_Document)
_ANSWERS: Final = {each.id: msgspec.json.Decoder(each.answer | Unknown) for each in QUESTIONS}
_OTHER: Final = msgspec.json.Decoder()


def read_evidence(document: bytes) -> Evidence:
    """Evidence from its canonical form.

    The answer to a question that this engine does not know stays plain JSON, which nothing reads. Raises `InvalidInput` for
    bytes that are no evidence.
    """
    try:
        read = _DOCUMENT.decode(document)
        answers = {name: _ANSWERS.get(name, _OTHER).decode(answer) for name, answer in read.answers.items()}
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidInput(f"not evidence: {error}") from error
    return Evidence(answers, read.tier)
