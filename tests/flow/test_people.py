"""People: nameless in the record, forgotten on request; and what is in force beside the record is held against it."""

from datetime import timedelta

import msgspec
import pytest

from pratique.errors import InvalidInput, NotFound
from pratique.flow.people.forget import forget
from pratique.flow.people.tokens import issue, requester_with, token_digest, withdraw
from pratique.flow.people.waivers import grant, revoke
from pratique.flow.record.verify import verify
from pratique.flow.world import World
from pratique.model.event import Decided, Forgotten, TokenIssued, Waived, decode
from pratique.model.scope import ActorKind, ScopeName
from pratique.ports import Entry, Token
from pratique.record.documents import event_of
from tests.conftest import DAY, NOW
from tests.flow.test_waivers import ANN, WAIVER, ask

BESIDE = Entry(b"an entry that says nothing of it")
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
    assert [waiver.owner for waiver in await world.store.waivers()] == ["annabel"]


async def test_a_token_is_issued_to_the_one_who_asks_with_it(world: World) -> None:
    await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, None, ANN)
    (issued,) = [decode(entry) for entry in await world.store.entries(0, 1)]
    assert isinstance(issued, TokenIssued)
    requester = await requester_with(world, SECRET, "pip/26.3")
    assert (await world.store.pseudonym(requester.actor)).name == issued.holder.name


async def test_whoever_is_forgotten_cannot_be_found_again(world: World) -> None:
    await ask(world)
    before = (await world.store.pseudonym(ANN)).name
    index = await forget(world, "ann", ANN)
    (event,) = [decode(entry) for entry in await world.store.entries(index, index + 1)]
    assert isinstance(event, Forgotten)
    assert event.person == before
    assert "ann" not in await world.store.people()
    assert (await world.store.pseudonym(ANN)).name != before
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
    await issue(world, SECRET, "farm", CI, ActorKind.SERVICE, NOW + DAY, ANN)
    token = Token(token_digest(SECRET), "farm", CI, ActorKind.SERVICE, NOW + DAY)
    await world.store.grant(msgspec.structs.replace(WAIVER, id="W9"), BESIDE)
    await world.store.issue(Token(token_digest("another"), "mole", CI, ActorKind.SERVICE), BESIDE)
    assert sorted(await unrecorded(world)) == [
        "the token mole is in force, and no entry grants it",
        "the waiver W9 is in force, and no entry grants it",
    ]
    await world.store.revoke("W9", BESIDE)
    await world.store.withdraw(token_digest("another"), BESIDE)
    await world.store.grant(msgspec.structs.replace(WAIVER, expires=WAIVER.expires + timedelta(days=999)), BESIDE)
    await world.store.issue(msgspec.structs.replace(token, scope=ScopeName("workstation")), BESIDE)
    events = map(event_of, await world.store.entries(0, await world.store.size()))
    places = {type(event): place for place, event in enumerate(events)}
    assert sorted(await unrecorded(world)) == [
        f"the token farm is in force with other terms than entry {places[TokenIssued]} gave it",
        f"the waiver W1 is in force with other terms than entry {places[Waived]} gave it",
    ]
    ended = await revoke(world, "W1", ANN)
    await world.store.grant(WAIVER, BESIDE)
    await world.store.issue(token, BESIDE)
    assert await unrecorded(world) == [f"the waiver W1 is in force, and entry {ended} has ended it"]
