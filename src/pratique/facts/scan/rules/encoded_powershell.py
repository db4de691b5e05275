"""PowerShell is given a command that nobody can read."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Encoded commands, and hidden windows that fetch something."""
    for seen in view.each("proc.encoded_ps"):
        if not seen.aside() and (
            seen.language not in ("python", "javascript") or seen.text.lower().startswith(("powershell", "pwsh"))
        ):
            yield at(
                seen, "hands PowerShell an encoded command", severity=Severity.CRITICAL if seen.on_load() else None
            )
    for seen in view.each("proc.shell", "proc.spawn"):
        if (
            seen.gets("proc.hidden_window")
            and seen.gets("proc.download", "net.", "proc.pipe_shell")
            and not seen.aside()
        ):
            yield at(seen, "fetches something in a hidden window", severity=Severity.CRITICAL)


RULE = Rule(
    "encoded-powershell", Severity.HIGH, Confidence.HIGH, Seen(("proc.encoded_ps", "proc.hidden_window"), detect)
)
