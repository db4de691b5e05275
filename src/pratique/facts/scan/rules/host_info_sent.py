"""Names of user and machine handed to the network."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_NETWORK = ("net.http", "net.send", "net.socket", "net.mail", "net.dns", "net.download_file")


def detect(view: FileView) -> Iterator[Place]:
    """What sends, and into which names of user or machine flow."""
    for seen in view.each(*_NETWORK):
        if not seen.gets("read.host_info"):
            continue
        if seen.by_itself() or seen.gets("net.collector_host", "net.messenger_token"):
            yield at(
                seen, "tells a stranger who and where it is", severity=Severity.CRITICAL, confidence=Confidence.HIGH
            )
        elif seen.on_load():
            yield at(seen, "tells who and where it is as soon as it is imported")
        else:
            yield at(seen, "sends names of user or machine", severity=Severity.LOW)


RULE = Rule("host-info-sent", Severity.HIGH, Confidence.MEDIUM, Seen(_NETWORK, detect))
