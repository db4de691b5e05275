"""The only HTTP client: package indexes over aiohttp, with a limit on everything they send and on their time."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit
from urllib.request import (  # noqa: TID251 - which proxies the environment names; nothing is asked through it
    getproxies,
    proxy_bypass,
)

import aiohttp
from yarl import URL

from pratique import __version__
from pratique.adapters.index_address import IndexAddress, origin_of, without_secrets
from pratique.adapters.inflate import GZIP_NAMES, whole_body
from pratique.errors import InvalidInput, LimitExceeded, NotFound, Unavailable
from pratique.model import limits
from pratique.ports import Fetched, Stream

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_PROXY_UNAUTHORIZED: Final = 407
_SERVER_ERROR: Final = 500
_PROXY_VARIABLES: Final = "HTTP_PROXY and HTTPS_PROXY"
_CHUNK_BYTES: Final = 256 * 1024
_PAUSE_SECONDS: Final = 0.2
_WRITTEN: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2})*")
"""A URL in which nothing has to be escaped any more (RFC 3986); in another one the library escapes what has to be."""


@dataclass(frozen=True, slots=True)
class Session:
    """What all indexes share: connections, and the proxies of the environment by scheme."""

    http: aiohttp.ClientSession
    proxies: Mapping[str, str]

    async def get(self, url: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """The answer to one GET; a redirect is an answer. What is escaped in the URL is asked for as it is written."""
        asked = URL(url, encoded=_WRITTEN.fullmatch(url) is not None)
        return await self.http.get(asked, headers=headers, allow_redirects=False, proxy=proxy_for(asked, self.proxies))


def proxy_for(url: URL, proxies: Mapping[str, str]) -> str | None:
    """The proxy for a URL; credentials in the proxy's own URL are for the proxy."""
    told = proxies.get(url.scheme)
    if told is None or not url.host or proxy_bypass(url.host):
        return None
    return told if "://" in told else f"http://{told}"


@asynccontextmanager
async def open_session(ca_bundle: str) -> AsyncIterator[Session]:
    """A session for all indexes. Raises `InvalidInput` for a bundle of certificates that cannot be read.

    `trust_env` stays off: with it, aiohttp would send what the account's netrc holds to any host that a page names.
    """
    try:
        context = ssl.create_default_context(cafile=ca_bundle or None)
    except (OSError, ssl.SSLError) as error:
        raise InvalidInput(f"the certificates {ca_bundle} cannot be read: {error}", advice="check ca_bundle") from error
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=limits.UPSTREAM_CONNECT_SECONDS_MAX, sock_read=limits.UPSTREAM_READ_SECONDS_MAX
    )
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, limit_per_host=32),
        timeout=timeout,
        headers={"User-Agent": f"pratique/{__version__}"},
        auto_decompress=False,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield Session(session, proxies_here())


def proxies_here() -> dict[str, str]:
    """The proxies of the environment by the scheme they are for. Raises `InvalidInput` for one of another kind."""
    found = {scheme: url for scheme, url in getproxies().items() if scheme in ("http", "https")}
    for scheme, url in found.items():
        if "://" in url and not url.startswith(("http://", "https://")):
            raise InvalidInput(
                f"the proxy for {scheme} is of a kind this gate cannot use: {without_secrets(url)}",
                advice=f"give an http proxy in {scheme.upper()}_PROXY",
            )
    return found


class HttpUpstream:
    """One package index. Credentials in its URL are sent to its own origin and to no other, and are never shown."""

    def __init__(self, name: str, url: str, session: Session, *, absent: Collection[int] = ()) -> None:
        """`absent` are further statuses by which this index says that it has no such project."""
        self._address = IndexAddress.read(name, url)
        self.name = name
        self.url = self._address.url
        self._absent = frozenset(absent)
        self._session = session
        self._large = asyncio.Lock()

    async def get(self, url: str, *, accept: str, bytes_max: int, etag: str = "") -> Fetched:
        """As `ports.Upstream.get`."""
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        try:
            async with asyncio.timeout(limits.UPSTREAM_PAGE_SECONDS_MAX), self._open(url, headers) as response:
                tag = response.headers.get("ETag", "")
                from_url = str(response.url.with_query(None))
                if response.status == _NOT_MODIFIED and etag:
                    return Fetched(from_url, "", b"", tag or etag, not_modified=True)
                self._expect_ok(response)
                chunks = response.content.iter_chunked(_CHUNK_BYTES)
                body = await whole_body(chunks, bytes_max, self._large, packed=_is_packed(response))
                return Fetched(from_url, response.headers.get("Content-Type", ""), body, tag)
        except TimeoutError as error:
            raise Unavailable(f"index {self.name} did not answer in time") from error
        except aiohttp.ClientError as error:
            raise self._broke_off(error) from error

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        """As `ports.Upstream.open`."""
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(limits.UPSTREAM_PAGE_SECONDS_MAX):
                    response = await stack.enter_async_context(self._open(url, {"Accept-Encoding": "identity"}))
                self._expect_ok(response)
                if not _is_the_file(response, url):
                    raise Unavailable(f"index {self.name} sent a file in an encoding nobody asked for")
                size = response.content_length
                if size is not None and size > bytes_max:
                    raise LimitExceeded(f"the file has {size} bytes; the limit is {bytes_max}")
                yield _Stream(response, self.name, bytes_max, size)
        except TimeoutError as error:
            raise Unavailable(f"index {self.name} did not answer in time") from error
        except aiohttp.ClientError as error:
            raise self._broke_off(error) from error

    @asynccontextmanager
    async def _open(self, url: str, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """The final answer to a GET: redirects followed by our rules, one more try for an index that stumbles."""
        first = self._parts(url)
        for _ in range(limits.REDIRECTS_MAX + 1):
            response = await self._answer(url, headers)
            try:
                if response.status in _REDIRECTS:
                    url = self._next(url, response.headers.get("Location", ""))
                    continue
                self._check(response, first)
                yield response
                return
            finally:
                response.release()
        raise Unavailable(f"index {self.name} redirects without end")

    async def _answer(self, url: str, headers: dict[str, str]) -> aiohttp.ClientResponse:
        url, credentials = self._address.request(url)
        headers = {**headers, **credentials}
        try:
            response = await self._session.get(url, headers)
            if response.status < _SERVER_ERROR:
                return response
            response.release()
        except (aiohttp.ServerDisconnectedError, ConnectionResetError):
            pass
        await asyncio.sleep(_PAUSE_SECONDS)
        return await self._session.get(url, headers)

    def _next(self, url: str, location: str) -> str:
        """Where a redirect leads: http may lead to https, never the other way, and no URL brings credentials of its own."""
        refused = f"index {self.name} redirects to where this gate does not go"
        if not location:
            raise Unavailable(refused)
        try:
            target = urljoin(url, location)
        except ValueError as error:
            raise Unavailable(refused) from error
        if urlsplit(url).scheme == "https" and self._parts(target, refused).scheme != "https":
            raise Unavailable(refused)
        return urlunsplit(self._parts(target, refused))

    def _parts(self, url: str, refused: str = "") -> SplitResult:
        """A URL taken apart. Raises `Unavailable` for one that is not http or https, or has credentials in it."""
        try:
            parts = urlsplit(url)
            if origin_of(parts) is not None and "@" not in parts.netloc:
                return parts
        except ValueError:
            pass
        raise Unavailable(refused or f"index {self.name} names a URL that this gate does not ask for")

    def _check(self, response: aiohttp.ClientResponse, asked: SplitResult) -> None:
        """Raises `NotFound` for what is not there, `Unavailable` for what is refused or went wrong."""
        status = response.status
        if status in _GONE or (status in self._absent and self._address.is_page(asked)):
            raise NotFound(f"index {self.name} has nothing at {asked.path}")
        if status == _UNAUTHORIZED:
            raise Unavailable(
                f"index {self.name} wants other credentials than this gate has (401)",
                advice=f"check the user and the password in the URL of {self.name}",
            )
        if status == _FORBIDDEN:
            raise Unavailable(
                f"index {self.name} refuses what this gate asks for (403)",
                advice=f"check the credentials in the URL of {self.name}, and what they may read",
            )
        if status == _PROXY_UNAUTHORIZED:
            raise self._refused_by_proxy(status)
        if status not in (_OK, _NOT_MODIFIED):
            raise Unavailable(f"index {self.name} answered {status}")

    def _broke_off(self, error: aiohttp.ClientError) -> Unavailable:
        """What went wrong on the way to the index, or at a proxy that stands there (RFC 9110, section 9.3.6)."""
        if isinstance(error, aiohttp.ClientHttpProxyError):
            return self._refused_by_proxy(error.status)
        if isinstance(error, aiohttp.ClientProxyConnectionError):
            return Unavailable(
                f"the proxy to index {self.name} cannot be reached: {_words(error)}", advice=f"check {_PROXY_VARIABLES}"
            )
        return Unavailable(f"index {self.name} broke off: {_words(error)}")

    def _refused_by_proxy(self, status: int) -> Unavailable:
        if status == _PROXY_UNAUTHORIZED:
            return Unavailable(
                f"the proxy to index {self.name} wants other credentials than this gate has (407)",
                advice=f"check the user and the password in {_PROXY_VARIABLES}",
            )
        return Unavailable(
            f"the proxy lets nothing through to index {self.name} ({status})", advice=f"check {_PROXY_VARIABLES}"
        )

    def _expect_ok(self, response: aiohttp.ClientResponse) -> None:
        """A 304 to a question without a validator answers nothing."""
        if response.status != _OK:
            raise Unavailable(f"index {self.name} answered {response.status}, which does not fit the question")


class _Stream:
    """A file being received, counted, at no less than the minimal rate."""

    def __init__(self, response: aiohttp.ClientResponse, index: str, bytes_max: int, size: int | None) -> None:
        self._response = response
        self._index = index
        self._bytes_max = bytes_max
        self.size = size

    async def chunks(self) -> AsyncIterator[bytes]:
        """As `ports.Stream.chunks`."""
        received = 0
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async for chunk in self._response.content.iter_chunked(_CHUNK_BYTES):
                received += len(chunk)
                if received > self._bytes_max:
                    raise LimitExceeded(f"the file is larger than {self._bytes_max} bytes")
                if _is_slow(received, loop.time() - begun):
                    raise Unavailable(f"index {self._index} sends a file too slowly: {received} bytes so far")
                yield chunk
        except TimeoutError as error:
            raise Unavailable(f"index {self._index} fell silent within a file") from error
        except aiohttp.ClientError as error:
            raise Unavailable(f"index {self._index} broke off within a file: {_words(error)}") from error
        if self.size is not None and received != self.size:
            raise Unavailable(f"index {self._index} sent {received} of {self.size} bytes")


def _is_slow(received: int, seconds: float) -> bool:
    if seconds < limits.UPSTREAM_FILE_GRACE_SECONDS:
        return False
    return received < seconds * limits.UPSTREAM_FILE_BYTES_PER_SECOND_MIN


def _coding(response: aiohttp.ClientResponse) -> str:
    """How a body is encoded, in lower case; empty for not at all (RFC 9110, section 8.4)."""
    coding = ",".join(response.headers.getall("Content-Encoding", ())).strip().lower()
    return "" if coding == "identity" else coding


def _is_packed(response: aiohttp.ClientResponse) -> bool:
    """Whether a document is packed. Raises `Unavailable` for a way nobody asked for."""
    coding = _coding(response)
    if coding and coding not in GZIP_NAMES:
        raise Unavailable(f"the answer is in the encoding {coding[:20]!r}, which nobody asked for")
    return bool(coding)


def _is_the_file(response: aiohttp.ClientResponse, url: str) -> bool:
    """Whether the bytes that come are those of the file.

    Many servers call a `.tar.gz` encoded, because it is a gzip file, and send it as it lies there. It is taken as it comes,
    like every client does; whether it is the right one, its digest says.
    """
    coding = _coding(response)
    return not coding or (coding in GZIP_NAMES and urlsplit(url).path.lower().endswith((".gz", ".tgz")))


def _words(error: Exception) -> str:
    """What went wrong, on one line, without the URLs' secrets."""
    text = error.message if isinstance(error, aiohttp.ClientResponseError) else str(error)
    return " ".join(without_secrets(text).split())[:200] or type(error).__name__
