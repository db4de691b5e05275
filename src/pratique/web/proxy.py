"""What the gate answers as the proxy of a client (RFC 9110, section 7.3): itself, and little else.

A wrapped client knows its gate under one name, `flow.urls.ORIGIN`, which no server of names has: it is reached through the gate
as proxy, whatever its port. A request for it, or for the gate's own address, is answered like one that came without a proxy.

- Another host in absolute form is answered 421, in one sentence.
- `CONNECT` is answered 403, unless the policy names the host (`[elsewhere]`) and the gate lives for one command: then bytes go
  both ways, and nobody reads them. A gate for many would be a way to those hosts for everybody who reaches it.
- Each such host is told to the observer, and recorded once for as long as the gate is open, before anything is let through.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from pratique.errors import Unavailable
from pratique.flow.elsewhere import record_asked
from pratique.flow.requester import Requester
from pratique.flow.urls import ORIGIN
from pratique.model import limits
from pratique.model.text import clean
from pratique.web.connections import CONNECTIONS
from pratique.web.identity import WORLD, listened_url, own_url, requester_here
from pratique.web.problems import plain

ASKED = web.AppKey("asked", set[str])
"""The hosts that were asked for and recorded."""

TUNNELS = web.AppKey("tunnels", bool)
"""Whether this gate opens any."""

_MISDIRECTED: Final = 421
_FORBIDDEN: Final = 403
_FAILED_DEPENDENCY: Final = 424
_ADVICE: Final = "name an index in the settings as [index.NAME], any other host in the policy under [elsewhere]"
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_PIECE_BYTES: Final = 64 * 1024
_WAITING_BYTES_MAX: Final = 1024 * 1024
_PAUSE_SECONDS: Final = 0.01

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def proxied(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what only a proxy is asked; the rest as ever."""
    target = request.raw_path
    if request.method == "CONNECT":
        response = await _connect(request, target)
        response.force_close()
        return response
    if target.startswith("/") or _is_ours(request, target):
        return await handler(request)
    host = _host_of(target)
    await _tell(request, host, let_through=False)
    return plain(_MISDIRECTED, f"this gate does not answer for {clean(host)}", _ADVICE)


def _is_ours(request: web.Request, target: str) -> bool:
    """Whether a target in absolute form is the gate."""
    return "/".join(target.split("/", 3)[:3]).lower() in (ORIGIN, own_url(request).lower(), listened_url(request))


def _host_of(target: str) -> str:
    """The host of a target in absolute form, with its port."""
    try:
        parts = urlsplit(target)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return clean(target)[: limits.URL_CHARACTERS_MAX]
    return f"{parts.hostname or ''}:{port}"


async def _tell(request: web.Request, host: str, *, let_through: bool) -> Requester:
    """Record a host once, tell of it each time. Raises `NoToken` where tokens are required, and `NotRecorded`."""
    world, asked = request.app[WORLD], request.app[ASKED]
    requester = await requester_here(request)
    host = host[: limits.ELSEWHERE_HOST_CHARACTERS_MAX]
    if host not in asked and (let_through or len(asked) < limits.ELSEWHERE_HOSTS_RECORDED_MAX):
        await record_asked(world, requester, host, let_through=let_through)
        asked.add(host)
    world.observer.elsewhere(host, let_through=let_through)
    return requester


async def _connect(request: web.Request, host: str) -> web.StreamResponse:
    """Refuse a tunnel, or let one through."""
    world = request.app[WORLD]
    allowed = request.app[TUNNELS] and world.policy.elsewhere.lets_through(host)
    await _tell(request, host, let_through=allowed)
    if not allowed:
        return plain(_FORBIDDEN, f"this gate lets nothing through to {clean(host)}", _ADVICE)
    name, _, port = host.rpartition(":")
    try:
        async with world.tunnels.open(name, int(port)) as (reader, writer):
            return await _both_ways(request, reader, writer)
    except Unavailable as error:
        return plain(_FAILED_DEPENDENCY, str(error), error.advice)


async def _both_ways(
    request: web.Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> web.StreamResponse:
    """Pass bytes on until either side ends, then end the connection: no second answer follows on it."""
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's promise for stream sockets
    client = request.app[CONNECTIONS].diverted(request)
    transport.write(_ESTABLISHED)
    pumps = (
        asyncio.create_task(_pass_on(client, writer.transport)),
        asyncio.create_task(_pass_on(reader, transport)),
    )
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(pumps, timeout=limits.CLIENT_IDLE_SECONDS_MAX)
    finally:
        for pump in pumps:
            pump.cancel()
        transport.close()
    return web.StreamResponse()


async def _pass_on(reader: asyncio.StreamReader, to: asyncio.WriteTransport) -> None:
    """Pass on what comes, and its end."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            to.write(piece)
            while to.get_write_buffer_size() > _WAITING_BYTES_MAX:  # noqa: ASYNC110 - a transport tells its protocol only
                await asyncio.sleep(_PAUSE_SECONDS)
        to.write_eof()
