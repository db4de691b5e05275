"""Credentials, or what people keep in browsers, wallets and messengers, handed to the network."""

import re
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
_GOOGLE = re.compile(
    r"\(https://(?:[\w-]{1,40}-)?(?:aiplatform|compute|container|dataproc|discoveryengine|documentai|iam|notebooks|run|serviceusage"
    r"|generativelanguage|cloudresourcemanager)\.googleapis\.com/"
)
"""Interfaces by which machines are managed and models asked: nobody else reads there what is sent."""

_GITHUB = re.compile(r"://(?:api\.|uploads\.|raw\.)?github(?:usercontent)?\.com/")


def detect(view: FileView) -> Iterator[Place]:
    """What sends, and into which something secret flows."""
    for seen in view.each(*_NETWORK):
        if seen.gets(*_PEOPLE) and _at_home(seen, view):
            yield at(seen, "sends credentials to the cloud that gave them", severity=Severity.LOW)
        elif _asks_for_its_account(seen, view):
            yield at(seen, "asks a messenger's service whose token it has", severity=Severity.MEDIUM)
        elif seen.gets(*_PEOPLE):
            yield at(seen, "sends away what people keep to themselves")
        elif (seen.gets(*_SECRETS) or _leaves_its_build(seen)) and not seen.aside():
            yield at(
                seen,
                "sends credentials away",
                severity=None if seen.on_load() else Severity.HIGH,
                confidence=None if seen.on_load() else Confidence.MEDIUM,
            )


def _at_home(seen: Observation, view: FileView) -> bool:
    """Whether all that is sent is the token that Google's own tool gives for such an interface."""
    people = {label for label in seen.inputs if label.startswith(_PEOPLE)}
    return (
        people == {"read.secrets_store"}
        and _GOOGLE.search(seen.text) is not None
        and all("print-access-token" in each.text for each in view.each("read.secrets_store"))
    )


def _asks_for_its_account(seen: Observation, view: FileView) -> bool:
    """Whether all that is known of a messenger is the address at which its own libraries ask whose token they were given."""
    people = {label for label in seen.inputs if label.startswith(_PEOPLE)}
    asked = list(view.each("read.app_data"))
    return people == {"read.app_data"} and bool(asked) and all(each.text.startswith("https://") for each in asked)


def _leaves_its_build(seen: Observation) -> bool:
    """Whether the token of a build goes to an address that is hidden, or written down and none of its own service."""
    elsewhere = "://" in seen.text and _GITHUB.search(seen.text) is None
    return seen.gets("read.ci_token") and (elsewhere or seen.gets(*_HIDDEN))


RULE = Rule("secrets-sent-away", Severity.CRITICAL, Confidence.HIGH, Seen(_NETWORK, detect))
