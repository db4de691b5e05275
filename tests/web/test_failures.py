"""What clients are told when something behind the gate fails: the sentence, at once, and nothing secret."""

import json
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest
from aiohttp import web

from pratique.app import open_world
from pratique.model.scope import Actor, ActorKind
from pratique.settings import IndexOptions, Settings
from pratique.simulators.clock import SimulatedClock
from pratique.web.serve import running

LOCAL = Actor(ActorKind.HUMAN, "annabel.quarrington")
FORBIDDEN = 403
JSON = "application/vnd.pypi.simple.v1+json"


@pytest.fixture
async def index() -> AsyncIterator[tuple[web.Application, str]]:
    """An index that answers with the status its test puts into the application, and counts how often it was asked."""

    async def answer(request: web.Request) -> web.StreamResponse:
        request.app[ASKED].append(request.path)
        return web.Response(status=request.app[ANSWERS][0])

    app = web.Application()
    app[ASKED], app[ANSWERS] = [], [200]
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield app, f"http://ann:SECRET@127.0.0.1:{runner.addresses[0][1]}/simple/?token=SECRET"
    await runner.cleanup()


ASKED = web.AppKey("asked", list[str])
ANSWERS = web.AppKey("answers", list[int])


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "index public wants other credentials than this gate has (401). check the user and the password"),
        (403, "index public refuses what this gate asks for (403). check the credentials"),
        (429, "index public answered 429"),
        (500, "index public answered 500"),
        (0, "index public broke off: Cannot connect to host"),
    ],
)
async def test_an_index_that_fails_is_named_at_once(
    settings: Settings, clock: SimulatedClock, index: tuple[web.Application, str], status: int, sentence: str
) -> None:
    app, url = index
    app[ANSWERS][0] = status
    public = IndexOptions(url=url if status else "http://ann:SECRET@127.0.0.1:9/")
    indexed = msgspec.structs.replace(settings, index={"public": public})
    async with (
        open_world(indexed, clock=clock) as world,
        running(world, "127.0.0.1", 0, LOCAL) as gate,
        aiohttp.ClientSession() as session,
    ):
        for path, code in (
            ("/simple/llmlook/", 424),
            ("/pypi/llmlook/1.0/json", 424),
            ("/files/public/a/llmlook-1.0-py3-none-any.whl", FORBIDDEN),
        ):
            async with session.get(gate + path, headers={"Accept": JSON}) as response:
                body = await response.read()
                assert response.status == code, path
                assert response.content_type == "application/problem+json"
                assert "Retry-After" not in response.headers
                told = sentence if code != FORBIDDEN else sentence.partition(". ")[0]
                assert told in json.loads(body)["detail"]
                assert sentence[:40] in str(response.reason)
                assert "SECRET" not in f"{response.reason}{response.headers}{body!r}"
        assert len(app[ASKED]) <= 6, "each request asks the index twice at most"
        assert not any("SECRET" in path for path in app[ASKED])
        entries = b"".join(await world.store.entries(0, await world.store.size()))
        assert b"SECRET" not in entries


async def test_the_next_index_is_asked_only_where_a_setting_says_so(
    settings: Settings, clock: SimulatedClock, index: tuple[web.Application, str]
) -> None:
    app, url = index
    app[ANSWERS][0] = 403
    for codes, asked, status in (
        ({}, 1, 424),
        ({"internal": (403,)}, 2, 424),
        ({"internal": (403,), "public": (403,)}, 2, 404),
    ):
        indexed = msgspec.structs.replace(
            settings,
            index={
                "internal": IndexOptions(url=url, ignore_error_codes=codes.get("internal", ())),
                "public": IndexOptions(
                    url=url.replace("/simple/", "/other/"), ignore_error_codes=codes.get("public", ())
                ),
            },
        )
        app[ASKED].clear()
        async with (
            open_world(indexed, clock=clock) as world,
            running(world, "127.0.0.1", 0, LOCAL) as gate,
            aiohttp.ClientSession() as session,
            session.get(f"{gate}/simple/llmlook/") as response,
        ):
            assert (response.status, len(app[ASKED])) == (status, asked), codes
