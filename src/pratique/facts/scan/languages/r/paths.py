"""Paths and addresses in R code: what reading or writing them means, and code that is in them."""

import re
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.value import HOLE

_ADDRESS: Final = re.compile(r"^(?:https?|ftps?)://", re.IGNORECASE)
_READING: Final = ("read.",)
_NOT_READING: Final = frozenset(
    {"read.host_info", "read.env_secret", "read.ci_token", "read.env_all", "read.inventory"}
)
_WRITING: Final = ("write.", "read.agent_config")
_PUBLIC: Final = re.compile(r"\.pub$|known_hosts|\.ssh/config$")
_PLAIN_PASTE: Final = re.compile(
    r"//(?:raw|gist)\.githubusercontent\.com/|//bitbucket\.org/|//www\.dropbox\.com/", re.IGNORECASE
)
_PUBLIC_ADDRESS: Final = re.compile(r"^(?:https?|ftp)://(\d{1,3})\.\d{1,3}\.\d{1,3}\.\d{1,3}(?=[:/?]|$)")


def is_address(text: str) -> bool:
    """Whether a path is an address that is fetched."""
    return _ADDRESS.match(text) is not None


def address_labels(reader: Reader, text: str) -> frozenset[str]:
    """What an address says of whom it speaks to."""
    labels = frozenset(label for label in reader.labels_of(text) if label.startswith("net."))
    return labels - {"net.paste"} if _PLAIN_PASTE.search(text) else labels


def reading_labels(reader: Reader, text: str) -> frozenset[str]:
    """What reading a file of that name would read."""
    if len(text) < 5 or _PUBLIC.search(text):
        return frozenset()
    found = reader.labels_of(text.replace(HOLE, "x"))
    return frozenset(label for label in found if label.startswith(_READING) and label not in _NOT_READING)


def writing_labels(reader: Reader, text: str) -> frozenset[str]:
    """What writing a file of that name would change."""
    if len(text) < 5:
        return frozenset()
    return frozenset(label for label in reader.labels_of(text) if label.startswith(_WRITING))
