"""Whose request it is behind a proxy: `X-Forwarded-For`, believed as far as the proxies that wrote it are trusted.

Each proxy appends the address it was asked from, so the list is read from its end: the first address that is no trusted proxy's
is the client's. What stands before it was written by the client, and means nothing.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from pratique.errors import InvalidInput


@cache
def networks(trusted: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of addresses and of ranges as 192.0.2.0/24. Raises `InvalidInput` for what is neither."""
    try:
        return tuple(ip_network(each) for each in trusted)
    except ValueError as error:
        raise InvalidInput(
            f"server.trusted_proxies: {error}", advice="name addresses or networks, as 192.0.2.7 or 192.0.2.0/24"
        ) from error


def remote_of(request: web.Request, trusted: tuple[str, ...]) -> str:
    """The address of the client of a request; that of the connection where nothing else is to be believed."""
    address = request.remote or ""
    known = networks(trusted)
    if not known or not _is_one_of(address, known):
        return address
    for told in _backwards(request.headers.getall("X-Forwarded-For", [])):
        parsed = _address(told)
        if parsed is None:
            return address
        address = str(parsed)
        if not _is_one_of(address, known):
            return address
    return address


def _backwards(lines: Sequence[str]) -> Iterator[str]:
    for line in reversed(lines):
        yield from (part.strip() for part in reversed(line.split(",")))


def _is_one_of(address: str, known: Sequence[IPv4Network | IPv6Network]) -> bool:
    parsed = _address(address)
    return parsed is not None and any(parsed in network for network in known)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address with or without a port: 192.0.2.7, 192.0.2.7:80, 2001:db8::7, [2001:db8::7]:80."""
    bare = text.rpartition("]")[0].removeprefix("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ip_address(bare)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
