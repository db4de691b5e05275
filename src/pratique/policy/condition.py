"""One requirement: a frozen dataclass in `conditions/`, whose fields are the options of its TOML table.

A condition is total and pure: for every `Case` it gives exactly one `Reason`, ALLOW when it is content. Beside it lies a page
`<name>.md` whose fenced examples are its tests and whose text is what `pratique explain <id>` prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from pratique.model.artifact import Artifact
from pratique.model.decision import Reason
from pratique.model.evidence import Evidence
from pratique.model.scope import Scope


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: one artifact, what is known of it, for whom, and when (aware, UTC)."""

    artifact: Artifact
    evidence: Evidence
    scope: Scope
    now: datetime


class Condition(Protocol):
    """What every condition offers. `id` is its TOML table and its name in every reason."""

    id: ClassVar[str]
    title: ClassVar[str]
    waivable_by: ClassVar[Sequence[str]]
    """The groups that may lift it for one artifact; empty: nobody may."""

    def judge(self, case: Case) -> Reason:
        """Give exactly one reason; never raises."""
        ...
