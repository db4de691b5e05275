"""A script of a shell or of R fetches something and runs it: in one line, or by way of a file."""

import re
from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_THROW_AWAY = (
    "net.raw_ip",
    "net.tunnel_host",
    "net.paste",
    "net.shortener",
    "net.collector_host",
    "net.chain_rpc",
    "net.dns",
)
_HIDDEN = re.compile(r"/(?:var/)?tmp/\.|/dev/shm/|~/\.(?:cache|local)/\.")


def detect(view: FileView) -> Iterator[Place]:
    """Scripts that are started by hand fetch installers every day; so it matters from where, how quietly, and when."""
    for seen in view.each("proc.pipe_shell", "proc.fetched"):
        if seen.language in ("shell", "r") and seen.inputs:
            yield at(seen, _says(seen), severity=_severity(seen), confidence=_confidence(seen))


def _says(seen: Observation) -> str:
    return "fetches and runs in one line" if seen.label == "proc.pipe_shell" else "starts what it fetched"


def _severity(seen: Observation) -> Severity:
    doubtful = seen.gets(*_THROW_AWAY) or seen.gets("proc.silent") or _HIDDEN.search(seen.text) is not None
    if seen.aside():
        return Severity.LOW
    if seen.label == "proc.pipe_shell":
        if seen.on_load():
            return Severity.CRITICAL
        return Severity.HIGH if doubtful else Severity.MEDIUM
    if doubtful:
        return Severity.CRITICAL if seen.by_itself() else Severity.HIGH
    if seen.language == "r" and seen.by_itself():
        return Severity.HIGH
    return Severity.MEDIUM if seen.on_load() else Severity.LOW


def _confidence(seen: Observation) -> Confidence | None:
    return Confidence.HIGH if seen.by_itself() and seen.label == "proc.pipe_shell" else None


RULE = Rule("piped-to-shell", Severity.HIGH, Confidence.MEDIUM, Seen(("proc.pipe_shell", "proc.fetched"), detect))
