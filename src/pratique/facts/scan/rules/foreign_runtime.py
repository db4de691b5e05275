"""It brings the runtime of another language and starts it."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_RUNTIMES = ("bun", "deno")


def detect(view: FileView) -> Iterator[Place]:
    """A runtime that is fetched or started from a package of another language."""
    for seen in view.each("net.http", "net.download_file", "proc.shell", "proc.spawn"):
        if seen.gets("proc.foreign_runtime") and not seen.aside():
            yield at(
                seen, "fetches the runtime of another language", severity=Severity.CRITICAL if seen.on_load() else None
            )
    for seen in view.each("proc.foreign_runtime"):
        program = seen.text.partition(" ")[0].rpartition("/")[2].removesuffix(".exe")
        if seen.on_load() and program in _RUNTIMES:  # what is started, not a text that speaks of it
            yield at(seen, "starts the runtime of another language")


RULE = Rule("foreign-runtime", Severity.HIGH, Confidence.MEDIUM, Seen(("proc.foreign_runtime",), detect))
