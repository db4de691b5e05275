"""A copy of every mail goes to an address that is written down in the code."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Mail whose receiver somebody else names, and which has a fixed one beside, that the receiver does not see."""
    for seen in view.each("net.mail_copy"):
        if not seen.aside():
            yield at(seen, "sends a copy of every mail to a fixed address")


RULE = Rule("copied-mail", Severity.HIGH, Confidence.MEDIUM, Seen(("net.mail_copy",), detect))
