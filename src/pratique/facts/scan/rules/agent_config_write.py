"""Files are written that editors and coding agents run by themselves."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Writing to the configuration of agents and editors."""
    for seen in view.each("write.file", "proc.shell"):
        if seen.gets("read.agent_config", "write.agent_config") and not seen.aside():
            worse = seen.on_load() or seen.gets("net.", "decode.")
            yield at(
                seen,
                "writes what an agent or editor runs by itself",
                severity=Severity.CRITICAL if seen.by_itself() else Severity.HIGH if worse else Severity.LOW,
            )


RULE = Rule("agent-config-write", Severity.HIGH, Confidence.MEDIUM, Seen(("read.agent_config",), detect))
