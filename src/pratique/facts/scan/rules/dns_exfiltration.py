"""Data leave in the names that are looked up."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_NEAR = (".local", ".localhost")
"""Endings of names that only machines of the same network are asked for (RFC 6761, RFC 6762)."""


def detect(view: FileView) -> Iterator[Place]:
    """Names that are put together from what was read, and looked up."""
    for seen in view.each("net.dns_data", "net.dns"):
        if (
            seen.aside()
            or seen.text.rstrip(".)").endswith(_NEAR)
            or not seen.gets("read.host_info", "read.env", "read.secret_file", "read.file")
        ):
            continue
        if seen.label == "net.dns_data" or seen.gets("net.collector_host"):
            bad = seen.on_load() or seen.gets("net.collector_host")
            yield at(
                seen,
                "puts data into the name it looks up",
                severity=Severity.CRITICAL if bad else None,
                confidence=Confidence.HIGH if bad else None,
            )


RULE = Rule("dns-exfiltration", Severity.HIGH, Confidence.MEDIUM, Seen(("net.dns", "net.dns_data"), detect))
