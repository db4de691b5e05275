"""The stage of a drill: for each scenario an index on a simulated clock, and a world around both."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pratique.model.artifact import Digest
from pratique.model.scenario import Scenario, ScenarioFile, Scene
from pratique.policy.policy import Policy
from pratique.ports import Blobs, Clock, Upstream
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.plays import Play
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream


class HoldsBlobs(Protocol):
    """A world, as far as it is known here."""

    @property
    def blobs(self) -> Blobs:
        """The files it holds."""
        ...


World = TypeVar("World", bound=HoldsBlobs)
Opens = Callable[[Clock, Mapping[str, Upstream], Policy, Play], AbstractAsyncContextManager[World]]
"""Opens a world over a clock, indexes by name, and a policy, in which a play takes place; the composition root knows how."""


class Rehearsal(Generic[World]):
    """Scenarios, each on a stage of its own when it is called for."""

    def __init__(self, plays: Sequence[Play], opens: Opens[World]) -> None:
        self._opens = opens
        self._plays = {play.scenario.id: play for play in plays}
        self.scenarios = tuple(play.scenario for play in plays)

    @asynccontextmanager
    async def stage(self, scenario: Scenario, policy: Policy) -> AsyncIterator[Scene[World]]:
        """A world in which a scenario takes place, judged by a policy."""
        play = self._plays[scenario.id]
        clock = SimulatedClock(scenario.asked_for[0].uploaded)
        index = SimulatedIndex(clock)
        by_page = scenario.kind.has_door
        changes = play.stage(index) if by_page else None

        def set_clock(now: datetime) -> None:
            clock.set(now)
            if changes is not None:
                changes(now)

        async with self._opens(clock, {"public": SimulatedUpstream("public", index)}, policy, play) as world:
            yield Scene(world, set_clock, {} if by_page else await _held(world, play))


async def _held(world: HoldsBlobs, play: Play) -> dict[ScenarioFile, Digest]:
    """Let a world hold the files that are handed over, and what their victim had before."""
    wanted = {*play.scenario.asked_for, *map(play.scenario.before, play.scenario.asked_for)}
    held: dict[ScenarioFile, Digest] = {}
    for made in play.made:
        if made.file in wanted:
            async with world.blobs.writer() as writer:
                await writer.write(made.data())
                held[made.file] = await writer.commit()
    return held
