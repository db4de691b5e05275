"""Issue and withdraw access tokens, and find out who is asking. Issuing and withdrawing are recorded before they count."""

import hashlib
from datetime import datetime

from pratique.errors import NotFound
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import Digest
from pratique.model.event import TokenIssued, TokenRevoked, encode
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.ports import Entry, Token


def token_digest(secret: str) -> Digest:
    """How a token is known: the digest of its secret, which has 256 random bits and so needs no salt."""
    return Digest("sha256:" + hashlib.sha256(secret.encode()).hexdigest())


async def issue(
    world: World, secret: str, label: str, scope: ScopeName, kind: ActorKind, expires: datetime | None, actor: Actor
) -> Token:
    """Put a token in force; `secret` comes from the caller's source of randomness.

    Raises `InvalidInput` for a scope the policy does not know.
    """
    world.policy.mode(scope)
    token = Token(digest=token_digest(secret), label=label, scope=scope, kind=kind, expires=expires)
    event = TokenIssued(
        at=world.clock.now(),
        token=token.digest,
        holder=await world.store.pseudonym(Actor(kind, label)),
        scope=scope,
        expires=expires,
        actor=await world.store.pseudonym(actor),
    )
    await world.store.issue(token, Entry(encode(event)))
    return token


async def withdraw(world: World, label: str, actor: Actor) -> None:
    """Withdraw every token with this label. Raises `NotFound` when there is none."""
    found = [token for token in await world.store.tokens() if token.label == label]
    if not found:
        raise NotFound(f"no token is labelled {label}", advice="pratique token --list shows them")
    pseudonym = await world.store.pseudonym(actor)
    for token in found:
        event = TokenRevoked(at=world.clock.now(), token=token.digest, actor=pseudonym)
        await world.store.withdraw(token.digest, Entry(encode(event)))


async def requester_with(world: World, secret: str, client: str) -> Requester:
    """Who holds this token. Raises `NotFound` for a token that is unknown, withdrawn or expired."""
    token = await world.store.token(token_digest(secret))
    if token.expires is not None and token.expires <= world.clock.now():
        raise NotFound("the access token has expired", advice="pratique token issues a new one")
    return Requester(Scope(token.scope), Actor(token.kind, token.label, client))
