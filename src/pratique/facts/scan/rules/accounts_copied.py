"""The passwords of the machine's accounts are copied."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_SHELLS = ("powershell", "batch", "shell")
_ACTS = ("proc.shell", "proc.spawn", "read.file", "write.file", "net.send")


def detect(view: FileView) -> Iterator[Place]:
    """What reads the account database of Windows or a domain, or dumps the memory of the process that keeps log-ins."""
    for seen in view.each("read.accounts", *_ACTS):
        run = seen.language in _SHELLS if seen.label == "read.accounts" else seen.gets("read.accounts")
        if run and not seen.aside():
            yield at(seen, "copies the passwords of the machine's accounts")


RULE = Rule("accounts-copied", Severity.CRITICAL, Confidence.HIGH, Seen(("read.accounts", *_ACTS), detect))
