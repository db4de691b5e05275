"""Waivers: grant them, take them back, and say which can be used. What is granted or taken back is recorded with its effect."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from pratique.errors import InvalidInput, NotFound
from pratique.flow.ledger import NO_DOCUMENTS, all_rows
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.event import Waived, WaiverRevoked
from pratique.model.identifier import ID_BYTES, identifier, read_identifier
from pratique.model.scope import Actor, ActorKind
from pratique.model.waiver import Waiver
from pratique.policy.waive import mistakes
from pratique.record.state import View


async def in_force(world: World) -> tuple[Waiver, ...]:
    """Every waiver, in the policy or granted, expired ones included, in the form they are recorded in."""
    own = [await pseudonymous(world, waiver) for waiver in world.policy.waivers]
    ids = {waiver.id for waiver in own}
    return *own, *(waiver for waiver in await world.ledger.waivers() if waiver.id not in ids)


async def usable_waivers(world: World, now: datetime, requester: Requester, filename: str = "") -> tuple[Waiver, ...]:
    """The waivers that can lift something at this moment for one who asks, in the form they are recorded in.

    One that is used up can still be used by the requester who has used it today, for the same file where one is named: that is
    the same use.
    """
    current = [waiver for waiver in await in_force(world) if now < waiver.expires]
    if not any(waiver.uses_max for waiver in current):
        return tuple(current)
    actor = await world.ledger.pseudonym(requester.actor)
    machine = await world.ledger.recorded_machine(requester.machine or world.ledger.machine)
    today = actor.name, machine, f"{now:%Y-%m-%d}"
    usable: list[Waiver] = []
    for waiver in current:
        uses = [key async for key, _ in all_rows(world.store, View.USE, (waiver.id,))] if waiver.uses_max else []
        own = any(key[2:] == today and filename in ("", key[1]) for key in uses)
        if own or not waiver.uses_max or len(uses) < waiver.uses_max:
            usable.append(waiver)
    return tuple(usable)


async def pseudonymous(world: World, waiver: Waiver) -> Waiver:
    """The waiver as it is recorded: its owner and its approver named by salted digests."""
    owner = await world.ledger.pseudonym(Actor(ActorKind.HUMAN, waiver.owner))
    approver = await world.ledger.pseudonym(Actor(ActorKind.HUMAN, waiver.approved_by))
    return msgspec.structs.replace(waiver, owner=owner.name, approved_by=approver.name)


def named(waiver: Waiver, people: Mapping[str, str]) -> Waiver:
    """The waiver with the names of its owner and its approver, where they are still known (`Ledger.people`)."""
    owner = people.get(waiver.owner, waiver.owner)
    return msgspec.structs.replace(waiver, owner=owner, approved_by=people.get(waiver.approved_by, waiver.approved_by))


def fresh_waiver_id(world: World) -> str:
    """A new id: 80 random bits."""
    return identifier(world.ledger.draw(ID_BYTES))


async def grant(world: World, waiver: Waiver, actor: Actor) -> int:
    """Record a waiver and put it in force; the ledger index of the grant.

    Raises `InvalidInput` when the policy does not let this group lift that condition, when it would already be over, or when
    there is one with its id, granted or in the policy.
    """
    policy = world.policy
    waivable = {condition.id: condition.waivable_by for condition in policy.conditions}
    wrong = mistakes(waiver, waivable, tuple(policy.modes), policy.groups)
    if len(waiver.reason) > limits.WAIVER_REASON_CHARACTERS_MAX:
        wrong.append(("reason", f"`reason` has more than {limits.WAIVER_REASON_CHARACTERS_MAX} characters"))
    if wrong:
        raise InvalidInput(
            "; ".join(sentence for _, sentence in wrong), advice="pratique explain shows who may lift what"
        )
    now = world.clock.now()
    if waiver.expires <= now:
        raise InvalidInput(f"the waiver would expire at {waiver.expires:%Y-%m-%d %H:%M} UTC, which has passed")
    if any(known.id == waiver.id for known in await in_force(world)):
        raise InvalidInput(f"there is a waiver {waiver.id} already")
    recorded = await pseudonymous(world, waiver)
    event = Waived(at=now, waiver=recorded, actor=await world.ledger.pseudonym(actor))
    return await world.ledger.append((event, NO_DOCUMENTS))


async def revoke(world: World, waiver: str, actor: Actor) -> str:
    """Record that a granted waiver ends, and end it; its id, of which the unique beginning is enough. Raises `NotFound`."""
    granted = [known.id for known in await world.ledger.waivers()]
    found = [waiver] if waiver in granted else [known for known in granted if _begins(known, waiver)]
    if not found:
        raise NotFound(f"no waiver {waiver} is in force", advice="pratique waive --list shows them")
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} waivers begin with {waiver}: {', '.join(found[: limits.IDS_LISTED_MAX])}")
    event = WaiverRevoked(at=world.clock.now(), waiver=found[0], actor=await world.ledger.pseudonym(actor))
    await world.ledger.append((event, NO_DOCUMENTS))
    return found[0]


def _begins(waiver: str, typed: str) -> bool:
    try:
        return waiver.startswith(read_identifier(typed))
    except InvalidInput:
        return False
