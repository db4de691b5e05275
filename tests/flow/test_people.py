"""People: nameless in the record, forgotten on request; and what is in force beside the record is held against it."""

from datetime import timedelta

import msgspec
import pytest

from pratique.errors import InvalidInput, NotFound
from pratique.flow.ledger import pseudonym_of
from pratique.flow.people.forget import forget, who
from pratique.flow.people.tokens import issue, requester_with, token_digest, withdraw
from pratique.flow.people.waivers import grant, in_force, named, revoke
from pratique.flow.record.verify import verify
from pratique.flow.world import World
from pratique.model.canonical import canonical
from pratique.model.event import Decided, Forgotten, LookedUp, TokenIssued, decode
from pratique.model.scope import ActorKind, ScopeName
from pratique.record.state import Delete, Put, View
from tests.conftest import DAY, NOW
from tests.flow.test_waivers import ANN, WAIVER, ask

CI = ScopeName("ci")
SECRET = "for this test alone"  # noqa: S105 - opens nothing


async def recorded(world: World) -> bytes:
    """Every entry and every document that a decision names."""
    entries = list(await world.store.entries(0, await world.store.size()))
    decided = [event for event in map(decode, entries) if isinstance(event, Decided)]
    documents = [await world.store.document(event.waivers) for event in decided]
    return b"".join([*entries, *documents])


async def unrecorded(world: World) -> list[str]:
    report = await verify(world.store, world.verifier_key)
    assert {damage.what for damage in report.damage} <= {"unrecorded"}
    return [damage.message for damage in report.damage]


async def test_nobody_is_named_in_the_record(world: World) -> None:
    lent = msgspec.structs.replace(WAIVER, owner="annabel", approved_by="bartholomew")
    await grant(world, lent, ANN)
    await issue(world, SECRET, "annabels-laptop", CI, ActorKind.HUMAN, None, ANN)
    assert not (await ask(world)).refused
    written = await recorded(world)
    assert b'"W1"' in written
    assert [name for name in (b"annabel", b"bartholomew") if name in written] == []
    people = await world.ledger.people()
    assert [named(waiver, people).owner for waiver in await in_force(world)] == ["annabel"]


async def test_a_token_is_issued_to_the_one_who_asks_with_it(world: World) -> None:
    await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, None, ANN)
    (issued,) = [decode(entry) for entry in await world.store.entries(0, 1)]
    assert isinstance(issued, TokenIssued)
    requester = await requester_with(world, SECRET, "pip/26.3")
    assert (await world.ledger.pseudonym(requester.actor)).name == issued.holder.name


async def test_whoever_is_forgotten_cannot_be_found_again(world: World) -> None:
    await ask(world)
    before = (await world.ledger.pseudonym(ANN)).name
    index = await forget(world, "ann", ANN)
    (event,) = [decode(entry) for entry in await world.store.entries(index, index + 1)]
    assert isinstance(event, Forgotten)
    assert event.person == before
    assert "ann" not in (await world.ledger.people()).values()
    assert (await world.ledger.pseudonym(ANN)).name != before
    assert await unrecorded(world) == []
    with pytest.raises(NotFound, match="nobody is known here as bob"):
        await forget(world, "bob", ANN)


async def test_nobody_is_forgotten_whose_name_is_still_in_use(world: World) -> None:
    await grant(world, WAIVER, ANN)
    with pytest.raises(InvalidInput, match="W1 still names bob"):
        await forget(world, "bob", ANN)
    await revoke(world, "W1", ANN)
    await forget(world, "bob", ANN)
    await issue(world, SECRET, "carol", CI, ActorKind.HUMAN, None, ANN)
    with pytest.raises(InvalidInput, match="labelled carol"):
        await forget(world, "carol", ANN)
    await withdraw(world, "carol", ANN)
    await forget(world, "carol", ANN)


async def test_what_is_granted_and_ended_by_the_book_is_no_damage(world: World) -> None:
    await grant(world, WAIVER, ANN)
    await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, NOW + DAY, ANN)
    assert await unrecorded(world) == []
    await revoke(world, "W1", ANN)
    await withdraw(world, "farm", ANN)
    assert await unrecorded(world) == []
    await grant(world, WAIVER, ANN)
    await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, None, ANN)
    assert await unrecorded(world) == []


async def test_what_was_put_in_force_past_the_record_is_named(world: World) -> None:
    await grant(world, WAIVER, ANN)
    token = await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, NOW + DAY, ANN)
    (waiver,) = await world.ledger.waivers()
    longer = msgspec.structs.replace(waiver, expires=WAIVER.expires + timedelta(days=999))
    planted = msgspec.structs.replace(token, digest=token_digest("another"))
    elsewhere = msgspec.structs.replace(token, scope=ScopeName("workstation"))
    await world.store.commit(
        (),
        [
            Put(View.WAIVER, ("W9",), canonical(waiver)),
            Put(View.WAIVER, ("W1",), canonical(longer)),
            Put(View.TOKEN, (planted.digest,), canonical(planted)),
            Put(View.TOKEN, (token.digest,), canonical(elsewhere)),
        ],
    )
    assert sorted(await unrecorded(world)) == sorted(
        [
            f"the token {planted.digest} is kept, and no entry makes it so",
            f"the token {token.digest} is kept, with other terms than the ledger gives it",
            "the waiver W1 is kept, with other terms than the ledger gives it",
            "the waiver W9 is kept, and no entry makes it so",
        ]
    )
    await world.store.commit((), [Delete(View.WAIVER, ("W1",)), Delete(View.TOKEN, (token.digest,))])
    assert "the waiver W1 is gone, and the ledger has it" in await unrecorded(world)


async def test_a_pseudonym_that_leads_to_nobody_or_to_somebody_else_is_named(world: World) -> None:
    await grant(world, WAIVER, ANN)
    kept = dict(await world.store.rows(View.PERSON, most=9))
    ann, bob = (pseudonym_of(name, kept[name,].decode()) for name in ("ann", "bob"))
    swapped = [Put(View.PERSON, ("ann",), kept["bob",]), Put(View.PERSON, ("bob",), kept["ann",])]
    await world.store.commit((), swapped)
    assert sorted(message.split(",")[0] for message in await unrecorded(world)) == sorted([ann, bob])
    back = [Put(View.PERSON, key, value) for key, value in kept.items()]
    await world.store.commit((), back)
    assert await unrecorded(world) == []
    await revoke(world, "W1", ANN)
    index = await forget(world, "bob", ANN)
    await world.store.commit((), [Put(View.PERSON, ("bob",), kept["bob",])])
    assert await unrecorded(world) == [f"{bob} was forgotten by entry {index}, and yet leads to somebody"]


async def test_who_is_behind_a_pseudonym_is_told_and_the_question_recorded(world: World) -> None:
    await ask(world)
    pseudonym = (await world.ledger.pseudonym(ANN)).name
    before = await world.store.size()
    assert await who(world, pseudonym, ANN) == "ann"
    with pytest.raises(NotFound, match="nobody is known"):
        await who(world, "0" * 32, ANN)
    events = [decode(entry) for entry in await world.store.entries(before, before + 9)]
    assert [event.person for event in events if isinstance(event, LookedUp)] == [pseudonym, "0" * 32]


async def test_a_token_whose_holder_leads_to_nobody_opens_nothing(world: World) -> None:
    await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, None, ANN)
    assert (await requester_with(world, SECRET, "pip")).actor.name == "farm"
    await world.store.commit((), [Put(View.PERSON, ("farm",), b"another salt")])
    with pytest.raises(NotFound):
        await requester_with(world, SECRET, "pip")
