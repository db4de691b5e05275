"""Pratique's look at a packed archive, loaded by `warm.py`: what the confined scanner does with it once it runs."""

from pathlib import Path
from typing import Any, Final

from pratique.ecosystems.archive import open_archive
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.engine import scan
from pratique.model.evidence import Alarm, Scan

_VERDICTS: Final = {Alarm.NONE: "clean", Alarm.SUSPICIOUS: "suspicious", Alarm.MALICIOUS: "malicious"}

scan("warm-1.0-py3-none-any.whl", ())  # what is compiled once is compiled before the first package


def look(path: str, ecosystem: str, folder: str) -> dict[str, Any]:
    """Verdict, score and rules. `unknown` is an archive that is not opened, or a clean one that was not read whole."""
    del ecosystem, folder
    try:
        with Path(path).open("rb") as file:
            found = scan(Path(path).name, open_archive(Path(path).name, file))
    except (InvalidInput, LimitExceeded) as error:
        return {"verdict": "unknown", "rules": [], "why": str(error)[:200]}
    verdict = verdict_of(found)
    if verdict == "clean" and found.coverage.unread_count:
        verdict = "unknown"
    rules = sorted({finding.rule for finding in found.findings})
    unread = found.coverage.unread_count
    return {"verdict": verdict, "score": found.judgement and found.judgement.score, "rules": rules, "unread": unread}


def verdict_of(found: Scan) -> str:
    """What the model says; where there is none, any finding is suspicious."""
    if found.judgement is not None:
        return _VERDICTS[found.judgement.alarm]
    return "suspicious" if found.findings else "clean"
