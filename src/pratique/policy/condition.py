"""One requirement: a frozen dataclass in `conditions/`, whose fields are the options of its TOML table.

A condition is total and pure: for every `Case` it gives exactly one `Reason`, ALLOW when it is content. Beside it lies a page
`<name>.md` whose fenced examples are its tests and whose text is what `pratique explain <id>` prints.

A fact that is `Unknown` is nobody's business but the condition `unknowns`'s, which is part of every policy: the others are
content then, so that what follows from not knowing is said in one place.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

import msgspec

from pratique.facts.evidence import Evidence
from pratique.model.artifact import Artifact
from pratique.model.decision import Reason
from pratique.model.scope import Scope

SECURITY: Final = "security"
"""The group that may grant waivers from the built-in conditions."""

OTHER_KEYS: Final[Mapping[str, bool]] = {"other_keys": True}
"""Metadata of the one dataclass field, a mapping, that takes every key of the table which no other field is named after."""


class Case(msgspec.Struct, frozen=True, gc=False):
    """What is judged: one artifact, what is known of it, for whom, and when (aware, UTC)."""

    artifact: Artifact
    evidence: Evidence
    scope: Scope
    now: datetime


class Condition(Protocol):
    """What every condition offers. `id` is its name in every reason."""

    @property
    def id(self) -> str:
        """Lower-case words joined by hyphens; for a built-in condition also its TOML table."""
        ...

    @property
    def title(self) -> str:
        """The requirement in one sentence."""
        ...

    @property
    def waivable_by(self) -> Sequence[str]:
        """The groups that may lift it for one artifact; empty: nobody may.

        Of a condition that may be lifted, only those reasons are whose remedy names whom to `ask`.
        """
        ...

    def judge(self, case: Case) -> Reason:
        """Give exactly one reason; never raises."""
        ...


@runtime_checkable
class Exempting(Protocol):
    """A condition that also holds standing exemptions from others, as `lists` does with what it allows."""

    @property
    def exempts_from(self) -> Sequence[str]:
        """The ids of the conditions it can lift."""
        ...

    def exemption(self, case: Case) -> str:
        """Why this artifact is exempt, or the empty string; never raises."""
        ...


@runtime_checkable
class Timed(Protocol):
    """A condition whose answer may become another with nothing but the clock. One that is not so does not read `case.now`."""

    def changes_at(self, case: Case) -> datetime | None:
        """Until when (excluded) its answer stays the same, in verdict and words, from `case.now` on; never raises.

        None is for good; `case.now` itself or earlier says that nothing is known of the next moment.
        """
        ...
