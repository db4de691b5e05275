"""An installation of the npm package runs a command."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Context
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_UNSAID: Final = re.compile(r">\s*(?:/dev/null|nul)\b|2>\s*&1|&\s*$|\bnohup\b|\bstart\s+/b\b", re.IGNORECASE)


def detect(view: FileView) -> Iterator[Place]:
    """Every script of a manifest that an installation runs. One that hides what it says, or goes on behind, is worse."""
    for seen in view.each("pkg.install_hook"):
        if seen.context is Context.NPM_LIFECYCLE:
            name, _, command = seen.text.partition(": ")
            unsaid = _UNSAID.search(command) is not None
            yield at(
                seen,
                f"{name} runs a command" + (" and drops what it says" if unsaid else ""),
                severity=Severity.MEDIUM if unsaid else None,
            )


RULE = Rule("install-script", Severity.LOW, Confidence.HIGH, Seen(("pkg.install_hook",), detect))
