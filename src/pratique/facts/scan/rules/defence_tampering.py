"""Protection is switched off, or told to look away."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Commands and settings by which protection is switched off; a mention in a text that nothing runs is passed over."""
    run = [
        seen for seen in view.each("proc.", "code.exec", "write.autostart", "write.file") if seen.gets("harm.av_tamper")
    ]
    for seen in run:
        if not seen.aside():
            yield at(seen, "switches protection off, or tells it to look away")
    for seen in view.each("harm.av_tamper"):
        if seen.language in ("powershell", "batch", "shell") and not seen.aside() and (seen.depth or not run):
            yield at(seen, "switches protection off, or tells it to look away")


RULE = Rule("defence-tampering", Severity.CRITICAL, Confidence.HIGH, Seen(("harm.av_tamper",), detect))
