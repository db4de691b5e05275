"""It notes that it has run, and does not run again."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_OUT_OF_SIGHT: Final = re.compile(r"(?:^|[/\\])(?:te?mp|shm)[/\\]|(?:^|[/\\])\.[^/\\]+$", re.IGNORECASE)
"""Folders that are emptied, and names that lists of files leave out."""


def detect(view: FileView) -> Iterator[Place]:
    """A file out of sight that is looked for and then written, in code that starts something or opens connections on its own."""
    if not view.has("proc.", "net."):
        return
    for seen in view.each("evade.once_marker"):
        if seen.on_load() and _OUT_OF_SIGHT.search(seen.text):
            yield at(
                seen, "acts once, and leaves a mark out of sight", severity=Severity.HIGH if seen.by_itself() else None
            )


RULE = Rule("once-marker", Severity.MEDIUM, Confidence.MEDIUM, Seen(("evade.once_marker",), detect))
