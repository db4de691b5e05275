"""Find a decision in the record and tell it again, in the words it was told in."""

from pratique.errors import NotFound
from pratique.flow.record.replay import replay
from pratique.flow.world import World
from pratique.model.artifact import VersionText
from pratique.policy.alternative import with_alternative
from pratique.render.refusal import Refusal


async def recall(world: World, decision: str) -> Refusal:
    """The newest recorded decision with this id. Raises `NotFound` when the ledger holds none."""
    wanted = decision.strip().upper()
    indices = await world.store.find(wanted)
    if not indices:
        raise NotFound(f"the ledger holds no decision {wanted}", advice="pratique log tail shows the newest ones")
    replayed = await replay(world.store, indices[0])
    offered = VersionText(replayed.recorded.offered) if replayed.recorded.offered else None
    return Refusal.of(with_alternative(replayed.decision, offered), wanted)
