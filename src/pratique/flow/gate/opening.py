"""Open a gate: write down under which policy, by whom, before the first request."""

from pratique.flow.world import World
from pratique.model.event import PolicyLoaded
from pratique.model.scope import Actor


async def announce(world: World, actor: Actor) -> None:
    """Record that a gate opens under this policy. Raises `NotRecorded`; the gate then stays shut."""
    policy = world.policy
    event = PolicyLoaded(at=world.clock.now(), policy=policy.digest, actor=await world.ledger.pseudonym(actor))
    await world.ledger.append((event, {policy.digest: policy.text.encode()}))
