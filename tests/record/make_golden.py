"""Writes the golden ledger of format 1, as `pratique log export` takes it away: python -m tests.record.make_golden FOLDER.

It was written once and stays: whatever engine comes later verifies it and decides all of it again.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec

from pratique.app import open_world
from pratique.flow.gate.opening import announce
from pratique.flow.gate.steer import steer
from pratique.flow.people.forget import forget, who
from pratique.flow.people.tokens import issue, withdraw
from pratique.flow.people.waivers import grant, revoke
from pratique.flow.record.verify import export
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.scope import ActorKind, Scope, ScopeName
from pratique.settings import LedgerOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import sdist, wheel
from tests.conftest import DAY, NOW
from tests.flow.test_waivers import ANN, WAIVER, ask

CI = ScopeName("ci")


async def live(world: World, clock: SimulatedClock) -> None:
    """A day at a gate: every kind of event, every verdict."""
    await announce(world, ANN)
    await steer(world, ProjectName("llmlook"), Requester(Scope(CI), ANN))
    await ask(world, "ci")
    await ask(world, "ci", takes=False)
    await grant(world, msgspec.structs.replace(WAIVER, uses_max=2), ANN)
    await ask(world)
    await ask(world, who="bob")
    await ask(world, who="carol")
    await revoke(world, "W1", ANN)
    await issue(world, "golden", "farm", CI, ActorKind.SERVICE, NOW + DAY, ANN)
    await withdraw(world, "farm", ANN)
    await who(world, (await world.ledger.pseudonym(ANN)).name, ANN)
    await forget(world, "bob", ANN)
    clock.advance(9 * DAY)
    world.pages.kept.clear()
    await ask(world)
    await ask(world, "ci")


async def make(folder: Path) -> None:
    """Write the ledger."""
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    index.add("llmlook", wheel("llmlook", "1.82.6"), NOW - 400 * DAY)
    index.add("llmlook", wheel("llmlook", "1.82.8"), NOW - DAY / 4)
    index.add("llmlook", sdist("llmlook", "1.82.7"), NOW - 2 * DAY)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=home, ledger=LedgerOptions(name="ledger.example/golden"))
        async with open_world(settings, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
            await live(world, clock)
            async for path, content in export(world.store, world.verifier_key):
                if path.endswith(".py"):
                    continue
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1])))
