"""It arranges to be started again."""

from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_PATH_LISTS: Final = ("easy-install.pth", "setuptools.pth")


def detect(view: FileView) -> Iterator[Place]:
    """What writes to a place that is run at start or at log-in, or has a job scheduled."""
    for seen in view.each("write.file", "proc.shell", "proc.spawn", "write.autostart", "write.executable"):
        if seen.aside():
            continue
        if seen.gets("write.autostart", "write.schedule", "write.shell_rc", "write.hosts"):
            yield at(
                seen,
                "arranges to be started again",
                severity=Severity.CRITICAL
                if seen.by_itself() or seen.gets("decode.", "net.")
                else Severity.HIGH
                if seen.on_load()
                else Severity.MEDIUM,
            )
        elif seen.gets("write.pth") and seen.label == "write.file":
            yield at(
                seen,
                "writes a file that every start of Python runs",
                severity=Severity.CRITICAL
                if seen.on_load()
                else Severity.HIGH
                if seen.gets("decode.") or (seen.gets("net.", "code.") and not _lists_paths(view))
                else Severity.LOW,
            )


def _lists_paths(view: FileView) -> bool:
    """Whether among the start-up files are those by which installers name the folders of what they fetched."""
    return any(seen.text.endswith(_PATH_LISTS) for seen in view.each("write.pth"))


RULE = Rule("persistence", Severity.HIGH, Confidence.MEDIUM, Seen(("write.", "proc."), detect))
