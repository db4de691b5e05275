"""An advisory that comes after a file was let in: blocked at once, listed with everyone who got it, and the fix let in early."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from pratique.adapters.advisories.feed import documents
from pratique.app import open_world
from pratique.errors import Unavailable
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.gate.steer import steer
from pratique.flow.investigate.audit import audit
from pratique.flow.investigate.feeds import drop_feed, import_feed
from pratique.flow.investigate.recalls import advised
from pratique.flow.record.verify import verify
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.decision import Verdict
from pratique.model.event import AdvisoriesImported, event_of
from pratique.model.pinned import Pinned
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

PROJECT = ProjectName("parselook")
ANN = Actor(ActorKind.HUMAN, "ann")
REQUESTER = Requester(Scope(ScopeName("workstation")), ANN)
CRITICAL = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
HOLE = {
    "id": "PYSEC-2026-7",
    "aliases": ["CVE-2026-7"],
    "modified": "2026-01-01T00:00:00Z",
    "severity": CRITICAL,
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "parselook"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}],
        }
    ],
}
MALICE = {
    "id": "MAL-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "parselook"}, "versions": ["1.1"]}],
}


@pytest.fixture
async def gate(settings: Settings, clock: SimulatedClock, index: SimulatedIndex) -> AsyncIterator[World]:
    for version, age in (("1.0", 400 * DAY), ("1.1", 300 * DAY), ("1.2", timedelta(hours=1))):
        index.add("parselook", wheel("parselook", version, {"parselook/__init__.py": "VERSION = 1\n"}), NOW - age)
    async with open_world(settings, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        yield world


async def take(world: World, version: str) -> Admission:
    entry = (await world.pages.find(PROJECT)).entries[f"parselook-{version}-py3-none-any.whl"]
    return await admit(world, FileRequest(REQUESTER, "public", entry.path))


async def say(world: World, tmp_path: Path, *records: object) -> None:
    folder = tmp_path / "feed"
    folder.mkdir(exist_ok=True)
    for number, record in enumerate(records):
        (folder / f"{number}.json").write_text(json.dumps(record), encoding="utf-8")
    await import_feed(world, "feed", str(folder), documents(folder), ANN)


async def test_what_was_let_in_is_refused_at_once_and_listed_with_who_got_it(gate: World, tmp_path: Path) -> None:
    assert not (await take(gate, "1.1")).refused
    assert not (await take(gate, "1.0")).refused
    assert await advised(gate) == []
    await say(gate, tmp_path, MALICE)
    after = await take(gate, "1.1")
    assert after.judged.decision.enforced is Verdict.DENY
    assert after.judged.decision.strictest.condition == "advisories"
    assert "MAL-2026-1" in after.judged.decision.strictest.why
    (found,) = await advised(gate)
    assert (found.artifact.version, found.reason.verdict, len(found.entries)) == ("1.1", Verdict.DENY, 1)
    assert await advised(gate, [("pypi", "another")]) == []
    assert await advised(gate, [("pypi", "parselook"), ("npm", "parselook")]) == [found]
    assert not (await take(gate, "1.0")).refused


async def test_what_was_only_refused_is_nobodys_to_recall(gate: World, tmp_path: Path) -> None:
    await say(gate, tmp_path, MALICE)
    assert (await take(gate, "1.1")).refused
    assert await advised(gate) == []


async def test_the_page_steers_past_it_and_the_remedy_names_the_fix(gate: World, tmp_path: Path) -> None:
    await say(gate, tmp_path, HOLE)
    page = await steer(gate, PROJECT, REQUESTER)
    assert set(page.held) >= {"parselook-1.0-py3-none-any.whl", "parselook-1.1-py3-none-any.whl"}
    reason = (await take(gate, "1.0")).judged.decision.strictest
    assert (reason.verdict, reason.remedy and reason.remedy.ask) == (Verdict.HOLD, "security")
    assert reason.remedy is not None
    assert "1.2" in reason.remedy.do


async def test_a_release_that_fixes_a_hole_need_not_wait(gate: World, tmp_path: Path) -> None:
    before = await take(gate, "1.2")
    assert before.judged.decision.strictest.condition == "cooldown"
    await say(gate, tmp_path, HOLE)
    after = await take(gate, "1.2")
    reason = next(each for each in after.judged.decision.reasons if each.condition == "cooldown")
    assert "it fixes PYSEC-2026-7" in reason.why


async def test_the_import_is_recorded_and_the_record_is_whole(gate: World, tmp_path: Path) -> None:
    await say(gate, tmp_path, MALICE)
    await say(gate, tmp_path, MALICE)
    await say(gate, tmp_path, MALICE, HOLE)
    await drop_feed(gate, "feed", ANN)
    entries = await gate.store.entries(0, await gate.store.size())
    told = [each for each in map(event_of, entries) if isinstance(each, AdvisoriesImported)]
    assert [(each.records, each.added, each.removed) for each in told] == [(1, 1, 0), (2, 1, 0), (0, 0, 2)]
    assert all(each.actor.name != "ann" for each in told)
    await verify(gate.store, gate.verifier_key)


async def test_an_audit_says_what_is_known_and_what_could_not_be_looked_up(gate: World, tmp_path: Path) -> None:
    pins = [Pinned("ParseLook", "1.0", "a.txt:1"), Pinned("parselook", "1.0", "b.txt:1"), Pinned("x", "", "a.txt:2")]
    with pytest.raises(Unavailable, match="no feed"):
        await audit(gate, pins)
    await say(gate, tmp_path, HOLE, MALICE)
    found = await audit(gate, [*pins, Pinned("parselook", "1.2", "a.txt:3"), Pinned("../x", "1.0", "a.txt:4")])
    (concern,) = found.concerns
    assert (concern.artifact.purl, concern.enough, concern.verdict) == ("pkg:pypi/parselook@1.0", "1.2", Verdict.HOLD)
    assert (found.looked_up, [each.name for each in found.passed_over]) == (2, ["x", "../x"])


async def test_without_the_condition_nothing_is_recalled(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, tmp_path: Path
) -> None:
    index.add("parselook", wheel("parselook", "1.1", {"parselook/__init__.py": "VERSION = 1\n"}), NOW - 300 * DAY)
    policy = tmp_path / "policy.toml"
    policy.write_text('[scopes]\nworkstation = { mode = "enforce" }\n[malware]\n', encoding="utf-8")
    own = msgspec.structs.replace(settings, policy=str(policy))
    async with open_world(own, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        await take(world, "1.1")
        await say(world, tmp_path, MALICE)
        assert await advised(world) == []
        assert not (await take(world, "1.1")).refused
