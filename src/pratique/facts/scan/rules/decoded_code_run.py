"""Code or a command that only shows once it is decoded."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import How, Observation
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_DECODED = frozenset({"decode.base", "decode.compress", "decode.cipher", "decode.media"})
_RUNNERS = ("code.exec", "proc.shell", "proc.spawn", "proc.inline_code")


def detect(view: FileView) -> Iterator[Place]:
    """What runs something that went through a decoder, and was not written down as a long text."""
    for seen in view.each(*_RUNNERS):
        if seen.gets("obf.blob") or not seen.gets(
            "decode.base",
            "decode.compress",
            "decode.cipher",
            "decode.marshal",
            "decode.charcodes",
            "decode.escapes",
            "decode.media",
        ):
            continue
        if seen.gets("read.file") and not seen.by_itself():
            continue  # an unpacker of files reads what it runs
        yield at(
            seen,
            "runs what it decodes first",
            severity=_severity(seen),
            confidence=Confidence.HIGH if seen.by_itself() else None,
        )


def _severity(seen: Observation) -> Severity:
    if seen.by_itself():
        return Severity.CRITICAL
    if seen.on_load() or not seen.inputs.isdisjoint(_DECODED):
        return Severity.HIGH
    # Byte code alone is what tools keep that compile texts; single characters are what parsers put together.
    return Severity.HIGH if "decode.charcodes" in seen.inputs and seen.how is How.DECODED else Severity.MEDIUM


RULE = Rule("decoded-code-run", Severity.HIGH, Confidence.MEDIUM, Seen(_RUNNERS, detect))
