"""A program is started where nobody sees it."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Programs without a window or without a voice, as soon as the package is loaded."""
    for seen in view.each("proc.hidden_window", "proc.silent"):
        if seen.on_load():
            yield at(
                seen,
                "starts a program where nobody sees it",
                severity=Severity.HIGH if seen.by_itself() and seen.gets("proc.download", "net.", "decode.") else None,
            )


RULE = Rule("hidden-start", Severity.MEDIUM, Confidence.MEDIUM, Seen(("proc.hidden_window", "proc.silent"), detect))
