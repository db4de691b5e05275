"""Evidence as it is recorded: `{"answers": {ID: ANSWER}, "tier": TIER}` in canonical form.

Each answer is read back by its own question, so that engines with more questions and with fewer read one another's records: what
was never asked is absent, and what this engine does not know is kept as it was written.
"""

from typing import Final

import msgspec

from pratique.errors import InvalidInput
from pratique.facts.evidence import Evidence
from pratique.facts.questions import QUESTIONS
from pratique.model.canonical import canonical
from pratique.model.evidence import Tier, Unknown


class _Document(msgspec.Struct, frozen=True):
    answers: dict[str, msgspec.Raw]
    tier: Tier


_DOCUMENT: Final = msgspec.json.Decoder(_Document)
_ANSWERS: Final = {each.id: msgspec.json.Decoder(each.answer | Unknown) for each in QUESTIONS}


def document(evidence: Evidence) -> bytes:
    """The canonical form of evidence."""
    answers: dict[str, object] = {name: msgspec.json.decode(raw) for name, raw in evidence.newer}
    answers |= {each.id: answer for each in QUESTIONS if (answer := each.of(evidence)) is not None}
    return canonical({"answers": answers, "tier": evidence.tier})


def read_evidence(document: bytes) -> Evidence:
    """Evidence from its canonical form. Raises `InvalidInput` for bytes that are none."""
    try:
        read = _DOCUMENT.decode(document)
        newer = tuple((name, bytes(raw)) for name, raw in read.answers.items() if name not in _ANSWERS)
        answers = {name: _ANSWERS[name].decode(raw) for name, raw in read.answers.items() if name in _ANSWERS}
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidInput(f"not evidence: {error}") from error
    return Evidence(tier=read.tier, newer=newer, **answers)
