"""Code or a command that only shows once it is decoded."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

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
    plain = seen.inputs.isdisjoint(
        {"decode.base", "decode.compress", "decode.cipher", "decode.charcodes", "decode.media"}
    )
    return (
        Severity.MEDIUM if plain and not seen.on_load() else Severity.HIGH
    )  # byte code alone: tools that keep compiled texts


RULE = Rule("decoded-code-run", Severity.HIGH, Confidence.MEDIUM, Seen(_RUNNERS, detect))
