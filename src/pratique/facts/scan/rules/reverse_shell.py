"""A shell joined to a connection."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Commands that join a shell to a connection, and code that does."""
    for seen in view.each("proc.shell", "proc.spawn", "code.exec"):
        if seen.gets("proc.shell_plumbing") and not seen.aside():
            yield at(seen, "joins a shell to a connection")
    for seen in view.each("proc.shell_plumbing"):
        if seen.aside():
            continue
        joined = seen.gets("net.socket") or (
            seen.text.startswith("pty") and any(other.unit == seen.unit for other in view.each("net.socket"))
        )
        if joined or seen.language not in ("python", "javascript"):
            yield at(seen, "joins a shell to a connection")
    for seen in view.each("proc.shell", "proc.spawn", "code.exec"):
        if seen.gets("net.received") and not seen.aside():
            yield at(
                seen,
                "runs what comes in over a connection",
                severity=None if seen.on_load() else Severity.HIGH if seen.label != "code.exec" else Severity.MEDIUM,
            )


RULE = Rule("reverse-shell", Severity.CRITICAL, Confidence.HIGH, Seen(("proc.", "net.socket", "code.exec"), detect))
