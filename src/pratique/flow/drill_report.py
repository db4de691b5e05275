"""What a drill found: of each attack how far it came, of each benign release whether it was answered as it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pratique.model.scenario import Scenario, Stage
from pratique.policy.conditions.cooldown import Cooldown


@dataclass(frozen=True, slots=True)
class Probe:
    """One request for a file that matters: when, and what became of it. `by` is the control that refused it.

    A control is a condition and, where its table has several, the rule of it: `cooldown.young_project`.
    """

    at: datetime
    stage: Stage
    by: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far an attack came at the furthest, and what stopped it there; empty when nothing did."""

    stage: Stage
    by: str

    @property
    def contained(self) -> bool:
        """Whether its bytes were never served."""
        return self.stage is not Stage.EXPOSED


@dataclass(frozen=True, slots=True)
class Attacked:
    """An attack: what became of it with every control on, and with those of `off` switched off."""

    scenario: Scenario
    probes: tuple[Probe, ...]
    without: tuple[Probe, ...]

    @property
    def outcome(self) -> Outcome:
        """With every control on."""
        return outcome(self.probes)

    @property
    def outcome_without(self) -> Outcome:
        """With some off."""
        return outcome(self.without)

    @property
    def off(self) -> tuple[str, ...]:
        """The conditions that are off in the second run."""
        return (Cooldown.id, *self.scenario.also_off)


@dataclass(frozen=True, slots=True)
class Passed:
    """A benign release. `alarm` says what was wrong with the answer; empty when all is well."""

    scenario: Scenario
    alarm: str


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What a drill found."""

    attacks: tuple[Attacked, ...]
    benign: tuple[Passed, ...]


def outcome(probes: Sequence[Probe]) -> Outcome:
    """What became of the probe that came furthest, the first of them."""
    order = list(Stage)
    furthest = max(probes, key=lambda probe: order.index(probe.stage))
    return Outcome(furthest.stage, furthest.by)
