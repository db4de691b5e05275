"""A package brings a file by which an editor, an agent or git runs something, as soon as its folder is opened."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_DOUBTFUL = (
    "net.raw_ip",
    "net.tunnel_host",
    "net.paste",
    "net.shortener",
    "net.collector_host",
    "proc.pipe_shell",
    "proc.encoded_ps",
    "proc.shell_plumbing",
    "read.secret_file",
)


def detect(view: FileView) -> Iterator[Place]:
    """Commands that nobody is asked about; tools of everyday work only as a remark. And what unties agents, or diverts them."""
    for seen in view.each("pkg.autorun"):
        yield at(seen, f"runs {seen.text}", severity=_severity(seen))
    for seen in view.each("pkg.autorun_script"):
        yield at(seen, f"runs {seen.text}", severity=Severity.LOW if seen.aside() else Severity.MEDIUM)
    for seen in view.each("pkg.autorun_tool"):
        yield at(seen, f"runs {seen.text}", severity=Severity.LOW)
    for seen in view.each("pkg.agent_unguarded"):
        yield at(seen, f"lets agents act without asking: {seen.text}", severity=Severity.MEDIUM)
    for seen in view.each("pkg.agent_diverted"):
        doubtful = seen.gets(*_DOUBTFUL)
        yield at(seen, f"leads agents elsewhere: {seen.text}", severity=None if doubtful else Severity.MEDIUM)
    for seen in view.each("pkg.agent_order"):
        secretly = seen.gets("obf.log_suppress")
        yield at(
            seen,
            f"tells agents {'in secret ' if secretly else ''}to run what they fetch: {seen.text}",
            severity=None if secretly else Severity.LOW,
            confidence=None if secretly else Confidence.LOW,
        )


def _severity(seen: Observation) -> Severity | None:
    if seen.gets(*_DOUBTFUL) and not seen.aside():
        return Severity.CRITICAL
    return Severity.LOW if seen.aside() else None


_LABELS = (
    "pkg.autorun",
    "pkg.autorun_script",
    "pkg.autorun_tool",
    "pkg.agent_unguarded",
    "pkg.agent_diverted",
    "pkg.agent_order",
)

RULE = Rule("autorun-file", Severity.HIGH, Confidence.MEDIUM, Seen(_LABELS, detect))
