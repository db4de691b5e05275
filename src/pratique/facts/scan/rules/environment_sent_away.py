"""The whole environment, with every secret in it, handed to the network."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_SENDERS = ("net.http", "net.send", "net.socket", "net.mail")


def detect(view: FileView) -> Iterator[Place]:
    """What opens a connection or sends, and into which the whole environment flows."""
    for seen in view.each(*_SENDERS):
        if seen.gets("read.env_all") and not seen.text.startswith("socket.socket("):
            better = Severity.MEDIUM if seen.aside() else None
            yield at(seen, "sends the whole environment away", severity=better)


RULE = Rule("environment-sent-away", Severity.CRITICAL, Confidence.HIGH, Seen(_SENDERS, detect))
