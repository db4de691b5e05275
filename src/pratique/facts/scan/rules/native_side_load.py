"""A native library is loaded by its path as soon as the package is imported."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Libraries by their path, at import or at installation."""
    for seen in view.each("code.native_by_path"):
        if seen.gets("net.", "decode.", "write.file") and not seen.aside():
            yield at(
                seen, "loads a library that it made or fetched", severity=Severity.CRITICAL, confidence=Confidence.HIGH
            )
        elif seen.on_load():
            yield at(seen, "loads a native library by its path", severity=Severity.HIGH if seen.by_itself() else None)


RULE = Rule("native-side-load", Severity.LOW, Confidence.MEDIUM, Seen(("code.native_by_path",), detect))
