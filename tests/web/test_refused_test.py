"""The package that every gate refuses."""

import aiohttp
import msgspec
import pytest

from pratique.app import open_world
from pratique.flow.world import World
from pratique.settings import ServerOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.web.serve import running
from tests.web.test_gate import LOCAL, Client, client

__all__ = ["client"]


@pytest.mark.parametrize("prefix", ["", "/ci"])
async def test_one_package_is_refused_by_every_gate_and_nothing_of_it_is_asked_for_or_recorded(
    client: Client, world: World, index: SimulatedIndex, prefix: str
) -> None:
    entries = await world.store.size()
    (file,) = (await client.page("pratique-test-refused", prefix)).values()
    html = await client.ask(f"{prefix}/simple/pratique-test-refused/", Accept="text/html")
    assert str(file["url"]) in await html.text()
    answer = await client.ask(f"{prefix}/" + str(file["url"]).removeprefix("../../"))
    assert answer.status == 403
    assert answer.reason is not None
    assert answer.reason.startswith("Pratique: the gate stopped pratique-test-refused 1.0")
    assert "comes through the gate" in (await answer.json(content_type="application/problem+json"))["detail"]
    assert (await client.ask(f"{prefix}/pypi/pratique-test-refused/1.0/json")).status == 403
    other = await client.ask(f"{prefix}/simple/Pratique_Test.Refused/")
    assert (other.status, other.headers["Location"]) == (301, "../pratique-test-refused/")
    assert (index.requests, await world.store.size()) == ([], entries)


async def test_the_test_package_is_under_the_same_access_as_the_rest(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    strict = msgspec.structs.replace(settings, server=ServerOptions(tokens_required=True))
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(strict, clock=clock, upstreams=upstreams) as world,
        running(world, "127.0.0.1", 0, LOCAL) as url,
        aiohttp.ClientSession() as session,
    ):
        client = Client(session, url)
        for path in ("/simple/pratique-test-refused/", "/files/-/x.whl", "/nowhere/simple/pratique-test-refused/"):
            assert (await client.ask(path)).status == 401
