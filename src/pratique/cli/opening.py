"""Open a gate on this machine: only on a ledger that continues what was seen of it last time."""

from pratique.app import person, seen_checkpoint
from pratique.flow.audit import continued
from pratique.flow.opening import announce
from pratique.flow.world import World


async def opened(world: World) -> None:
    """Check the ledger against the checkpoint this account remembers, record the opening, and remember the new one.

    Raises `Tampered` for a ledger that was rolled back, forked or damaged: the gate then stays shut.
    """
    if world.settings.store == "memory":
        await announce(world, person())
        return
    seen = seen_checkpoint(world.settings)
    note = seen.read()
    if note is not None:
        await continued(world.store, world.verifier_key, note)
    await announce(world, person())
    seen.write(await world.store.checkpoint())
