"""Forget a person: what the record holds stays whole and provable, and no longer leads to them (GDPR, Article 17)."""

from pratique.errors import InvalidInput, NotFound
from pratique.flow.world import World
from pratique.model.event import Forgotten, encode
from pratique.model.scope import Actor, ActorKind
from pratique.ports import Entry


async def forget(world: World, name: str, actor: Actor) -> int:
    """Record that a person is forgotten, then destroy what leads from their pseudonym to them; the ledger index.

    Raises `NotFound` for a name that nobody has, and `InvalidInput` while a waiver or a token in force bears it.
    """
    store = world.store
    if name not in await store.people():
        raise NotFound(f"nobody is known here as {name}", advice="pratique forget --list shows the names")
    waivers = [each.id for each in await store.waivers() if name in (each.owner, each.approved_by)]
    if waivers:
        named = " and ".join(waivers)
        raise InvalidInput(f"{named} still names {name}", advice=f"first: pratique waive --revoke {waivers[0]}")
    if any(token.label == name for token in await store.tokens()):
        raise InvalidInput(f"a token is still labelled {name}", advice=f"first: pratique token --withdraw {name}")
    person = await store.pseudonym(Actor(ActorKind.HUMAN, name))
    event = Forgotten(at=world.clock.now(), person=person.name, actor=await store.pseudonym(actor))
    index = await store.append([Entry(encode(event))])
    await store.forget(name)
    return index
