"""It starts itself again and again, or fills the memory."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Fork bombs and memory bombs."""
    for seen in view.each("proc.storm", "harm.memory"):
        if not seen.aside() and (seen.language != "python" or seen.depth or seen.on_load()):
            yield at(seen, "starts itself again and again" if seen.label == "proc.storm" else "fills the memory")


RULE = Rule("process-storm", Severity.HIGH, Confidence.HIGH, Seen(("proc.storm", "harm.memory"), detect))
