"""Keys by which statements are believed: trust them, retire them for others, revoke them. Each is recorded with its effect."""

from collections.abc import Mapping

import msgspec

from pratique.errors import InvalidInput, NotFound
from pratique.flow.ledger import NO_DOCUMENTS
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.event import KeyTold
from pratique.model.scope import Actor
from pratique.model.statement import Predicate, SigningKey
from pratique.record.note import VerifierKey


async def trust(world: World, public: str, may: tuple[Predicate, ...], actor: Actor) -> SigningKey:
    """Believe a key from now on, of what it may sign. Raises `InvalidInput` for what is no key, or was trusted before."""
    key = SigningKey(str(VerifierKey.parse(public)), may, world.clock.now())
    if key.id in await world.ledger.keys():
        raise InvalidInput(f"the key {key.id} is known here already", advice="pratique keys list")
    await _tell(world, key, actor)
    return key


async def retire(world: World, key_id: str, actor: Actor) -> SigningKey:
    """Believe nothing that a key signs from now on; what was recorded before goes on to count. Raises `NotFound`."""
    key = await _in_force(world, key_id)
    retired = msgspec.structs.replace(key, retired=world.clock.now())
    await _tell(world, retired, actor)
    return retired


async def revoke(world: World, key_id: str, why: str, actor: Actor) -> SigningKey:
    """Believe nothing any more that a key has ever signed. Raises `NotFound`, and `InvalidInput` without a reason."""
    if not why.strip() or len(why) > limits.WAIVER_REASON_CHARACTERS_MAX:
        raise InvalidInput("a key is revoked for a reason, in a sentence or two", advice='--reason "..."')
    key = (await world.ledger.keys()).get(key_id)
    if key is None or key.revoked is not None:
        raise NotFound(f"no key {key_id} is trusted here", advice="pratique keys list shows them")
    revoked = msgspec.structs.replace(key, revoked=world.clock.now(), why=why)
    await _tell(world, revoked, actor)
    return revoked


def in_force(keys: Mapping[str, SigningKey], name: str) -> SigningKey:
    """The key that signs under a name now, or the one with this id. Raises `NotFound`, and `InvalidInput` for several."""
    current = [key for key in keys.values() if key.revoked is None and key.retired is None]
    found = [key for key in current if name in (key.name, key.id)]
    if not found:
        raise NotFound(
            f"no key {name} is in force", advice=f"pratique keys generate {name.partition('+')[0]} --for review"
        )
    if len(found) > 1:
        ids = ", ".join(key.id for key in found[: limits.IDS_LISTED_MAX])
        raise InvalidInput(f"{len(found)} keys sign as {name}", advice=f"name one of them: {ids}")
    return found[0]


async def _in_force(world: World, key_id: str) -> SigningKey:
    return in_force(await world.ledger.keys(), key_id)


async def _tell(world: World, key: SigningKey, actor: Actor) -> None:
    event = KeyTold(at=world.clock.now(), key=key, actor=await world.ledger.pseudonym(actor))
    await world.ledger.append((event, NO_DOCUMENTS))
