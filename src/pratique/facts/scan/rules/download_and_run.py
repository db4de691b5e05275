"""What is fetched is run, without anybody looking at it in between."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Code that comes from the network, and commands that fetch and run in one line."""
    for seen in view.each("code.exec", "code.native_by_path"):
        if seen.gets("net.http", "net.send", "net.download_file"):
            yield at(seen, "runs what it fetches from the network", severity=Severity.MEDIUM if seen.aside() else None)
    for seen in view.each("proc.shell", "proc.spawn", "proc.inline_code"):
        if seen.aside():
            continue
        if seen.gets("net.http", "net.download_file", "net.received") and not seen.gets("read.file"):
            yield at(
                seen, "starts what it fetches from the network", severity=None if seen.on_load() else Severity.HIGH
            )
        elif seen.gets("proc.pipe_shell"):
            yield at(seen, "fetches and runs in one line", severity=None if seen.on_load() else Severity.HIGH)


RULE = Rule(
    "download-and-run",
    Severity.CRITICAL,
    Confidence.HIGH,
    Seen(
        ("code.exec", "code.compile", "code.dynamic_import", "proc.", "code.native_by_path", "code.deserialise"), detect
    ),
)
