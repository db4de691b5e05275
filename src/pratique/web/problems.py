"""Every answer that is not a page or a file: refusals, and errors in the same form.

A refusal reaches people through the HTTP/1.1 reason phrase (pip, Poetry) and through `application/problem+json` (uv, npm), so
both carry the sentence. The content type has no parameters, because uv reads the body only then.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from aiohttp import web

from pratique.errors import InvalidInput, NotFound, NotRecorded, PratiqueError, Unavailable
from pratique.flow.gate.judge import Judged
from pratique.render.refusal import Refusal, phrase, printable, problem
from pratique.web.identity import WORLD, NoToken

PROBLEM_JSON = "application/problem+json"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refusal(request: web.Request, judged: Judged) -> web.Response:
    """The refusal of a file: 403 with the sentence in every channel a client may show."""
    told = Refusal.of(judged.decision, judged.id, link=link(request, judged.id))
    line = phrase(told)
    return _problem(HTTPStatus.FORBIDDEN, line, problem(told), {"X-Pratique-Decision-Id": judged.id})


def link(request: web.Request, decision: str) -> str:
    """Where people read about a decision; empty when this gate has no lasting address."""
    base = request.app[WORLD].settings.public_url.rstrip("/")
    return f"{base}/d/{decision}" if base else ""


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error of ours into an answer that says what to do."""
    try:
        return await handler(request)
    except PratiqueError as error:
        status, headers = _status(error)
        return plain(status, str(error), error.advice, headers)


def plain(status: int, detail: str, advice: str = "", headers: dict[str, str] | None = None) -> web.Response:
    """An answer in problem+json (RFC 9457) for what is no decision."""
    sentence = f"{detail}. {advice}" if advice else detail
    body = msgspec.json.encode({"type": "about:blank", "title": "Pratique", "status": status, "detail": sentence})
    return _problem(status, printable(f"Pratique: {sentence}"), body, headers or {})


def _problem(status: int, line: str, body: bytes, headers: dict[str, str]) -> web.Response:
    return web.Response(
        status=status,
        reason=line,
        body=body,
        headers={"Content-Type": PROBLEM_JSON, "Cache-Control": "no-store", "X-Error-Message": line, **headers},
    )


def _status(error: PratiqueError) -> tuple[HTTPStatus, dict[str, str]]:
    match error:
        case NoToken():
            return HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="pratique"'}
        case NotFound():
            return HTTPStatus.NOT_FOUND, {}
        case Unavailable() | NotRecorded():
            return HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"}
        case InvalidInput():
            return HTTPStatus.BAD_REQUEST, {}
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR, {}
