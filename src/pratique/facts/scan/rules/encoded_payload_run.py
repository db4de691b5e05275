"""Something encoded is decoded and run, in this interpreter or in a child of it."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_RUNNERS = ("code.exec", "proc.shell", "proc.spawn", "proc.inline_code", "proc.encoded_ps")


def detect(view: FileView) -> Iterator[Place]:
    """What runs something into which an encoded text of the file itself flows through a decoder."""
    for seen in view.each(*_RUNNERS):
        if seen.gets("decode.base", "decode.compress", "decode.cipher", "decode.marshal") and seen.gets("obf.blob"):
            yield at(seen, "runs what an encoded text in the file decodes to")


RULE = Rule("encoded-payload-run", Severity.CRITICAL, Confidence.HIGH, Seen(_RUNNERS, detect))
