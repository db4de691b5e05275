"""Who is behind a salted digest, for those who hold the salts; and how a person is forgotten (GDPR, Article 17)."""

from pratique.errors import InvalidInput, NotFound
from pratique.flow.ledger import NO_DOCUMENTS
from pratique.flow.people.waivers import in_force
from pratique.flow.world import World
from pratique.model.event import Forgotten, LookedUp
from pratique.model.scope import Actor, ActorKind


async def who(world: World, pseudonym: str, actor: Actor) -> str:
    """The name behind a pseudonym. That somebody asked is recorded before the answer is given. Raises `NotFound`."""
    event = LookedUp(at=world.clock.now(), person=pseudonym, actor=await world.ledger.pseudonym(actor))
    await world.ledger.append((event, NO_DOCUMENTS))
    return await world.ledger.name_of(pseudonym)


async def refuse_in_use(world: World, name: str) -> None:
    """Raises `NotFound` for a name that nobody has, and `InvalidInput` while a waiver or a token in force bears it."""
    people = await world.ledger.people()
    pseudonym = next((digest for digest, known in people.items() if known == name), None)
    if pseudonym is None:
        raise NotFound(f"nobody is known here as {name}", advice="pratique forget --list shows the names")
    waivers = [each.id for each in await in_force(world) if pseudonym in (each.owner, each.approved_by)]
    if waivers:
        listed = " and ".join(waivers)
        raise InvalidInput(f"{listed} still names {name}", advice=f"first: pratique waive --revoke {waivers[0]}")
    if any(token.holder.name == pseudonym for token in await world.ledger.tokens()):
        raise InvalidInput(f"a token is still labelled {name}", advice=f"first: pratique token --withdraw {name}")


async def forget(world: World, name: str, actor: Actor) -> int:
    """Record that a person is forgotten, and destroy what leads from their pseudonym to them, at once; the ledger index.

    What the record holds stays whole and provable. Raises as `refuse_in_use`.
    """
    await refuse_in_use(world, name)
    person = await world.ledger.pseudonym(Actor(ActorKind.HUMAN, name))
    event = Forgotten(at=world.clock.now(), person=person.name, actor=await world.ledger.pseudonym(actor))
    return await world.ledger.forget(name, (event, NO_DOCUMENTS))
