"""Data that call functions of their choice while a program reads them."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Seen
from pratique.model.evidence import Confidence, Severity

_SAYS = {
    "code.deserialise_call": "runs when it is loaded: ",
    "code.deserialise_broken": "",
    "code.deserialise_odd": "names a function that data have no need of: ",
    "code.deserialise_code": "holds functions as byte code: ",
}
_WEIGHS = {
    "code.deserialise_call": (Severity.CRITICAL, Confidence.HIGH),
    "code.deserialise_broken": (Severity.HIGH, Confidence.MEDIUM),
    "code.deserialise_odd": (Severity.MEDIUM, Confidence.MEDIUM),
    "code.deserialise_code": (Severity.MEDIUM, Confidence.LOW),
}


def detect(view: FileView) -> Iterator[Place]:
    """Calls of what acts, streams that break off behind a call, and what is odd in data: each function once."""
    told: set[str] = set()
    for seen in view.each(*_SAYS):
        message = _message(seen)
        once = seen.label if seen.label == "code.deserialise_code" else message
        if once not in told:
            told.add(once)
            severity, confidence = _WEIGHS[seen.label]
            yield Place(seen.line, message, view.path, seen.context, severity, confidence)


def _message(seen: Observation) -> str:
    return f"{_SAYS[seen.label]}{seen.text}" if seen.text else "calls a function when it is loaded"


RULE = Rule("deserialisation-call", Severity.CRITICAL, Confidence.HIGH, Seen(tuple(_SAYS), detect))
