"""Every answer that is not a page or a file: refusals, and errors in the same form.

A refusal reaches people through the HTTP/1.1 reason phrase (pip, Poetry) and through `application/problem+json` (uv, npm), so
both carry the sentence. The content type has no parameters, because uv reads the body only then.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from pratique.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound, PratiqueError
from pratique.flow.gate.judge import Judged
from pratique.render.refusal import Refusal, phrase, printable, problem
from pratique.web.identity import WORLD, NoToken

PROBLEM_JSON = "application/problem+json"
BEGUN = web.RequestKey("begun", web.StreamResponse)
"""The answer to a request whose head was sent."""
_LOG = logging.getLogger(__name__)

_STATUSES: Final[Sequence[tuple[type[PratiqueError], HTTPStatus]]] = (
    (NoToken, HTTPStatus.UNAUTHORIZED),
    (Gone, HTTPStatus.GONE),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidInput, HTTPStatus.BAD_REQUEST),
)
"""What kinds of errors are answered with: of a kind and its parts, the part comes first."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refusal(request: web.Request, judged: Judged) -> web.Response:
    """The refusal of a file: 403 with the sentence in every channel a client may show."""
    told = Refusal.of(judged.decision, judged.id, link=link(request, judged.id))
    line = phrase(told)
    return _problem(HTTPStatus.FORBIDDEN, line, problem(told), {"X-Pratique-Decision-Id": judged.id})


def link(request: web.Request, decision: str) -> str:
    """Where people read about a decision; empty when this gate has no lasting address."""
    base = request.app[WORLD].settings.server.public_url.rstrip("/")
    return f"{base}/d/{decision}" if base else ""


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error of ours into an answer that says what to do, and every answer that was raised into one that is returned.

    Once an answer has begun there is no other: the connection is cut off, so that no client takes what came for the whole, nor
    a second answer for a part of the first.
    """
    try:
        return await handler(request)
    except PratiqueError as error:
        if BEGUN in request:
            _cut_off(request, error)
            return request[BEGUN]
        status, headers = _status(error)
        return plain(status, str(error), error.advice, headers)
    except web.HTTPException as answer:
        return web.Response(status=answer.status, reason=answer.reason, headers=answer.headers, body=answer.body)
    except BaseException as error:
        if BEGUN in request:
            _cut_off(request, error)
        raise


async def begins(request: web.Request, response: web.StreamResponse) -> None:
    """Note that an answer begins; for `Application.on_response_prepare`."""
    request[BEGUN] = response


def _cut_off(request: web.Request, error: BaseException) -> None:
    _LOG.warning("%s %s was cut off: %s", request.method, request.path, str(error) or type(error).__name__)
    if request.transport is not None:
        request.transport.abort()


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
    """The status of an error.

    Whatever the gate depends on and does not get is 424: after a 5xx clients ask again, for 8 to 28 seconds, and then pip shows
    a traceback in place of the sentence (docs/adr/0020).
    """
    fields = {"WWW-Authenticate": 'Basic realm="pratique"'} if isinstance(error, NoToken) else {}
    found = (status for kind, status in _STATUSES if isinstance(error, kind))
    return next(found, HTTPStatus.FAILED_DEPENDENCY), fields
