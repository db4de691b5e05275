"""`/d/<id>`: one decision, for the person who met it. Reads the ledger; never decides."""

from aiohttp import web

from pratique.flow.record.lookup import recall
from pratique.render.refusal import page
from pratique.web.identity import WORLD, requester_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def explain(request: web.Request) -> web.StreamResponse:
    """The page of a decision. Raises `NotFound` for an id the ledger does not hold, `NoToken` for those who may not come in."""
    await requester_of(request)
    told = await recall(request.app[WORLD], request.match_info["decision"])
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
    }
    return web.Response(body=page(told).encode(), headers=headers)
