"""A script makes other programs load code of its choosing."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """The loader's list, and variables by which interpreters load code, set for the steps that follow."""
    for seen in view.each("write.preload"):
        if not seen.aside():
            yield at(
                seen,
                "makes other programs load its code",
                severity=Severity.CRITICAL if seen.by_itself() or seen.gets("net.", "decode.") else None,
            )


RULE = Rule("planted-preload", Severity.HIGH, Confidence.MEDIUM, Seen(("write.preload",), detect))
