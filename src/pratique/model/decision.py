"""What was decided, why, and the way out."""

from datetime import datetime
from enum import IntEnum
from typing import NoReturn

import msgspec

from pratique.errors import InvalidInput
from pratique.model.artifact import Artifact, Digest, VersionText
from pratique.model.scope import Mode, Scope


class Verdict(IntEnum):
    """Ordered: the strictest reason wins. A hold ends by itself (time, a scan, a person); a denial does not."""

    ALLOW = 0
    HOLD = 1
    DENY = 2


class Remedy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The safe way to get the same work done. At least one field is filled.

    `use` names a safe alternative in words and `use_version` in normal form where it is a version of the same project; `do`
    is the next command; `until` the moment at which a hold ends by itself; `ask` the group that can grant a waiver.
    """

    use: str = ""
    use_version: VersionText | None = None
    do: str = ""
    until: datetime | None = None
    ask: str = ""

    def __post_init__(self) -> None:
        if not (self.use or self.do or self.until or self.ask):
            raise InvalidInput("a remedy offers at least one way out")


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of one condition. Anything but ALLOW carries its way out; `waiver` is the id of one that lifted it.

    `rule` is the key of the condition's table that settled it, where the table has several: `young_project`.
    """

    condition: str
    verdict: Verdict
    why: str
    remedy: Remedy | None = None
    waiver: str = ""
    rule: str = ""

    @property
    def control(self) -> str:
        """The condition, and the rule of it where one is named: `cooldown.young_project`."""
        return f"{self.condition}.{self.rule}" if self.rule else self.condition

    def __post_init__(self) -> None:
        if self.verdict is not Verdict.ALLOW and self.remedy is None:
            raise InvalidInput(f"{self.condition} gives {self.verdict.name} without a way out")


class Decision(msgspec.Struct, frozen=True):
    """The answer of the policy to one artifact in one scope at one moment.

    `verdict` is what the policy says; `enforced` what follows from it in the scope's mode. `evidence` and `policy` are the
    digests of what was judged and by what, enough to decide again.
    """

    artifact: Artifact
    scope: Scope
    mode: Mode
    verdict: Verdict
    reasons: tuple[Reason, ...]
    evidence: Digest
    policy: Digest
    at: datetime

    def __bool__(self) -> NoReturn:
        raise TypeError("a decision is neither true nor false: match on decision.enforced")

    @property
    def enforced(self) -> Verdict:
        """What is acted upon: the verdict in an enforcing scope, ALLOW in one that observes or warns."""
        return self.verdict if self.mode is Mode.ENFORCE else Verdict.ALLOW

    @property
    def strictest(self) -> Reason:
        """The reason that settled the verdict; the first one in policy order where several are as strict."""
        return max(self.reasons, key=lambda reason: reason.verdict)
