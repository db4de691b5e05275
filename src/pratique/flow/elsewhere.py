"""What passes by the indexes: hosts a client asked its gate for."""

from pratique.flow.gate.judge import policy_document, recorded
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.event import AskedElsewhere


async def record_asked(world: World, requester: Requester, host: str, *, let_through: bool) -> None:
    """Record that a client asked for another host. Raises `NotRecorded`; then nothing may be let through."""
    actor, machine = await recorded(world, requester)
    event = AskedElsewhere(
        at=world.clock.now(),
        actor=actor,
        machine=machine,
        scope=requester.scope,
        host=host,
        policy=world.policy.digest,
        let_through=let_through,
    )
    await world.ledger.append((event, policy_document(world)))
