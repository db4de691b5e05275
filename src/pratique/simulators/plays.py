"""A scenario that was read, ready to be staged: its files as they come to an index, and go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pratique.model.scenario import Scenario, ScenarioFile
from pratique.simulators.upstream import SimulatedIndex


@dataclass(frozen=True, slots=True)
class Made:
    """One file of a play; `data` makes its bytes once. `replaces` says that it takes the place of one with its name."""

    file: ScenarioFile
    data: Callable[[], bytes]
    replaces: bool = False
    yanked: datetime | None = None
    yank_reason: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario, and its files in the order of their uploads."""

    scenario: Scenario
    made: tuple[Made, ...]

    def stage(self, index: SimulatedIndex) -> Callable[[datetime], None]:
        """Put the files on an index. What comes back is told each moment, and replaces what is replaced by then."""
        for each in self.made:
            file = each.file
            if not each.replaces:
                index.add(self.scenario.project, (file.filename, each.data()), file.uploaded, removed=file.removed)
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
