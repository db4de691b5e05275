"""Ask a gate whether it is there: by the page of the package that every gate refuses."""

import asyncio
from typing import Final

import aiohttp

from pratique.adapters.http import open_session
from pratique.adapters.index_address import IndexAddress
from pratique.model import limits

_PAGE: Final = "pratique-test-refused/"
_OK: Final = 200
_SAID: Final = {
    401: "it wants a token: let --url be the URL that `pratique token` prints",
    400: "it does not know that scope",
    404: "something else than a gate listens there",
}


async def gate_answers(simple: str, ca_bundle: str) -> str:
    """Empty when a gate answers below this Simple API; otherwise what is the case. It is asked directly, by no proxy.

    Raises `InvalidInput` as `open_session` does.
    """
    address = IndexAddress.read("gate", simple)
    page, credentials = address.request(address.url + _PAGE)
    async with open_session(ca_bundle) as session:
        try:
            async with asyncio.timeout(limits.PROBE_SECONDS_MAX):
                answer = await session.http.get(page, headers=credentials, allow_redirects=False)
                answer.release()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return "nothing answers there"
    ours = answer.status == _OK and answer.headers.get("Server") == "pratique"
    return "" if ours else _SAID.get(answer.status, f"it answers {answer.status}, as no gate does")
