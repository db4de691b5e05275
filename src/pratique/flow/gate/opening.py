"""Open a gate: write down under which policy, by whom, before the first request."""

from pratique.flow.world import World
from pratique.model.event import PolicyLoaded, encode
from pratique.model.scope import Actor
from pratique.ports import Entry


async def announce(world: World, actor: Actor) -> None:
    """Record that a gate opens under this policy. Raises `NotRecorded`; the gate then stays shut."""
    event = PolicyLoaded(at=world.clock.now(), policy=world.policy.digest, actor=await world.store.pseudonym(actor))
    await world.store.append([Entry(encode(event), ((world.policy.digest, world.policy.text.encode()),))])
