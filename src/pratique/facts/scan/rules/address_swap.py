"""Payment addresses are exchanged for others."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """What does so by its own name, and a clipboard that is read and written by code that knows such addresses."""
    for seen in view.each("harm.address_swap"):
        if not seen.aside():
            yield at(seen, "exchanges payment addresses")
    if view.has("read.clipboard") and view.has("harm.address_pattern"):
        for seen in view.each("write.clipboard"):
            if not seen.aside():
                yield at(seen, "exchanges payment addresses in the clipboard")


RULE = Rule("address-swap", Severity.CRITICAL, Confidence.HIGH, Seen(("harm.address_swap", "write.clipboard"), detect))
