"""The HTTP client against an index that misbehaves, on loopback."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from pratique.adapters.http import HttpUpstream, open_session
from pratique.errors import InvalidInput, LimitExceeded, NotFound, PratiqueError, Unavailable
from pratique.model import limits

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KILO = 1024


class Index:
    """A server whose paths do what a test says, and the client under test."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.handlers: dict[str, Handler] = {}
        self.seen: list[web.Request] = []
        self.upstream = HttpUpstream("public", f"{url}/simple/", session)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self.handlers[request.path](request)

    async def get(self, path: str, bytes_max: int = 100 * KILO, etag: str = "") -> bytes:
        return (await self.upstream.get(self.url + path, accept="*/*", bytes_max=bytes_max, etag=etag)).body

    async def file(self, path: str, bytes_max: int = 100 * KILO) -> bytes:
        async with self.upstream.open(self.url + path, bytes_max=bytes_max) as stream:
            return b"".join([chunk async for chunk in stream.chunks()])


@pytest.fixture
async def index() -> AsyncIterator[Index]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await found.answer(request)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with open_session("") as session:
        found = Index(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
        yield found
    await runner.cleanup()


def always(**response: object) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(**response)  # type: ignore[arg-type]  # the keywords of a response

    return handler


async def test_documents_and_files_arrive(index: Index) -> None:
    index.handlers["/a"] = always(body=gzip.compress(b"page"), headers={"Content-Encoding": "gzip", "ETag": '"1"'})
    index.handlers["/b"] = always(body=b"x" * 50 * KILO)
    assert await index.get("/a") == b"page"
    assert await index.file("/b") == b"x" * 50 * KILO
    assert index.seen[0].headers["User-Agent"].startswith("pratique/")


async def test_what_did_not_change_is_not_sent_again(index: Index) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=304 if request.headers.get("If-None-Match") == '"1"' else 200)

    index.handlers["/a"] = handler
    fetched = await index.upstream.get(f"{index.url}/a", accept="*/*", bytes_max=KILO, etag='"1"')
    assert (fetched.not_modified, fetched.etag) == (True, '"1"')


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFound), (410, NotFound), (401, Unavailable), (403, Unavailable), (500, Unavailable)]
)
async def test_an_answer_that_is_none_is_named(index: Index, status: int, error: type[PratiqueError]) -> None:
    index.handlers["/a"] = always(status=status)
    for read in (index.get, index.file):
        with pytest.raises(error):
            await read("/a")


async def test_an_index_that_stumbles_once_is_asked_again(index: Index) -> None:
    answers = [web.Response(status=503), web.Response(body=b"page")]

    async def handler(_: web.Request) -> web.StreamResponse:
        return answers.pop(0)

    index.handlers["/a"] = handler
    assert await index.get("/a") == b"page"


async def test_what_is_too_large_is_not_read_to_its_end(index: Index) -> None:
    index.handlers["/a"] = always(body=b"x" * 200 * KILO)
    index.handlers["/bomb"] = always(body=gzip.compress(bytes(50_000 * KILO)), headers={"Content-Encoding": "gzip"})
    for read in (index.get, index.file):
        with pytest.raises(LimitExceeded):
            await read("/a")
    with pytest.raises(LimitExceeded):
        await index.get("/bomb")


async def test_a_stall_ends(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    index.handlers["/a"] = handler
    monkeypatch.setattr(limits, "UPSTREAM_PAGE_SECONDS_MAX", 0.2)
    with pytest.raises(Unavailable, match="did not answer in time"):
        await index.get("/a")


async def test_a_connection_that_breaks_off_is_noticed(index: Index) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 100)
        assert request.transport is not None
        request.transport.close()
        return response

    index.handlers["/a"] = handler
    for read in (index.get, index.file):
        with pytest.raises(Unavailable, match="broke off"):
            await read("/a")


async def test_compressed_data_that_are_cut_or_broken_are_noticed(index: Index) -> None:
    whole = gzip.compress(b"page" * 100)
    for body in (whole[:-10], b"no gzip", b""):
        index.handlers["/a"] = always(body=body, headers={"Content-Encoding": "gzip"})
        with pytest.raises(Unavailable):
            await index.get("/a")
    index.handlers["/a"] = always(body=b"x", headers={"Content-Encoding": "br"})
    for read in (index.get, index.file):
        with pytest.raises(Unavailable, match="nobody asked for"):
            await read("/a")


async def test_redirects_are_followed_by_our_rules(index: Index) -> None:
    index.handlers["/a"] = always(status=302, headers={"Location": "/b"})
    index.handlers["/b"] = always(body=b"there")
    assert await index.get("/a") == b"there"
    for path, target in (
        ("/loop", ""),
        ("/x", "ftp://index.example/"),
        ("/y", "http://u:p@index.example/"),
        ("/z", ""),
    ):
        index.handlers[path] = always(status=302, headers={"Location": target} if target else {})
        with pytest.raises(Unavailable, match="redirects"):
            await index.get(path)


async def test_credentials_go_to_their_own_host_only(index: Index) -> None:
    host = index.url.removeprefix("http://")
    async with open_session("") as session:
        upstream = HttpUpstream("internal", f"http://ann:secret@{host}/simple/", session)
        index.handlers["/simple/a/"] = always(body=b"")
        assert upstream.url == f"{index.url}/simple/"
        await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
        assert index.seen[-1].headers["Authorization"].startswith("Basic ")
        elsewhere = index.url.replace("127.0.0.1", "localhost")
        await upstream.get(f"{elsewhere}/simple/a/", accept="*/*", bytes_max=KILO)
        assert "Authorization" not in index.seen[-1].headers


async def test_settings_that_cannot_work_are_named(index: Index) -> None:
    async with open_session("") as session:
        for url in ("ftp://index.example/", "index.example", "file:///srv/index"):
            with pytest.raises(InvalidInput, match="no http or https URL"):
                HttpUpstream("public", url, session)
    with pytest.raises(InvalidInput, match="certificates"):
        async with open_session("/nowhere/ca.pem"):
            pass
    assert index.seen == []
