"""Several places where people keep secrets, in one file."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_PLACES = ("read.browser", "read.wallet", "read.extension_id", "read.app_data", "read.secrets_store")
_KINDS_MIN = 2


def detect(view: FileView) -> Iterator[Place]:
    """A file that knows several kinds of places, and does something with them."""
    kinds = {seen.label for seen in view.each(*_PLACES) if not seen.aside()}
    if len(kinds) < _KINDS_MIN:
        return
    first = next(view.each(*_PLACES))
    acts = view.has("net.http", "net.send", "net.socket", "decode.cipher", "read.file", "write.file")
    yield at(
        first,
        "knows several places where people keep secrets",
        severity=Severity.CRITICAL if acts and len(kinds) > _KINDS_MIN else None,
        confidence=Confidence.HIGH if acts and len(kinds) > _KINDS_MIN else None,
    )


RULE = Rule("credential-harvest", Severity.HIGH, Confidence.MEDIUM, Seen(_PLACES, detect))
