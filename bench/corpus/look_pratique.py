"""Pratique's look at a packed archive, loaded by `warm.py`: what the confined scanner does with it once it runs."""

import gc
from pathlib import Path
from typing import Any, Final

from pratique.adapters.scan_child import prepare
from pratique.ecosystems.archive import open_archive
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.engine import scan
from pratique.facts.severity import worst
from pratique.model.evidence import Alarm

_VERDICTS: Final = {Alarm.NONE: "clean", Alarm.SUSPICIOUS: "suspicious", Alarm.MALICIOUS: "malicious"}

prepare()  # what is compiled once is compiled before the first package
gc.collect()
gc.freeze()
gc.disable()


def look(path: str, ecosystem: str, folder: str) -> dict[str, Any]:
    """Verdict, score and rules. `unknown` is an archive that is not opened, or a clean one that was not read whole."""
    del ecosystem, folder
    try:
        with Path(path).open("rb") as file:
            found = scan(Path(path).name, open_archive(Path(path).name, file))
    except (InvalidInput, LimitExceeded) as error:
        return {"verdict": "unknown", "rules": [], "why": str(error)[:200]}
    verdict = _VERDICTS[worst(found)]
    if verdict == "clean" and found.coverage.unread_count:
        verdict = "unknown"
    rules = sorted({finding.rule for finding in found.findings})
    unread = found.coverage.unread_count
    return {"verdict": verdict, "score": found.judgement and found.judgement.score, "rules": rules, "unread": unread}
