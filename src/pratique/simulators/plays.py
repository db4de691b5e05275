"""A scenario that was read, ready to be staged: its files as they come to an index, and go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pratique.model.advisory import Advisory
from pratique.model.provenance import Identity
from pratique.model.scenario import Scenario, ScenarioFile
from pratique.simulators.attestations import attestation
from pratique.simulators.upstream import SimulatedIndex


@dataclass(frozen=True, slots=True)
class Made:
    """One file of a play; `data` makes its bytes once. `replaces` says that it takes the place of one with its name.

    `attested` is who attested it, None where nobody did.
    """

    file: ScenarioFile
    data: Callable[[], bytes]
    replaces: bool = False
    yanked: datetime | None = None
    yank_reason: str = ""
    attested: Identity | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario, and its files in the order of their uploads.

    `popular` are the names that many use in its world, by the types of their package URLs. `advisories` are what feeds come to
    say of its project, each from its `modified` on.
    """

    scenario: Scenario
    made: tuple[Made, ...]
    popular: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    advisories: tuple[Advisory, ...] = ()

    def stage(self, index: SimulatedIndex) -> Callable[[datetime], None]:
        """Put the files on an index. What comes back is told each moment, and replaces what is replaced by then."""
        for each in self.made:
            file = each.file
            if not each.replaces:
                data = each.data()
                provenance = None if each.attested is None else attestation(data, each.attested)
                made = file.filename, data
                index.add(self.scenario.project, made, file.uploaded, removed=file.removed, provenance=provenance)
            if each.yanked is not None:
                index.yank(file.filename, each.yanked, each.yank_reason)
        replacing = [each for each in self.made if each.replaces]

        def at(now: datetime) -> None:
            for each in replacing:
                if now >= each.file.uploaded:
                    index.change_bytes(each.file.filename, each.data())
                if each.file.removed is not None:
                    index.remove(each.file.filename, each.file.removed)

        return at
