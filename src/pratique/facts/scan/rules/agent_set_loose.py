"""A coding agent is started so that it asks for nothing before it reads, writes and runs."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Programs and commands with the switches by which agents ask for nothing. It matters when they are started."""
    for seen in view.each("proc.spawn", "proc.shell"):
        if seen.gets("proc.agent_loose") and not seen.aside():
            yield at(
                seen,
                "starts a coding agent that asks for nothing",
                severity=None if seen.on_load() else Severity.MEDIUM,
                confidence=None if seen.on_load() else Confidence.LOW,
            )


RULE = Rule("agent-set-loose", Severity.CRITICAL, Confidence.HIGH, Seen(("proc.spawn", "proc.shell"), detect))
