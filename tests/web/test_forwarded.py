"""Whose request it is behind a proxy."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from pratique.errors import InvalidInput
from pratique.web.forwarded import networks, remote_of

PROXY, CLIENT, LIAR = "192.0.2.1", "198.51.100.7", "203.0.113.9"
TRUSTED = (PROXY, "10.0.0.0/8", "2001:db8::/32")


def asked(peer: str, *lines: str, trusted: tuple[str, ...] = TRUSTED) -> str:
    fields = CIMultiDict([("X-Forwarded-For", line) for line in lines])
    return remote_of(make_mocked_request("GET", "/", headers=fields).clone(remote=peer), trusted)


@pytest.mark.parametrize(
    ("peer", "lines", "whose"),
    [
        (PROXY, (CLIENT,), CLIENT),
        (PROXY, (f"{LIAR}, {CLIENT}",), CLIENT),
        (PROXY, (f"{LIAR}, {CLIENT}, 10.1.2.3",), CLIENT),
        (PROXY, (LIAR, CLIENT), CLIENT),
        (PROXY, (f"{CLIENT}:4711",), CLIENT),
        (PROXY, ("[2001:db9::7]:80",), "2001:db9::7"),
        (PROXY, (f"::ffff:{CLIENT}",), CLIENT),
        (f"::ffff:{PROXY}", (CLIENT,), CLIENT),
        (PROXY, (), PROXY),
        (PROXY, ("unknown",), PROXY),
        (PROXY, (f"{CLIENT}, not-an-address",), PROXY),
        (PROXY, ("10.1.2.3",), "10.1.2.3"),
        (LIAR, (CLIENT,), LIAR),
        (LIAR, (PROXY,), LIAR),
        ("2001:db8::1", (CLIENT,), CLIENT),
    ],
)
def test_the_first_address_from_the_end_that_is_no_trusted_proxys_is_the_clients(
    peer: str, lines: tuple[str, ...], whose: str
) -> None:
    assert asked(peer, *lines) == whose


def test_without_a_trusted_proxy_nobody_is_believed() -> None:
    assert asked(PROXY, CLIENT, trusted=()) == PROXY


@pytest.mark.parametrize("wrong", ["gate.example", "192.0.2.0/33", "192.0.2.1/24", ""])
def test_what_is_no_address_is_named(wrong: str) -> None:
    with pytest.raises(InvalidInput, match=r"server\.trusted_proxies"):
        networks((wrong,))
