"""Releases looked into whatever policy says of them, and findings that are accepted one by one, in these bytes only."""

from datetime import timedelta

import msgspec
import pytest

from pratique.errors import InvalidInput, NotFound
from pratique.facts.looked import Looked, Outcome
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.people.waivers import fresh_waiver_id, grant
from pratique.flow.record.replay import replay_all
from pratique.flow.record.verify import verify
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.scanning.accepted import accepted_findings, accepting
from pratique.flow.scanning.release import look_into_release
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.decision import Verdict
from pratique.model.evidence import Alarm
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.model.waiver import Waiver
from pratique.policy.pattern import read_file
from pratique.policy.waive import FINDINGS
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import sdist, wheel
from tests.conftest import DAY, NOW

ANN = Actor(ActorKind.HUMAN, "ann")
RUNS = 'import base64\n\nexec(base64.b64decode("cHJpbnQoJ25vdGhpbmcgaGFwcGVucycp"))\n'
FILES = {"runlook/__init__.py": RUNS, "runlook/more.py": RUNS}
WHEEL = "runlook-1.0-py3-none-any.whl"
SCOPE = ScopeName("workstation")


@pytest.fixture
def index(index: SimulatedIndex) -> SimulatedIndex:
    index.add("runlook", wheel("runlook", "1.0", FILES), NOW - 400 * DAY)
    index.add("runlook", sdist("runlook", "1.0"), NOW - 400 * DAY)
    index.add("runlook", wheel("runlook", "1.1", {**FILES, "runlook/other.py": "A = 1\n"}), NOW - 300 * DAY)
    return index


async def look(world: World, purl: str) -> dict[str, Looked]:
    return {each.path: each async for each in look_into_release(world, read_file(purl))}


async def ask(world: World, filename: str = WHEEL) -> Admission:
    known = await world.pages.find(ProjectName("runlook"))
    requester = Requester(Scope(SCOPE), ANN)
    return await admit(world, FileRequest(requester, "public", known.entries[filename].path))


def waiver(world: World, looked: Looked, which: str, **more: object) -> Waiver:
    told = Waiver(
        id=fresh_waiver_id(world),
        condition=FINDINGS,
        package=f"pkg:generic/{looked.path}?checksum={looked.digest}",
        scopes=(SCOPE,),
        owner="ann",
        approved_by="bob",
        approver_group="security",
        reason="We have read it.",
        expires=NOW + DAY,
        finding=which,
    )
    changed: Waiver = msgspec.structs.replace(told, **more)
    return changed


async def test_every_file_of_a_release_is_looked_into_or_the_one_that_is_named(world: World) -> None:
    looked = await look(world, "pkg:pypi/runlook@1.0")
    assert {path: each.outcome for path, each in looked.items()} == {
        WHEEL: Outcome.SUSPICIOUS,
        "runlook-1.0.tar.gz": Outcome.CLEAN,
    }
    assert (await look(world, f"pkg:pypi/runlook@1.0?file_name={WHEEL}")).keys() == {WHEEL}


async def test_what_policy_holds_is_looked_into_all_the_same(world: World) -> None:
    (held,) = (await look(world, "pkg:pypi/llmlook@1.82.8")).values()
    assert held.digest.startswith("sha256:")
    assert held.outcome is not Outcome.UNKNOWN


@pytest.mark.parametrize(
    "purl",
    [
        "pkg:pypi/runlook@9.9",
        "pkg:pypi/nothinglook@1.0",
        "pkg:pypi/runlook@1.0?file_name=other-1.0.tar.gz",
    ],
)
async def test_what_no_index_has_is_not_found(world: World, purl: str) -> None:
    with pytest.raises(NotFound):
        await look(world, purl)


async def test_a_file_comes_in_once_all_that_worries_in_it_is_accepted(world: World) -> None:
    (looked,) = (await look(world, f"pkg:pypi/runlook@1.0?file_name={WHEEL}")).values()
    worries = [each for each in looked.noticed if each.alarm is not Alarm.NONE]
    assert len(worries) > 1
    for each in worries:
        refused = await ask(world)
        assert refused.judged.decision.verdict is Verdict.HOLD
        await grant(world, waiver(world, looked, each.id), ANN)
    admitted = await ask(world)
    assert admitted.judged.decision.verdict is Verdict.ALLOW
    (lifted,) = (each for each in admitted.judged.decision.reasons if each.condition == FINDINGS)
    assert lifted.waiver in {each.id for each in await world.ledger.waivers()}
    accepted = await accepted_findings(world)
    assert accepted.keys() == {each.id for each in worries}
    assert set(accepted.values()) == {f"accepted by bob until {NOW + DAY:%Y-%m-%d}: We have read it."}
    assert msgspec.structs.replace(looked, accepted=accepted).outcome is Outcome.CLEAN
    other = await ask(world, "runlook-1.1-py3-none-any.whl")
    assert other.judged.decision.verdict is Verdict.HOLD, "the same lines in other bytes are another finding"
    assert {one.differences async for one in replay_all(world.store)} == {()}
    assert not (await verify(world.store, world.verifier_key)).damage


async def test_what_is_accepted_is_accepted_in_its_scope_until_it_expires(world: World) -> None:
    (looked,) = (await look(world, f"pkg:pypi/runlook@1.0?file_name={WHEEL}")).values()
    one = waiver(world, looked, "7F3K2QXD9V0W1Y2Z")
    assert accepting([one], SCOPE, NOW).keys() == {"7F3K2QXD9V0W1Y2Z"}
    assert accepting([one], ScopeName("ci"), NOW) == {}
    assert accepting([one], SCOPE, NOW + DAY) == {}
    assert accepting([msgspec.structs.replace(one, finding="")], SCOPE, NOW) == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"finding": "7F3K"}, "is no id of a finding"),
        ({"condition": "cooldown"}, "findings are judged by the condition"),
        ({"package": "pkg:pypi/runlook@1.0"}, "a waiver for a finding names its bytes"),
        ({"uses_max": 3}, "may be used as often as needed"),
        ({"approver_group": "friends"}, "may not waive"),
        ({"expires": NOW - timedelta(seconds=1)}, "which has passed"),
    ],
)
async def test_a_waiver_for_a_finding_that_says_too_much_or_too_little_is_not_granted(
    world: World, changed: dict[str, object], said: str
) -> None:
    (looked,) = (await look(world, f"pkg:pypi/runlook@1.0?file_name={WHEEL}")).values()
    with pytest.raises(InvalidInput, match=said):
        await grant(world, waiver(world, looked, looked.noticed[0].id, **changed), ANN)
