"""Issue and withdraw access tokens, and find out who is asking. Issuing and withdrawing are recorded with their effect."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pratique.errors import Forbidden, NotFound
from pratique.flow.ledger import NO_DOCUMENTS
from pratique.flow.own.publish import Publisher
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.model.artifact import Digest
from pratique.model.event import TokenIssued, TokenRevoked
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.model.token import Token
from pratique.policy.pattern import read_name_pattern


def token_digest(secret: str) -> Digest:
    """How a token is known: the digest of its secret, which has 256 random bits and so needs no salt."""
    return Digest("sha256:" + hashlib.sha256(secret.encode()).hexdigest())


async def issue(
    world: World,
    secret: str,
    label: str,
    scope: ScopeName,
    kind: ActorKind,
    expires: datetime | None,
    actor: Actor,
    publishes: Sequence[str] = (),
) -> Token:
    """Put a token in force; `secret` comes from the caller's source of randomness.

    `publishes` are patterns of the names of projects whose files it may publish. Raises `InvalidInput` for one that is none, and
    for a scope the policy does not know.
    """
    world.policy.mode(scope)
    holder = await world.ledger.pseudonym(Actor(kind, label))
    event = TokenIssued(
        at=world.clock.now(),
        token=token_digest(secret),
        holder=holder,
        scope=scope,
        expires=expires,
        actor=await world.ledger.pseudonym(actor),
        publishes=tuple(map(read_name_pattern, publishes)),
    )
    await world.ledger.append((event, NO_DOCUMENTS))
    return Token(event.token, holder, scope, expires, event.publishes)


async def withdraw(world: World, label: str, actor: Actor) -> None:
    """Withdraw every token with this label. Raises `NotFound` when there is none."""
    people = await world.ledger.people()
    found = [token for token in await world.ledger.tokens() if people.get(token.holder.name) == label]
    if not found:
        raise NotFound(f"no token is labelled {label}", advice="pratique token --list shows them")
    pseudonym = await world.ledger.pseudonym(actor)
    for token in found:
        event = TokenRevoked(at=world.clock.now(), token=token.digest, actor=pseudonym)
        await world.ledger.append((event, NO_DOCUMENTS))


async def requester_with(world: World, secret: str, client: str, machine: str = "") -> Requester:
    """Who holds this token. Raises `NotFound` for a token that is unknown, withdrawn or expired, or whose holder is."""
    return (await _held(world, secret, client, machine))[0]


async def publisher_with(world: World, secret: str, client: str, machine: str = "") -> Publisher:
    """Who holds this token, and what they may publish. Raises as `requester_with`, and `Forbidden` for one that may nothing."""
    requester, token = await _held(world, secret, client, machine)
    if not token.publishes:
        raise Forbidden(
            "this token may install, and publish nothing",
            advice='pratique token LABEL --publish "NAME" issues one that may',
        )
    return Publisher(requester, token.publishes)


async def _held(world: World, secret: str, client: str, machine: str) -> tuple[Requester, Token]:
    token = await world.ledger.token(token_digest(secret))
    if token.expires is not None and token.expires <= world.clock.now():
        raise NotFound("the access token has expired", advice="pratique token issues a new one")
    label = await world.ledger.name_of(token.holder.name)
    return Requester(Scope(token.scope), Actor(token.holder.kind, label, client), machine), token
