"""`/d/<id>`: one decision, for the person who met it. Reads the ledger; never decides."""

from aiohttp import web

from pratique.errors import NotFound
from pratique.flow.record.lookup import recall
from pratique.model.identifier import ID_CHARACTERS
from pratique.model.text import clean
from pratique.render.refusal import page
from pratique.web.identity import WORLD, requester_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def explain(request: web.Request) -> web.StreamResponse:
    """The page of a decision, by its whole id: who tries beginnings of ids would read what he never met.

    Raises `NotFound` for an id the ledger does not hold, `NoToken` for those who may not come in.
    """
    await requester_of(request)
    typed = request.match_info["decision"]
    if len(typed) != ID_CHARACTERS:
        raise NotFound(
            f"the ledger holds no decision {clean(typed)}", advice="take the link that came with the refusal"
        )
    told = await recall(request.app[WORLD], typed)
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
    }
    return web.Response(body=page(told).encode(), headers=headers)
