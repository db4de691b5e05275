"""Made unreadable by a tool that is known for it."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """The marks of tools that make code unreadable."""
    for seen in view.each("obf.tool"):
        if seen.aside():
            continue
        runs = view.has("code.exec", "code.reflected_builtin", "decode.marshal")
        yield at(
            seen,
            "was made unreadable by a tool",
            severity=None if runs or (seen.on_load() and view.has("decode.")) else Severity.MEDIUM,
        )
        break


RULE = Rule("known-obfuscator", Severity.HIGH, Confidence.MEDIUM, Seen(("obf.tool",), detect))
