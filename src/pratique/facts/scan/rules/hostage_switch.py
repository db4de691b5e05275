"""It deletes everything, depending on whether a token still works, or on where it runs."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_ALL: Final = re.compile(r"shutil\.rmtree\((?:/|~|/home|/Users|[A-Za-z]:)[/\\]*\)")
_TOKENS: Final = ("read.secret_file", "read.env_secret", "read.ci_token", "spread.token_list")
_SCRIPTS: Final = frozenset({"shell", "powershell", "batch"})


def detect(view: FileView) -> Iterator[Place]:
    """Deleting all there is, in a file that knows a token and asks somewhere, or looks for a language, a country or a build."""
    asks = (view.has("net.") and view.has(*_TOKENS)) or view.has("evade.locale", "evade.ci_check")
    if not asks:
        return
    for seen in view.each("harm.wipe", "harm.delete", "proc.shell", "proc.spawn"):
        if _wipes(seen) and not seen.aside():
            yield at(seen, "deletes everything, depending on a token or on where it runs")


def _wipes(seen: Observation) -> bool:
    """Whether something deletes everything, when it is run and not only written down."""
    if seen.label == "harm.delete":
        return _ALL.fullmatch(seen.text) is not None
    return seen.gets("harm.wipe") or (seen.label == "harm.wipe" and seen.language in _SCRIPTS)


RULE = Rule("hostage-switch", Severity.CRITICAL, Confidence.HIGH, Seen(("harm.",), detect))
