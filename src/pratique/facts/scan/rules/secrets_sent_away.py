"""Credentials, or what people keep in browsers, wallets and messengers, handed to the network."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
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
_SECRETS = ("read.secret_file", "read.agent_config", "read.clipboard")
_HIDDEN = ("decode.", "obf.")


def detect(view: FileView) -> Iterator[Place]:
    """What sends, and into which something secret flows."""
    for seen in view.each(*_NETWORK):
        if seen.gets(*_PEOPLE):
            yield at(seen, "sends away what people keep to themselves")
        elif (seen.gets(*_SECRETS) or _leaves_its_build(seen)) and not seen.aside():
            yield at(
                seen,
                "sends credentials away",
                severity=None if seen.on_load() else Severity.HIGH,
                confidence=None if seen.on_load() else Confidence.MEDIUM,
            )


def _leaves_its_build(seen: Observation) -> bool:
    """Whether the token of a build goes to an address that is written down or hidden; the build's own is told at run time."""
    return seen.gets("read.ci_token") and ("://" in seen.text or seen.gets(*_HIDDEN))


RULE = Rule("secrets-sent-away", Severity.CRITICAL, Confidence.HIGH, Seen(_NETWORK, detect))
