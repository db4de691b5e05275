"""A script leaves no history of what it does, beside something that nobody is to see."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_TRACKS = ("evade.history", "evade.self_clean")
_DEEDS = (
    "proc.pipe_shell",
    "proc.fetched",
    "harm.av_tamper",
    "write.access",
    "write.preload",
    "proc.miner",
    "net.collector_host",
)


def detect(view: FileView) -> Iterator[Place]:
    """History switched off or deleted, in a file that also fetches and runs, opens a door, or lowers a guard."""
    deeds = view.has(*_DEEDS) or any(seen.gets("decode.") for seen in view.each("code.exec"))
    lowered = view.has("harm.guard_down")
    for seen in view.each(*_TRACKS):
        if not seen.aside():
            yield at(
                seen,
                "leaves no history of what it does",
                severity=None if deeds else Severity.MEDIUM if lowered else Severity.LOW,
            )


RULE = Rule("covered-tracks", Severity.HIGH, Confidence.MEDIUM, Seen(_TRACKS, detect))
