"""Code is written into memory, or another process is read or changed."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_TOGETHER = frozenset(
    {
        "VirtualAlloc",
        "VirtualAllocEx",
        "WriteProcessMemory",
        "CreateRemoteThread",
        "CreateThread",
        "RtlMoveMemory",
        "NtCreateThreadEx",
        "QueueUserAPC",
        "VirtualProtect",
        "EnumSystemLocalesA",
        "NtAllocateVirtualMemory",
    }
)


def detect(view: FileView) -> Iterator[Place]:
    """Memory of processes read or written, by the functions that do it."""
    names = {seen.text.partition("(")[0].rpartition(".")[2] for seen in view.each("proc.injection") if not seen.aside()}
    for seen in view.each("proc.injection"):
        if len(names & _TOGETHER) > 1:
            yield at(seen, "writes code into memory and starts it", severity=Severity.CRITICAL)
            break
    for seen in view.each("proc.memory_read"):
        if not seen.aside():
            yield at(
                seen,
                "reads the memory of another process",
                severity=Severity.CRITICAL if seen.on_load() or view.has("read.ci_token") else None,
            )


RULE = Rule("process-injection", Severity.HIGH, Confidence.HIGH, Seen(("proc.injection", "proc.memory_read"), detect))
