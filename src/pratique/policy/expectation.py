"""What the author of a policy expects it to say: one `[[test]]`. `selftest.py` runs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pratique.model.artifact import Artifact
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Scope
from pratique.policy.vocabulary import Value


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """One test. `given` is by the words of the vocabulary; `reason` is empty where any may have settled the verdict."""

    name: str
    artifact: Artifact
    scope: Scope
    verdict: Verdict
    reason: str = ""
    given: Mapping[str, Value | Unknown] = field(default_factory=dict)
    on: datetime | None = None
