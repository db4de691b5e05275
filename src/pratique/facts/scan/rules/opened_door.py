"""A script lets somebody in: a key of its own, an account with the rights of root, a program that gives them away."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Keys and passwords that stand in the script itself, and shells that anybody may start as root."""
    for seen in view.each("write.access"):
        if not seen.aside():
            yield at(seen, "lets somebody in", severity=Severity.CRITICAL if seen.by_itself() else None)


RULE = Rule("opened-door", Severity.HIGH, Confidence.MEDIUM, Seen(("write.access",), detect))
