"""Who is asking: from the access token, or from the URL prefix and the connection."""

import binascii
import re
from base64 import b64decode

from aiohttp import web

from pratique.errors import InvalidInput, NotFound
from pratique.flow.own.publish import Publisher
from pratique.flow.people.tokens import publisher_with, requester_with
from pratique.flow.requester import Requester
from pratique.flow.urls import ORIGIN
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.web.forwarded import remote_of

_LOOPBACK = frozenset({"", "127.0.0.1", "::1"})

WORLD = web.AppKey("world", World)
LOCAL = web.AppKey("local", Actor)
"""Who stands behind requests without a token; a gate for everybody puts in the remote address."""


class NoToken(InvalidInput):
    """A request without a valid access token where one is required."""


async def requester_of(request: web.Request) -> Requester:
    """The requester of a request.

    A token settles the scope; a URL prefix may name it too, and then must agree. Raises `NoToken`, or `InvalidInput` for a
    scope the policy does not know or the token is not for.
    """
    return await _requester(request, request.match_info.get("scope"))


async def requester_here(request: web.Request) -> Requester:
    """The requester of something that is no place at this gate, so that its URL says nothing of a scope. Raises `NoToken`."""
    return await _requester(request, None)


async def publisher_of(request: web.Request) -> Publisher:
    """Who publishes, and what they may. Raises `NoToken`, `Forbidden` for a token that may not, and as `requester_of`."""
    world = request.app[WORLD]
    client = _printable(request.headers.get("User-Agent", ""))
    secret = _secret(request.headers.get("Authorization", ""))
    if not secret:
        raise NoToken(
            "to publish takes an access token as the password",
            advice='pratique token LABEL --publish "NAME" issues one',
        )
    try:
        publisher = await publisher_with(world, secret, client, _machine(request))
    except NotFound as error:
        raise NoToken("the access token is not known here", advice="pratique token issues one") from error
    _check_scope(publisher.requester, request.match_info.get("scope"))
    return publisher


def _check_scope(requester: Requester, named: str | None) -> None:
    if named is not None and named != requester.scope.name:
        raise InvalidInput(f"this token is for the scope {requester.scope.name}, not {named}")


async def _requester(request: web.Request, named: str | None) -> Requester:
    world = request.app[WORLD]
    client = _printable(request.headers.get("User-Agent", ""))
    secret = None if _is_wrapped(request) else _secret(request.headers.get("Authorization", ""))
    if secret is not None:
        try:
            requester = await requester_with(world, secret, client, _machine(request))
        except NotFound as error:
            raise NoToken("the access token is not known here", advice="pratique token issues one") from error
        _check_scope(requester, named)
        return requester
    if world.settings.server.tokens_required:
        raise NoToken("this gate wants an access token as the password", advice="pratique token issues one")
    scope = ScopeName(named or world.scope)
    world.policy.mode(scope)
    local = request.app[LOCAL]
    name = local.name or f"address:{_remote(request)}"
    return Requester(Scope(scope), Actor(local.kind, name, client), _machine(request))


def _machine(request: web.Request) -> str:
    """The machine that asks: an address; empty for the one this gate runs on."""
    address = _remote(request)
    return "" if address in _LOOPBACK else address


def _remote(request: web.Request) -> str:
    return remote_of(request, request.app[WORLD].settings.server.trusted_proxies)


def own_url(request: web.Request) -> str:
    """The URL of this gate as the client reaches it, without a slash at the end, for documents that need absolute URLs.

    The constant origin for a client that asked for it, `public_url` where it is set, otherwise the address the connection came in
    on: never what the client says in `Host`.
    """
    if _is_wrapped(request):
        return ORIGIN
    return request.app[WORLD].settings.server.public_url.rstrip("/") or listened_url(request)


def _is_wrapped(request: web.Request) -> bool:
    """Whether a wrapped client asks, under the gate's constant origin; what its netrc has for every host is no token."""
    return request.raw_path.lower().startswith(f"{ORIGIN}/")


def listened_url(request: web.Request) -> str:
    """The address on which the connection of a request came in, as a URL without a slash at the end; empty once it is gone."""
    if request.transport is None:
        return ""
    host, port, *_ = request.transport.get_extra_info("sockname")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def everybody() -> Actor:
    """The actor of a gate that serves many: requests without a token are known by their address."""
    return Actor(ActorKind.HUMAN, "")


_NOT_PRINTABLE = re.compile(r"[^ -~]+")


def _printable(text: str) -> str:
    return _NOT_PRINTABLE.sub("", text[: limits.CLIENT_CHARACTERS_MAX])


def _secret(authorization: str) -> str | None:
    """The token in an Authorization header: the password of Basic (RFC 7617), or a Bearer token (RFC 6750)."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        _, _, password = b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password
