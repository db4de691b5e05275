"""A release of the own index on its way into production: refused with the way out, signed, reviewed, and taken back."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.app import open_world
from pratique.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.own.keys import retire, revoke, trust
from pratique.flow.own.publish import Publisher, publish
from pratique.flow.own.sign import release_files, sign
from pratique.flow.own.withdraw import delete, yank
from pratique.flow.record.replay import replay_all
from pratique.flow.record.verify import verify
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import Digest, ProjectName, VersionText
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.own_file import Offered
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.model.statement import Approval, Predicate, Publish, Review, SigningKey
from pratique.policy.load import load
from pratique.record.note import VerifierKey
from pratique.record.state import Delete, Put, View
from pratique.settings import PublishOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW
from tests.web.test_publish import POLICY

SECOND = timedelta(seconds=1)
ANN = Actor(ActorKind.HUMAN, "ann")
CORE, FILE = ProjectName("acme-core"), "acme_core-1.0-py3-none-any.whl"
PRIVATE = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([place] * 32)) for place, name in enumerate(("ann", "farm"))
}


class House:
    """An organisation: its gate, and those who sign."""

    def __init__(self, world: World, clock: SimulatedClock) -> None:
        self.world, self.clock = world, clock
        self.keys: dict[str, SigningKey] = {}

    async def trusts(self, name: str, *may: Predicate) -> None:
        public = str(VerifierKey(name, PRIVATE[name].public_key().public_bytes_raw()))
        self.keys[name] = await trust(self.world, public, may, ANN)

    async def publishes(self, version: str = "1.0", text: str = "1") -> Digest:
        filename, data = wheel(CORE, version, {"acme_core/__init__.py": text})
        async with self.world.blobs.writer() as writer:
            await writer.write(data)
            digest = await writer.commit()
        publisher = Publisher(Requester(Scope(ScopeName("ci")), ANN), ("acme-*",))
        offered = Offered(CORE, VersionText(version), filename, f"acme-core/{version}-py3-none-any.whl")
        await publish(self.world, publisher, offered, digest)
        return digest

    async def signs(self, by: str, said: Publish | Review | None = None, version: str = "1.0") -> None:
        def signer(key_id: str) -> Callable[[bytes], bytes]:
            return PRIVATE[key_id.partition("+")[0]].sign

        said = said or Publish(self.clock.now())
        await sign(self.world, await release_files(self.world, CORE, version), said, by, signer, ANN)

    def approval(self, **changed: object) -> Review:
        return msgspec.structs.replace(Review(self.clock.now(), Approval.APPROVED), **changed)

    async def asks(self, scope: str = "production", file: str = FILE) -> Admission:
        ask = FileRequest(Requester(Scope(ScopeName(scope)), ANN), "internal", f"/files/{CORE}/{file}")
        return await admit(self.world, ask)

    async def told(self, scope: str = "production") -> tuple[str, str, str]:
        """The verdict on the release, its reason, and the way out."""
        decision = (await self.asks(scope)).judged.decision
        reason = decision.strictest
        if decision.verdict is Verdict.ALLOW:
            return "ALLOW", "", ""
        assert reason.condition == "release-gate"
        assert reason.remedy is not None
        return decision.verdict.name, reason.why, reason.remedy.do


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = SimulatedClock(NOW)
    settings = Settings(home=str(tmp_path / "home"), publish=PublishOptions("internal"))
    upstreams = {"public": SimulatedUpstream("public", SimulatedIndex(clock))}
    async with open_world(settings, clock=clock, upstreams=upstreams, policy=load(POLICY)) as world:
        house = House(world, clock)
        await house.trusts("ann", Predicate.REVIEW)
        await house.trusts("farm", Predicate.PUBLISH)
        await house.publishes()
        yield house
        assert (await verify(world.store, world.verifier_key)).damage == ()
        assert [one async for one in replay_all(world.store) if one.differences] == []


SIGN, REVIEW = "pratique sign acme-core 1.0", "pratique review acme-core 1.0"


async def test_a_release_goes_into_production_once_it_is_signed_and_reviewed(house: House) -> None:
    assert await house.told("ci") == ("ALLOW", "", "")
    assert await house.told() == ("HOLD", f"nobody signed that it was published; {SIGN} does", SIGN)
    await house.signs("farm")
    assert await house.told() == ("HOLD", f"nobody reviewed it; {REVIEW} does", REVIEW)
    await house.signs("ann", house.approval())
    assert await house.told() == ("ALLOW", "", "")


async def test_a_refusal_stands_until_the_same_reviewer_says_otherwise(house: House) -> None:
    await house.signs("farm")
    await house.signs("ann", house.approval(decision=Approval.REFUSED, note="it phones home"))
    verdict, why, way_out = await house.told()
    assert (verdict, why) == ("DENY", "ann refused it: it phones home")
    assert "publish another version" in way_out
    house.clock.advance(DAY)
    await house.signs("ann", house.approval())
    assert (await house.told())[0] == "ALLOW"


async def test_a_review_counts_in_its_scopes_and_until_it_ends(house: House) -> None:
    await house.signs("farm")
    await house.signs("ann", house.approval(scopes=(ScopeName("ci"),)))
    assert await house.told() == ("HOLD", f"nobody reviewed it; {REVIEW} does", REVIEW)
    house.clock.advance(DAY)
    await house.signs("ann", house.approval(expires=house.clock.now() + DAY))
    assert (await house.told())[0] == "ALLOW"
    house.clock.advance(DAY - SECOND)
    before = await house.world.pages.find(CORE)
    assert before.candidates[FILE].evidence.statements == (await house.world.pages.find(CORE)).stated[FILE]  # type: ignore[index]  # it is known
    house.clock.advance(SECOND)  # nothing is recorded meanwhile
    verdict, why, way_out = await house.told()
    assert (verdict, way_out) == ("HOLD", REVIEW)
    assert why.startswith("its review by ann counts no more: it ended on")


async def test_what_a_revoked_key_has_signed_is_refused_and_a_retired_ones_stays(house: House) -> None:
    await house.signs("farm")
    await house.signs("ann", house.approval())
    house.clock.advance(DAY)
    await retire(house.world, house.keys["farm"].id, ANN)
    assert (await house.told())[0] == "ALLOW"
    with pytest.raises(NotFound, match="no key farm is in force"):
        await house.signs("farm")
    await revoke(house.world, house.keys["ann"].id, "the laptop was stolen", ANN)
    verdict, why, way_out = await house.told()
    assert (verdict, way_out) == ("DENY", f"{REVIEW}, once you know how that came")
    assert why.startswith(f"its review by ann does not count: the key {house.keys['ann'].id} was revoked")


async def test_a_key_signs_only_what_it_may(house: House) -> None:
    with pytest.raises(InvalidInput, match="may sign publish, and no review"):
        await house.signs("farm", house.approval())
    assert await house.told() == ("HOLD", f"nobody signed that it was published; {SIGN} does", SIGN)


async def test_a_statement_that_was_changed_beside_the_ledger_lets_nothing_in(house: House) -> None:
    await house.signs("farm")
    await house.signs("ann", house.approval())
    other = await house.publishes("1.1", "2")
    digest = (await release_files(house.world, CORE, "1.0"))[0].digest
    statements = await house.world.ledger.statements(digest)
    moved = [
        Put(View.STATEMENT, (other, each), b'{"predicate":"review","at":"2026-03-24T12:00:00Z"}')
        for each, _ in statements
    ]
    await house.world.store.commit((), moved)
    decision = (await house.asks(file="acme_core-1.1-py3-none-any.whl")).judged.decision
    assert decision.verdict is Verdict.DENY
    assert "it is about acme_core-1.0-py3-none-any.whl" in decision.strictest.why
    assert [each.what for each in (await verify(house.world.store, house.world.verifier_key)).damage] == [
        "unrecorded"
    ] * 2
    gone = [(View.STATEMENT, (other, each)) for each, _ in statements]
    await house.world.store.commit((), [Delete(view, key) for view, key in gone])


async def test_the_release_that_is_signed_is_offered_instead_of_the_one_that_is_not(house: House) -> None:
    await house.signs("farm")
    await house.signs("ann", house.approval())
    await house.publishes("1.1", "2")
    judged = (await house.asks(file="acme_core-1.1-py3-none-any.whl")).judged
    assert judged.decision.verdict is Verdict.HOLD
    assert judged.alternative == "1.0"


async def test_a_yanked_release_says_so_and_a_deleted_one_is_gone_for_good(house: House) -> None:
    await house.signs("farm")
    await house.signs("ann", house.approval())
    await yank(house.world, CORE, "1.0", "loses data", ANN)
    assert (await house.world.pages.find(CORE)).entries[FILE].yanked == "loses data"
    await yank(house.world, CORE, "1.0", "", ANN)
    assert (await house.told())[0] == "ALLOW"
    (file,) = await delete(house.world, CORE, "1.0", "a password was in it", ANN)
    with pytest.raises(Gone, match="a password was in it"):
        await house.asks("ci")
    with pytest.raises(NotFound):
        await house.world.blobs.size(file.digest)
    with pytest.raises(Conflict, match="not given again"):
        await house.publishes()
    assert dict((await house.world.pages.find(CORE)).entries) == {}


async def test_what_cannot_be_read_is_unknown_and_who_may_not_publish_does_not(house: House) -> None:
    digest = (await release_files(house.world, CORE, "1.0"))[0].digest
    lost = Put(View.STATEMENT, (digest, "sha256:" + "0" * 64), b'{"predicate":"review","at":"2026-03-24T12:00:00Z"}')
    await house.world.store.commit((), [lost])
    await house.signs("farm")
    known = await house.world.pages.find(CORE)
    assert isinstance(known.candidates[FILE].evidence.statements, Unknown)
    await house.world.store.commit((), [Delete(View.STATEMENT, lost.key)])
    with pytest.raises(Forbidden):
        Publisher(Requester(Scope(ScopeName("ci")), ANN), ("acme-core",)).check(ProjectName("acme-other"))
