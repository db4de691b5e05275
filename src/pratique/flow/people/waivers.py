"""Waivers: grant them, take them back, and say which can be used. What is granted or taken back is recorded first."""

from datetime import datetime

import msgspec

from pratique.errors import InvalidInput, NotFound
from pratique.flow.world import World
from pratique.model.event import Waived, WaiverRevoked, encode
from pratique.model.scope import Actor, ActorKind
from pratique.model.waiver import Waiver
from pratique.policy.waive import mistakes
from pratique.ports import Entry


async def usable_waivers(world: World, now: datetime) -> tuple[Waiver, ...]:
    """The waivers that can lift something at this moment, in the policy or granted, in the form they are recorded in."""
    granted = [*world.policy.waivers, *await world.store.waivers()]
    if not granted:
        return ()
    uses = await world.store.uses()
    return tuple(
        [
            await pseudonymous(world, waiver)
            for waiver in granted
            if now < waiver.expires and (not waiver.uses_max or uses.get(waiver.id, 0) < waiver.uses_max)
        ]
    )


async def pseudonymous(world: World, waiver: Waiver) -> Waiver:
    """The waiver as it is recorded: its owner and its approver named by salted digests."""
    owner = await world.store.pseudonym(Actor(ActorKind.HUMAN, waiver.owner))
    approver = await world.store.pseudonym(Actor(ActorKind.HUMAN, waiver.approved_by))
    return msgspec.structs.replace(waiver, owner=owner.name, approved_by=approver.name)


async def grant(world: World, waiver: Waiver, actor: Actor) -> int:
    """Record a waiver, then put it in force; the ledger index of the grant.

    Raises `InvalidInput` when the policy does not let this group lift that condition, or when it would already be over.
    """
    policy = world.policy
    waivable = {condition.id: condition.waivable_by for condition in policy.conditions}
    wrong = mistakes(waiver, waivable, tuple(policy.modes), policy.groups)
    if wrong:
        raise InvalidInput(
            "; ".join(sentence for _, sentence in wrong), advice="pratique explain shows who may lift what"
        )
    now = world.clock.now()
    if waiver.expires <= now:
        raise InvalidInput(f"the waiver would expire at {waiver.expires:%Y-%m-%d %H:%M} UTC, which has passed")
    if any(known.id == waiver.id for known in await world.store.waivers()):
        raise InvalidInput(f"there is a waiver {waiver.id} already")
    recorded = await pseudonymous(world, waiver)
    event = Waived(at=now, waiver=recorded, actor=await world.store.pseudonym(actor))
    return await world.store.grant(waiver, Entry(encode(event)))


async def revoke(world: World, waiver: str, actor: Actor) -> int:
    """Record that a waiver is taken back, then end it. Raises `NotFound`."""
    if all(known.id != waiver for known in await world.store.waivers()):
        raise NotFound(f"no waiver {waiver} is in force", advice="pratique waive --list shows them")
    now: datetime = world.clock.now()
    event = WaiverRevoked(at=now, waiver=waiver, actor=await world.store.pseudonym(actor))
    return await world.store.revoke(waiver, Entry(encode(event)))
