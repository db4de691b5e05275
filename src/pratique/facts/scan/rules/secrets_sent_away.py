"""Credentials, or what people keep in browsers, wallets and messengers, handed to the network."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_NETWORK = ("net.http", "net.send", "net.socket", "net.mail", "net.dns", "net.download_file")
_PEOPLE = (
    "read.browser",
    "read.wallet",
    "read.extension_id",
    "read.app_data",
    "read.secrets_store",
    "read.keys",
    "read.screen",
)
_SECRETS = ("read.secret_file", "read.agent_config", "read.ci_token", "read.clipboard")


def detect(view: FileView) -> Iterator[Place]:
    """What sends, and into which something secret flows."""
    for seen in view.each(*_NETWORK):
        if seen.gets(*_PEOPLE):
            yield at(seen, "sends away what people keep to themselves")
        elif seen.gets(*_SECRETS) and not seen.aside():
            yield at(
                seen,
                "sends credentials away",
                severity=None if seen.on_load() else Severity.HIGH,
                confidence=None if seen.on_load() else Confidence.MEDIUM,
            )


RULE = Rule("secrets-sent-away", Severity.CRITICAL, Confidence.HIGH, Seen(_NETWORK, detect))
