"""Everything is deleted, or the machine is shut down."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_ALL: Final = re.compile(r"shutil\.rmtree\((?:/|~|/home|/Users|[A-Za-z]:)[/\\]*\)")
"""A folder in which all there is lies, or all that somebody has."""


def detect(view: FileView) -> Iterator[Place]:
    """Commands that delete everything or end the machine, when they are run."""
    for seen in view.each("proc.shell", "proc.spawn", "code.exec"):
        if seen.gets("harm.wipe") and not seen.aside():
            yield at(seen, "deletes everything")
        elif seen.gets("harm.shutdown") and seen.on_load():
            yield at(seen, "shuts the machine down", severity=Severity.HIGH)
    for seen in view.each("harm.wipe"):
        if seen.language in ("shell", "powershell", "batch") and not seen.aside():
            yield at(seen, "deletes everything")
    for seen in view.each("harm.delete"):
        if _ALL.fullmatch(seen.text) and not seen.aside():
            yield at(seen, "deletes everything")
    for seen in view.each("harm.shutdown"):
        if seen.text.startswith("ctypes.") and not seen.aside():
            yield at(seen, "makes the machine fail", severity=Severity.HIGH)


RULE = Rule("destruction", Severity.CRITICAL, Confidence.HIGH, Seen(("harm.",), detect))
