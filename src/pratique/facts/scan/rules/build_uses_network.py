"""The network is used while the package is built."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Context
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_BUILD = frozenset({Context.SETUP_TOP, Context.BUILD_BACKEND, Context.SITECUSTOMIZE, Context.PTH})


def detect(view: FileView) -> Iterator[Place]:
    """Connections at the top of a build script."""
    for seen in view.each("net.http", "net.send", "net.socket", "net.download_file", "net.dns", "net.mail"):
        if seen.context in _BUILD:
            sends = seen.label in ("net.send", "net.socket", "net.dns", "net.mail") and not seen.depth
            yield at(seen, "uses the network while the package is built", severity=Severity.HIGH if sends else None)


RULE = Rule("build-uses-network", Severity.MEDIUM, Confidence.MEDIUM, Seen(("net.",), detect))
