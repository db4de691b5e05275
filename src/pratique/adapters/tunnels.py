"""Connections to hosts that a policy names: straight, or through the proxy of the environment."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from yarl import URL

from pratique.adapters.http import proxies_here, proxy_for
from pratique.errors import Unavailable
from pratique.model import limits

_HEAD_BYTES_MAX: Final = 16 * 1024


class SocketTunnels:
    """As `ports.Tunnels`."""

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """As `Tunnels.open`."""
        proxy = proxy_for(URL.build(scheme="https", host=host.strip("[]"), port=port), proxies_here())
        try:
            async with asyncio.timeout(limits.UPSTREAM_CONNECT_SECONDS_MAX):
                if proxy is None:
                    reader, writer = await asyncio.open_connection(host.strip("[]"), port)
                else:
                    reader, writer = await _through(URL(proxy), f"{host}:{port}")
        except TimeoutError as error:
            raise Unavailable(f"{host} did not answer in time") from error
        except OSError as error:
            raise Unavailable(f"{host} cannot be reached: {error.strerror or error}") from error
        try:
            yield reader, writer
        finally:
            writer.close()


async def _through(proxy: URL, host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A tunnel that a proxy opens (RFC 9110, section 9.3.6). Raises `OSError` when it does not."""
    secured = ssl.create_default_context() if proxy.scheme == "https" else None
    reader, writer = await asyncio.open_connection(proxy.host, proxy.port, ssl=secured, limit=_HEAD_BYTES_MAX)
    asked = [f"CONNECT {host} HTTP/1.1", f"Host: {host}"]
    if proxy.user is not None:
        login = b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
        asked.append(f"Proxy-Authorization: Basic {login}")
    writer.write(("\r\n".join(asked) + "\r\n\r\n").encode())
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        head = b""
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
        writer.close()
        raise OSError("the proxy lets nothing through to it")
    return reader, writer
