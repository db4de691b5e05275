"""The stage of a drill: for each scenario an index on a simulated clock, and a world around both."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Final, Generic, TypeVar

from pratique.model.scenario import Scenario
from pratique.policy.policy import Policy
from pratique.ports import Clock, Upstream
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.scenarios import Play, attacks, benign, noon
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream

World = TypeVar("World")
Opens = Callable[[Clock, Mapping[str, Upstream], Policy], AbstractAsyncContextManager[World]]
"""Opens a world over a clock, indexes by name, and a policy; the composition root knows how."""

BENIGN_AT: Final = noon()
"""When the benign releases are asked for."""


class Rehearsal(Generic[World]):
    """The attacks and the benign releases that ship, each on a stage of its own when it is called for."""

    def __init__(self, opens: Opens[World]) -> None:
        self._opens = opens
        self._plays: dict[str, Play] = {play.scenario.id: play for play in (*attacks(), *benign())}
        self.attacks = tuple(play.scenario for play in attacks())
        self.benign = tuple(play.scenario for play in benign())

    @asynccontextmanager
    async def stage(
        self, scenario: Scenario, policy: Policy
    ) -> AsyncIterator[tuple[World, Callable[[datetime], None]]]:
        """A world in which a scenario takes place, judged by a policy, with the hand that sets its clock."""
        clock = SimulatedClock(scenario.published)
        index = SimulatedIndex(clock)
        self._plays[scenario.id].stage(index)
        upstreams = {"public": SimulatedUpstream("public", index)}
        async with self._opens(clock, upstreams, policy) as world:
            yield world, clock.set
