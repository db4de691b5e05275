"""Which findings are accepted: each named by a waiver that is in force, in the policy or granted."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pratique.flow.people.waivers import in_force, named
from pratique.flow.world import World
from pratique.model.scope import ScopeName
from pratique.model.waiver import Waiver


async def accepted_findings(world: World) -> Mapping[str, str]:
    """A sentence about each finding that a waiver accepts in this world's scope at this moment, by the finding's id."""
    people = await world.ledger.people()
    return accepting([named(each, people) for each in await in_force(world)], world.scope, world.clock.now())


def accepting(waivers: Iterable[Waiver], scope: ScopeName, now: datetime) -> Mapping[str, str]:
    """The same of these waivers."""
    return {
        waiver.finding: f"accepted by {waiver.approved_by} until {waiver.expires:%Y-%m-%d}: {waiver.reason}"
        for waiver in waivers
        if waiver.finding and now < waiver.expires and scope in waiver.scopes
    }
