"""A script leaves its container for the machine below it."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Ways out of containers, and containers that hold the whole machine."""
    for seen in view.each("proc.escape"):
        if not seen.aside():
            yield at(seen, "leaves its container", severity=Severity.CRITICAL if seen.by_itself() else None)


RULE = Rule("container-escape", Severity.HIGH, Confidence.MEDIUM, Seen(("proc.escape",), detect))
