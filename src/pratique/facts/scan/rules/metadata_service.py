"""The cloud's metadata service is asked for credentials."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Requests to the addresses at which clouds hand out credentials."""
    for seen in view.each("net.http", "net.send", "proc.shell", "proc.spawn", "net.socket"):
        if seen.gets("net.metadata_service") and not seen.aside():
            yield at(
                seen,
                "asks the cloud for credentials",
                severity=Severity.CRITICAL if seen.by_itself() else Severity.HIGH if seen.on_load() else Severity.LOW,
            )


RULE = Rule("metadata-service", Severity.HIGH, Confidence.MEDIUM, Seen(("net.metadata_service",), detect))
