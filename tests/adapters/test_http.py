"""The HTTP client against an index that misbehaves, on loopback."""

import asyncio
import gzip
import ssl
import time
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import unquote

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pratique.adapters.clock import SystemClock
from pratique.adapters.http import HttpUpstream, Session, open_session
from pratique.adapters.index_address import IndexAddress
from pratique.errors import InvalidInput, LimitExceeded, NotFound, PratiqueError, Unavailable
from pratique.model import limits
from pratique.ports import Fetched

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KILO = 1024


class Index:
    """A server whose paths do what a test says, and the client under test."""

    def __init__(self, url: str, session: Session) -> None:
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


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An account without a netrc and without proxies."""
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None, ca_bundle: str = "") -> AsyncIterator[Index]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await found.answer(request)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        async with open_session(ca_bundle) as session:
            scheme = "http" if tls is None else "https"
            found = Index(f"{scheme}://127.0.0.1:{runner.addresses[0][1]}", session)
            yield found
    finally:
        await runner.cleanup()


@pytest.fixture
async def index() -> AsyncIterator[Index]:
    async with listening() as found:
        yield found


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1 that signs itself: what a server needs, and the bundle that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "index.example")])
    now = SystemClock().now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    bundle = folder / "ca.pem"
    bundle.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(bundle, secret)
    return context, str(bundle)


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


@pytest.mark.parametrize("path", ["/f/a-1%212.0%2Bcpu.whl?sig=%2F+x", "/a%20b/%7Ec!$&'()*+,;=:@.zip", "/caf%C3%A9"])
async def test_what_is_escaped_in_a_url_is_asked_for_as_it_is_written(index: Index, path: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text=request.raw_path)

    index.handlers[unquote(path.partition("?")[0])] = answer
    assert (await index.get(path), await index.file(path)) == (path.encode(), path.encode())


async def test_what_did_not_change_is_not_sent_again(index: Index) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=304 if request.headers.get("If-None-Match") == '"1"' else 200)

    index.handlers["/a"] = handler
    fetched = await index.upstream.get(f"{index.url}/a?token=x", accept="*/*", bytes_max=KILO, etag='"1"')
    assert fetched == Fetched(f"{index.url}/a", "", b"", '"1"', not_modified=True)


async def test_a_document_comes_with_what_the_index_says_of_it(index: Index) -> None:
    index.handlers["/a"] = always(body=b"page", headers={"Content-Type": "text/x", "ETag": '"2"'})
    fetched = await index.upstream.get(f"{index.url}/a", accept="*/*", bytes_max=KILO, etag='"1"')
    assert fetched == Fetched(f"{index.url}/a", "text/x", b"page", '"2"')
    index.handlers["/a"] = always(status=304, headers={"ETag": '"3"'})
    fetched = await index.upstream.get(f"{index.url}/a", accept="*/*", bytes_max=KILO, etag='"2"')
    assert (fetched.not_modified, fetched.etag) == (True, '"3"')


async def test_a_file_of_no_told_size_is_counted_as_it_comes(index: Index) -> None:
    parts = [b"x" * 300 * KILO, b"y" * 300 * KILO]

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        return response

    index.handlers["/a"] = handler
    assert await index.file("/a", bytes_max=600 * KILO) == b"".join(parts)
    with pytest.raises(LimitExceeded):
        await index.file("/a", bytes_max=600 * KILO - 1)
    async with index.upstream.open(f"{index.url}/a", bytes_max=600 * KILO) as stream:
        assert stream.size is None
    index.handlers["/b"] = always(body=b"x" * 100)
    async with index.upstream.open(f"{index.url}/b", bytes_max=100) as stream:
        assert stream.size == 100


async def test_what_is_called_unencoded_is_taken_as_it_is(index: Index) -> None:
    index.handlers["/a"] = always(body=b"page", headers={"Content-Encoding": "Identity"})
    assert (await index.get("/a"), await index.file("/a")) == (b"page", b"page")


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFound), (410, NotFound), (401, Unavailable), (403, Unavailable), (500, Unavailable)]
)
async def test_an_answer_that_is_none_is_named(index: Index, status: int, error: type[PratiqueError]) -> None:
    index.handlers["/a"] = always(status=status)
    for read in (index.get, index.file):
        with pytest.raises(error):
            await read("/a")


@pytest.mark.parametrize("status", [500, 503])
async def test_an_index_that_stumbles_once_is_asked_again(index: Index, status: int) -> None:
    answers = [web.Response(status=status), web.Response(body=b"page")]
    asked: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(dict(request.headers))
        return answers.pop(0)

    index.handlers["/a"] = handler
    assert await index.get("/a") == b"page"
    assert asked[0] == asked[1]
    assert "Accept" in asked[0]


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
    for read, where in ((index.get, "public broke off"), (index.file, "public broke off within a file")):
        with pytest.raises(Unavailable, match=f"index {where}: .*payload is not completed"):
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


def basic(login: str) -> str:
    return "Basic " + b64encode(login.encode()).decode()


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://:SECRET@127.0.0.1/simple/", ":SECRET"),
        ("http://ann:SECRET@LOCALHOST/simple", "ann:SECRET"),
        ("http://ann:SEC%40RET@127.0.0.1/simple/", "ann:SEC@RET"),
        ("http://SECRET@127.0.0.1/simple/", "SECRET:"),
    ],
)
async def test_credentials_in_a_url_are_sent_whatever_their_form_and_never_shown(
    index: Index, url: str, sent: str
) -> None:
    port = index.url.rpartition(":")[2]
    async with open_session("") as session:
        upstream = HttpUpstream("internal", url.replace("/simple", f":{port}/simple"), session)
        assert "SECRET" not in upstream.url + repr(IndexAddress.read("internal", url))
        assert upstream.url.endswith(f":{port}/simple/")
        assert "LOCALHOST" not in upstream.url
        index.handlers["/simple/a/"] = always(body=b"")
        index.handlers["/files/a.whl"] = always(body=b"")
        await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
        async with upstream.open(upstream.url.replace("/simple/", "/files/a.whl"), bytes_max=KILO):
            pass
        assert [request.headers["Authorization"] for request in index.seen] == [basic(sent)] * 2


async def test_a_query_in_the_url_is_a_credential_for_the_pages_of_the_index(index: Index) -> None:
    async with open_session("") as session:
        upstream = HttpUpstream("internal", f"{index.url}/simple/?tok=SECRET", session)
        assert upstream.url == f"{index.url}/simple/"
        index.handlers["/simple/a/"] = always(body=b"page")
        index.handlers["/files/a.whl"] = always(body=b"")
        fetched = await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
        assert fetched.url == f"{index.url}/simple/a/"
        assert index.seen[-1].query_string == "tok=SECRET"
        async with upstream.open(f"{index.url}/files/a.whl", bytes_max=KILO):
            assert index.seen[-1].query_string == ""
        index.handlers["/simple/a/"] = always(status=302, headers={"Location": "http://[SECRET"})
        with pytest.raises(Unavailable, match="where this gate does not go") as refusal:
            await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
        assert "SECRET" not in str(refusal.value)


async def test_a_redirect_to_another_origin_takes_no_credentials_along(index: Index) -> None:
    async with listening() as other, open_session("") as session:
        host = index.url.removeprefix("http://")
        upstream = HttpUpstream("internal", f"http://ann:SECRET@{host}/simple/?tok=SECRET", session)
        index.handlers["/simple/a/"] = always(status=307, headers={"Location": f"{other.url}/simple/a/"})
        other.handlers["/simple/a/"] = always(status=308, headers={"Location": f"{index.url}/simple/b/"})
        index.handlers["/simple/b/"] = always(body=b"there")
        assert (await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)).body == b"there"
        (seen,) = other.seen
        assert "Authorization" not in seen.headers
        assert seen.query_string == ""
        assert "Authorization" in index.seen[-1].headers


async def test_netrc_is_for_the_very_host_of_the_index_and_yields_to_its_url(index: Index, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text(
        "machine 127.0.0.1 login ann password N\nmachine localhost login bob password N\ndefault login eve password N\n"
    )
    host = index.url.removeprefix("http://")
    index.handlers["/simple/a/"] = always(body=b"")
    async with open_session("") as session:
        for url, sent in (
            (f"http://{host}/simple/", basic("ann:N")),
            (f"http://own:U@{host}/simple/", basic("own:U")),
            ("https://index.example/simple/", None),
        ):
            upstream = HttpUpstream("internal", url, session)
            await upstream.get(f"{index.url}/simple/a/", accept="*/*", bytes_max=KILO)
            assert index.seen[-1].headers.get("Authorization") == sent, url
        elsewhere = f"{index.url.replace('127.0.0.1', 'localhost')}/simple/a/"
        await HttpUpstream("internal", f"http://{host}/simple/", session).get(elsewhere, accept="*/*", bytes_max=KILO)
        assert "Authorization" not in index.seen[-1].headers


async def test_the_proxy_of_the_environment_is_used_with_its_own_credentials(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = index.url.removeprefix("http://")
    monkeypatch.setenv("http_proxy", f"http://who:what@{host}")
    async with open_session("") as session:
        upstream = HttpUpstream("public", "http://ann:own@index.example/simple/", session)
        index.handlers["/simple/a/"] = always(body=b"through")
        assert (await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)).body == b"through"
    (seen,) = index.seen
    assert seen.headers["Proxy-Authorization"] == basic("who:what")
    assert (seen.headers["Host"], seen.headers["Authorization"]) == ("index.example", basic("ann:own"))
    monkeypatch.setenv("http_proxy", "socks5://who:what@index.example")
    with pytest.raises(InvalidInput, match="of a kind this gate cannot use") as refusal:
        async with open_session(""):
            pass
    assert "what" not in str(refusal.value)


@pytest.mark.parametrize(
    ("scheme", "status", "said"),
    [
        ("http", 407, "the proxy to index public wants other credentials than this gate has"),
        ("https", 407, "the proxy to index public wants other credentials than this gate has"),
        ("https", 502, "the proxy lets nothing through to index public"),
    ],
)
async def test_a_proxy_that_refuses_is_told_from_the_index_and_its_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, scheme: str, status: int, said: str
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv(f"{scheme}_proxy", f"http://who:SECRET@127.0.0.1:{port}")
        async with open_session("") as session:
            upstream = HttpUpstream("public", f"{scheme}://index.example/simple/", session)
            with pytest.raises(Unavailable) as refusal:
                await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
    assert str(refusal.value) == f"{said} ({status})"
    assert refusal.value.advice.endswith("HTTP_PROXY and HTTPS_PROXY")


async def test_a_proxy_that_is_not_there_is_told_from_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://who:SECRET@127.0.0.1:9")
    async with open_session("") as session:
        upstream = HttpUpstream("public", "http://index.example/simple/", session)
        with pytest.raises(Unavailable, match="the proxy to index public cannot be reached: ") as refusal:
            await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
    assert "SECRET" not in str(refusal.value)


async def test_a_proxy_may_be_named_by_its_host_and_is_left_out_where_the_environment_says_so(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.handlers["/simple/a/"] = always(body=b"page")
    monkeypatch.setenv("http_proxy", index.url.removeprefix("http://"))
    async with open_session("") as session:
        upstream = HttpUpstream("public", "http://index.example/simple/", session)
        assert (await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)).body == b"page"
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with open_session("") as session:
        upstream = HttpUpstream("public", f"{index.url}/simple/", session)
        assert (await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)).body == b"page"


async def test_https_is_never_left_by_a_redirect(tmp_path: Path, index: Index) -> None:
    context, bundle = certificate(tmp_path)
    index.handlers["/b"] = always(body=b"in the clear")
    async with listening(context, bundle) as safe:
        safe.handlers["/a"] = always(status=302, headers={"Location": f"{index.url}/b"})
        safe.handlers["/c"] = always(status=302, headers={"Location": "/d"})
        safe.handlers["/d"] = always(body=b"safe")
        safe.handlers["/e"] = always(status=302, headers={"Location": "ftp://index.example/b"})
        assert await safe.get("/c") == b"safe"
        for read in (safe.get, safe.file):
            for path in ("/a", "/e"):
                with pytest.raises(Unavailable, match="where this gate does not go"):
                    await read(path)
    assert index.seen == []


async def test_what_the_index_refuses_is_said_with_what_to_do(index: Index) -> None:
    for status, words in ((401, "wants other credentials"), (403, "refuses what this gate asks for")):
        index.handlers["/a"] = always(status=status)
        with pytest.raises(Unavailable, match=words) as refusal:
            await index.get("/a")
        assert refusal.value.advice


async def test_a_status_can_mean_that_an_index_has_no_such_project(index: Index) -> None:
    index.handlers["/simple/a/"] = index.handlers["/files/a.whl"] = always(status=403)
    async with open_session("") as session:
        upstream = HttpUpstream("internal", f"{index.url}/simple/", session, absent=(403,))
        with pytest.raises(NotFound):
            await upstream.get(f"{upstream.url}a/", accept="*/*", bytes_max=KILO)
        with pytest.raises(Unavailable):
            await upstream.get(f"{index.url}/files/a.whl", accept="*/*", bytes_max=KILO)


async def test_a_304_that_nobody_asked_for_is_no_answer(index: Index) -> None:
    index.handlers["/a.whl"] = always(status=304)
    for read in (index.get, index.file):
        with pytest.raises(Unavailable, match="304"):
            await read("/a.whl")


@pytest.mark.parametrize("coding", ["gzip", "x-gzip"])
async def test_a_source_distribution_called_encoded_is_taken_as_it_comes(index: Index, coding: str) -> None:
    data = gzip.compress(b"sdist" * 100)
    for path in ("/a-1.tar.gz", "/a-1.tgz"):
        index.handlers[path] = always(body=data, headers={"Content-Encoding": coding})
        assert await index.file(path) == data
    for path, told in (("/a-1.whl", coding), ("/a-1.tar.gz", "br"), ("/a-1.tar.gz", "gzip, gzip")):
        index.handlers[path] = always(body=data, headers={"Content-Encoding": told})
        with pytest.raises(Unavailable, match="nobody asked for"):
            await index.file(path)


async def test_gzip_in_several_members_is_read_whole(index: Index) -> None:
    parts = [b"one ", b"", b"two " * 50_000, b"three"]
    body = b"".join(gzip.compress(part) for part in parts)
    index.handlers["/a"] = always(body=body, headers={"Content-Encoding": "x-gzip"})
    assert await index.get("/a", bytes_max=1000 * KILO) == b"".join(parts)
    for broken in (body[:-1], body + b"x", body + bytes(300 * KILO), gzip.compress(b"") * 1_000):
        index.handlers["/a"] = always(body=broken, headers={"Content-Encoding": "gzip"})
        with pytest.raises(Unavailable):
            await index.get("/a", bytes_max=1000 * KILO)


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(KILO * KILO)) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize("body", [bomb(558), gzip.compress(b"x") + bytes(40_000 * KILO)], ids=["bomb", "trailing"])
async def test_hostile_packing_costs_neither_memory_nor_the_loop(index: Index, body: bytes) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
        await response.prepare(request)
        for start in range(0, len(body), 64 * KILO):
            await response.write(body[start : start + 64 * KILO])
        return response

    index.handlers["/a"] = handler
    longest = 0.0

    async def probe() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    probing = asyncio.create_task(probe())
    tracemalloc.start()
    try:
        with pytest.raises((LimitExceeded, Unavailable)):
            await index.get("/a", bytes_max=8_000 * KILO)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        probing.cancel()
    assert peak < 40_000 * KILO
    assert longest < 0.5, "seconds of work in one piece"


async def test_large_documents_of_one_index_come_one_at_a_time(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_LARGE_BYTES", 10 * KILO)
    begun, go = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(bytes(50 * KILO))
        begun.set()
        await go.wait()
        await response.write(b"x")
        return response

    index.handlers["/a"] = handler
    first = asyncio.create_task(index.get("/a"))
    await begun.wait()
    await asyncio.sleep(0.5)
    index.handlers["/b"] = always(body=bytes(60 * KILO))
    index.handlers["/c"] = always(body=b"small")
    second = asyncio.create_task(index.get("/b"))
    assert await index.get("/c") == b"small"
    await asyncio.sleep(0.05)
    assert not second.done()
    go.set()
    assert len(await first) == 50 * KILO + 1
    assert len(await second) == 60 * KILO


async def test_a_file_that_drips_is_given_up(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPSTREAM_FILE_GRACE_SECONDS", 0.1)

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x")
            await asyncio.sleep(0.02)
        return response

    index.handlers["/a"] = handler
    with pytest.raises(Unavailable, match="too slowly"):
        await index.file("/a")


async def test_a_file_whose_head_never_ends_is_given_up(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        for _ in range(500):
            request.transport.write(b"HTTP/1.1 200 OK\r\n" if _ == 0 else b"A")
            await asyncio.sleep(0.02)
        return web.Response()

    index.handlers["/a"] = handler
    monkeypatch.setattr(limits, "UPSTREAM_PAGE_SECONDS_MAX", 0.3)
    with pytest.raises(Unavailable, match="did not answer in time"):
        await index.file("/a")
