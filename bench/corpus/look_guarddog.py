"""GuardDog's look at a packed archive: its source rules only. Runs in GuardDog's environment, loaded by `warm.py`."""

import tempfile
from typing import Any

from guarddog.analyzer.analyzer import Analyzer  # type: ignore[import-not-found]  # only where GuardDog is
from guarddog.ecosystems import ECOSYSTEM  # type: ignore[import-not-found]  # the same
from guarddog.utils.archives import safe_extract  # type: ignore[import-not-found]  # the same

_ANALYZERS = {"pypi": Analyzer(ECOSYSTEM.PYPI), "npm": Analyzer(ECOSYSTEM.NPM)}


def look(path: str, ecosystem: str, folder: str) -> dict[str, Any]:
    """The score from 0 to 10, and the rules that found something; GuardDog itself unpacks, into the private folder."""
    analyzer = _ANALYZERS[ecosystem]
    target = tempfile.mkdtemp(dir=folder)
    safe_extract(path, target)
    found = analyzer.analyze_sourcecode(target)
    score = analyzer.calculate_package_risk_score(found)
    return {
        "score": float(score["score"]),
        "rules": sorted(rule for rule, places in found["results"].items() if places),
        "errors": sorted(found["errors"]),
    }
