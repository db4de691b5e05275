"""A service that collects what anybody sends is spoken to."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_NETWORK = ("net.http", "net.send", "net.socket", "net.mail", "net.dns", "net.download_file")
_COMMANDS = ("proc.shell", "proc.spawn")


def detect(view: FileView) -> Iterator[Place]:
    """What sends to a collector, or with the token of a messenger bot."""
    for seen in view.each(*_NETWORK, *_COMMANDS):
        if seen.gets("net.collector_host", "net.messenger_token") and not seen.aside():
            alone = seen.by_itself()
            worse = seen.gets("read.", "py.") or (seen.on_load() and seen.gets("net.messenger_token"))
            yield at(
                seen,
                "sends to a service that collects what anybody sends",
                severity=Severity.CRITICAL if alone else Severity.HIGH if worse else Severity.MEDIUM,
                confidence=Confidence.HIGH if alone else None,
            )


RULE = Rule("collector-contacted", Severity.HIGH, Confidence.MEDIUM, Seen((*_NETWORK, *_COMMANDS), detect))
