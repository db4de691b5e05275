"""A script spells the name of a program or function so that nobody finds it."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Names taken apart by quotes, escapes, variables, patterns or decoders."""
    for seen in view.each("obf.spelling"):
        if not seen.aside():
            yield at(seen, "spells a name so that nobody finds it")


RULE = Rule("disguised-command", Severity.HIGH, Confidence.MEDIUM, Seen(("obf.spelling",), detect))
