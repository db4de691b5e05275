"""It publishes itself, or writes itself into other packages."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Publishing with tokens that were found, and writing into other packages and workflows."""
    for seen in view.each("proc.shell", "proc.spawn", "net.send", "net.http"):
        if seen.aside():
            continue
        if (
            seen.gets("spread.publish")
            and view.has("read.secret_file", "read.ci_token", "spread.token_list", "read.env_secret")
            and (seen.on_load() or view.has("spread.token_list"))
        ):
            yield at(seen, "publishes with tokens it finds", severity=Severity.CRITICAL)
        elif seen.gets("spread.token_list") and seen.gets("read.secret_file", "read.ci_token", "read.env_secret"):
            yield at(seen, "asks what a token it found may publish", severity=Severity.CRITICAL)
    for seen in view.each("write.file"):
        if seen.gets("write.workflow", "write.other_package") and seen.on_load():
            yield at(seen, "writes into workflows or other packages")


RULE = Rule(
    "self-propagation",
    Severity.HIGH,
    Confidence.HIGH,
    Seen(("spread.", "write.other_package", "write.workflow"), detect),
)
