"""Instructions are read from a blockchain."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """A blockchain that is asked for something which is then decoded or run."""
    for seen in view.each("code.exec", "proc.shell", "proc.spawn", "decode.base", "decode.cipher"):
        if seen.gets("net.chain_rpc") and not seen.aside():
            yield at(
                seen,
                "reads instructions from a blockchain",
                severity=Severity.CRITICAL if seen.label.startswith(("code.", "proc.")) else None,
            )


RULE = Rule("dead-drop", Severity.HIGH, Confidence.MEDIUM, Seen(("net.chain_rpc",), detect))
