"""A file goes through the tiers in one way, whoever asks: a client that wants it, or a person who wants to know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from pratique.app import open_world
from pratique.flow.gate.admit import admit
from pratique.flow.gate.inspect import inspect
from pratique.flow.requester import FileRequest, Requester
from pratique.model.artifact import ProjectName
from pratique.model.evidence import Tier
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.policy.load import default_policy
from pratique.ports import Stream
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream

PROJECT = ProjectName("llmlook")
REQUESTER = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.HUMAN, "ann"))


class Counting(SimulatedUpstream):
    """An index that knows how often files were fetched."""

    fetched = 0

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        self.fetched += 1
        async with super().open(url, bytes_max=bytes_max) as stream:
            yield stream


@pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
@pytest.mark.parametrize("version", ["1.82.6", "1.82.8"])
async def test_an_inspection_tells_the_decision_that_a_request_gets(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex, tmp_path: Path, mode: str, version: str
) -> None:
    text = default_policy().text.replace('workstation = { mode = "enforce" }', f'workstation = {{ mode = "{mode}" }}')
    policy = tmp_path / "policy.toml"
    policy.write_text(text, encoding="utf-8")
    own = msgspec.structs.replace(settings, policy=str(policy))
    async with open_world(own, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        (told,) = (await inspect(world, "llmlook", version, REQUESTER, look_inside=True)).files
        entry = (await world.pages.find(PROJECT)).entries[told.decision.artifact.file]
        admission = await admit(world, FileRequest(REQUESTER, "public", entry.path))
    assert admission.judged.decision == told.decision
    assert admission.judged.evidence == told.evidence


async def test_the_first_no_ends_the_gathering(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    upstream = Counting("public", index)
    async with open_world(settings, clock=clock, upstreams={"public": upstream}) as world:
        entries = (await world.pages.find(PROJECT)).entries
        for version, fetched, tier in (("1.82.8", 0, Tier.INDEX), ("1.82.6", 1, Tier.BYTES)):
            entry = entries[f"llmlook-{version}-py3-none-any.whl"]
            admission = await admit(world, FileRequest(REQUESTER, "public", entry.path))
            assert (upstream.fetched, admission.judged.evidence.tier) == (fetched, tier)
