"""Code where nobody looks: far to the right, or in characters that show nothing."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_ACTS = ("exec", "eval", "import", "require", "system", "subprocess", "global", "curl", "Function")


def detect(view: FileView) -> Iterator[Place]:
    """Invisible characters that carry data, and code pushed out of sight."""
    for seen in view.each("obf.invisible"):
        acts = view.has("code.exec", "decode.", "proc.")
        yield at(
            seen, "holds characters that show nothing", severity=None if acts and not seen.aside() else Severity.MEDIUM
        )
    for seen in view.each("obf.offscreen"):
        if not seen.aside():
            yield at(
                seen,
                "pushes code out of sight",
                severity=None if any(word in seen.text for word in _ACTS) else Severity.LOW,
            )


RULE = Rule("hidden-code", Severity.HIGH, Confidence.HIGH, Seen(("obf.invisible", "obf.offscreen"), detect))
