"""The page of a decision is for those who may come in, and for those who have met it."""

import aiohttp
import msgspec

from pratique.app import open_world
from pratique.flow.people.tokens import issue
from pratique.model.scope import ActorKind, ScopeName
from pratique.settings import ServerOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.web.serve import running
from tests.conftest import DAY
from tests.web.test_gate import HELD, LOCAL, Client, client

__all__ = ["client"]


async def test_a_decision_is_shown_by_its_whole_id_only(client: Client) -> None:
    refused = await client.ask(await client.path("llmlook", HELD))
    identity = refused.headers["X-Pratique-Decision-Id"]
    assert (await client.ask(f"/d/{identity}")).status == 200
    assert (await client.ask(f"/d/{identity.lower()}")).status == 200
    for length in (4, 8, 15):
        answer = await client.ask(f"/d/{identity[:length]}")
        assert answer.status == 404
        assert identity not in await answer.text()


async def test_a_decision_is_under_the_same_access_as_the_rest(
    settings: Settings, clock: SimulatedClock, index: SimulatedIndex
) -> None:
    strict = msgspec.structs.replace(settings, server=ServerOptions(tokens_required=True))
    upstreams = {"public": SimulatedUpstream("public", index)}
    async with (
        open_world(strict, clock=clock, upstreams=upstreams) as world,
        running(world, "127.0.0.1", 0, LOCAL) as url,
        aiohttp.ClientSession() as session,
    ):
        await issue(world, "secret", "farm", ScopeName("ci"), ActorKind.SERVICE, clock.now() + DAY, LOCAL)
        one = Client(session, url)
        let_in = {"Authorization": "Bearer secret"}
        page = await one.page("llmlook", **let_in)
        path = "/" + str(page[HELD]["url"]).removeprefix("../../")
        identity = (await one.ask(path, **let_in)).headers["X-Pratique-Decision-Id"]
        assert [
            (await one.ask(f"/d/{identity}", **headers)).status
            for headers in ({}, {"Authorization": "Bearer x"}, let_in)
        ] == [
            401,
            401,
            200,
        ]
