"""The only HTTP client: package indexes over aiohttp, with a limit on everything they send and on their time."""

import asyncio
import ssl
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import aiohttp

from pratique import __version__
from pratique.errors import InvalidInput, LimitExceeded, NotFound, Unavailable
from pratique.model import limits
from pratique.ports import Fetched, Stream

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_SERVER_ERROR: Final = 500
_CHUNK_BYTES: Final = 256 * 1024
_PAUSE_SECONDS: Final = 0.2


@asynccontextmanager
async def open_session(ca_bundle: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A session for all indexes. Raises `InvalidInput` for a bundle of certificates that cannot be read."""
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
        trust_env=True,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield session


class HttpUpstream:
    """One package index. Credentials in its URL are sent to its own host and to no other."""

    def __init__(self, name: str, url: str, session: aiohttp.ClientSession) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(
                f"the index {name} has no http or https URL", advice="[indexes] in pratique.toml names it"
            )
        self.name = name
        host = parts.netloc.rpartition("@")[2]
        self.url = urlunsplit((parts.scheme, host, parts.path, "", ""))
        self._origin = (parts.scheme, host)
        self._authorization = _basic(parts.username, parts.password or "") if parts.username else None
        self._session = session

    async def get(self, url: str, *, accept: str, bytes_max: int, etag: str = "") -> Fetched:
        """As `ports.Upstream.get`."""
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        try:
            async with asyncio.timeout(limits.UPSTREAM_PAGE_SECONDS_MAX), self._open(url, headers) as response:
                tag = response.headers.get("ETag", "")
                if response.status == _NOT_MODIFIED:
                    return Fetched(str(response.url), "", b"", tag or etag, not_modified=True)
                body = await _body(response, bytes_max)
                return Fetched(str(response.url), response.headers.get("Content-Type", ""), body, tag)
        except TimeoutError as error:
            raise Unavailable(f"index {self.name} did not answer in time") from error
        except aiohttp.ClientError as error:
            raise Unavailable(f"index {self.name} broke off: {_words(error)}") from error

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        """As `ports.Upstream.open`."""
        try:
            async with self._open(url, {"Accept-Encoding": "identity"}) as response:
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise Unavailable(f"index {self.name} sent a file in an encoding nobody asked for")
                size = response.content_length
                if size is not None and size > bytes_max:
                    raise LimitExceeded(f"the file has {size} bytes; the limit is {bytes_max}")
                yield _Stream(response, self.name, bytes_max, size)
        except TimeoutError as error:
            raise Unavailable(f"index {self.name} did not answer in time") from error
        except aiohttp.ClientError as error:
            raise Unavailable(f"index {self.name} broke off: {_words(error)}") from error

    @asynccontextmanager
    async def _open(self, url: str, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """The final answer to a GET: redirects followed by our rules, one more try for an index that stumbles."""
        for _ in range(limits.REDIRECTS_MAX + 1):
            response = await self._answer(url, headers)
            try:
                if response.status in _REDIRECTS:
                    url = self._next(url, response.headers.get("Location", ""))
                    continue
                self._check(response)
                yield response
                return
            finally:
                response.release()
        raise Unavailable(f"index {self.name} redirects without end")

    async def _answer(self, url: str, headers: dict[str, str]) -> aiohttp.ClientResponse:
        parts = urlsplit(url)
        if self._authorization is not None and (parts.scheme, parts.netloc) == self._origin:
            headers = {**headers, "Authorization": self._authorization}
        try:
            response = await self._session.get(url, headers=headers, allow_redirects=False)
            if response.status < _SERVER_ERROR:
                return response
            response.release()
        except (aiohttp.ServerDisconnectedError, ConnectionResetError):
            pass
        await asyncio.sleep(_PAUSE_SECONDS)
        return await self._session.get(url, headers=headers, allow_redirects=False)

    def _next(self, url: str, location: str) -> str:
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        fits = there.scheme in ("http", "https") and there.hostname and "@" not in there.netloc
        if not location or not fits or (here.scheme == "https" and there.scheme != "https"):
            raise Unavailable(f"index {self.name} redirects to where this gate does not go")
        return target

    def _check(self, response: aiohttp.ClientResponse) -> None:
        status = response.status
        if status in _GONE:
            raise NotFound(f"index {self.name} has nothing at {response.url.path}")
        if status not in (_OK, _NOT_MODIFIED):
            raise Unavailable(f"index {self.name} answered {status}")


class _Stream:
    """A file being received, counted."""

    def __init__(self, response: aiohttp.ClientResponse, index: str, bytes_max: int, size: int | None) -> None:
        self._response = response
        self._index = index
        self._bytes_max = bytes_max
        self.size = size

    async def chunks(self) -> AsyncIterator[bytes]:
        """As `ports.Stream.chunks`."""
        received = 0
        try:
            async for chunk in self._response.content.iter_chunked(_CHUNK_BYTES):
                received += len(chunk)
                if received > self._bytes_max:
                    raise LimitExceeded(f"the file is larger than {self._bytes_max} bytes")
                yield chunk
        except TimeoutError as error:
            raise Unavailable(f"index {self._index} fell silent within a file") from error
        except aiohttp.ClientError as error:
            raise Unavailable(f"index {self._index} broke off within a file: {_words(error)}") from error
        if self.size is not None and received != self.size:
            raise Unavailable(f"index {self._index} sent {received} of {self.size} bytes")


async def _body(response: aiohttp.ClientResponse, bytes_max: int) -> bytes:
    """A whole body, unpacked: the limit counts what comes out, so that a bomb is noticed before it has grown."""
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise Unavailable(f"the answer is in the encoding {encoding[:20]!r}, which nobody asked for")
    inflate = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        if inflate is None:
            body += chunk
        else:
            try:
                body += inflate.decompress(chunk, bytes_max + 1 - len(body))
            except zlib.error as error:
                raise Unavailable(f"the answer cannot be unpacked: {error}") from error
        if len(body) > bytes_max or (inflate is not None and inflate.unconsumed_tail):
            raise LimitExceeded(f"the answer is larger than {bytes_max} bytes")
    if inflate is not None and not inflate.eof:
        raise Unavailable("the answer ends before its compressed data do")
    return bytes(body)


def _basic(name: str, password: str) -> str:
    """Credentials of a URL as a header (RFC 7617)."""
    return "Basic " + b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
