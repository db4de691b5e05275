"""A policy: conditions, never none, beside what it says of scopes, waivers and itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pratique.errors import InvalidInput, Mistake
from pratique.facts.question import Value
from pratique.model.artifact import Artifact, Digest
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Mode, Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.condition import Condition, Exempting, Timed
from pratique.policy.elsewhere import ANYWHERE_ELSE, Elsewhere


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


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that loaded. `digest` is that of `text` in UTF-8, the name under which decisions refer to it.

    `conditions` holds the built-in ones in the order of the file, then the organisation's rules; `waivers` the waivers
    written in the file; `groups` the members of each group that grants waivers, where the file names them; `accepts` the
    dangers that the file says it lets in; `elsewhere` what may come in past
    the indexes; `warnings` what its author may want to look at, each on its line.
    """

    text: str
    digest: Digest
    conditions: tuple[Condition, ...]
    modes: Mapping[ScopeName, Mode]
    default_scope: ScopeName
    waivers: tuple[Waiver, ...] = ()
    tests: tuple[PolicyTest, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepts: tuple[str, ...] = ()
    elsewhere: Elsewhere = ANYWHERE_ELSE
    warnings: tuple[Mistake, ...] = field(default=(), repr=False, compare=False)
    exempting: tuple[Exempting, ...] = field(init=False, repr=False, compare=False)
    timed: tuple[Timed, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.conditions:
            raise InvalidInput("a policy without conditions would allow everything")
        if self.default_scope not in self.modes:
            raise InvalidInput(f"the default scope {self.default_scope} is not one of the policy's scopes")
        exempting = tuple(condition for condition in self.conditions if isinstance(condition, Exempting))
        object.__setattr__(self, "exempting", exempting)
        object.__setattr__(self, "timed", tuple(each for each in self.conditions if isinstance(each, Timed)))

    def mode(self, scope: ScopeName) -> Mode:
        """What a scope does with a verdict. Raises `InvalidInput` naming the known scopes for any other."""
        try:
            return self.modes[scope]
        except KeyError:
            known = ", ".join(self.modes)
            raise InvalidInput(f"no scope is called {scope}", advice=f"this policy knows: {known}") from None
