"""Project pages as the client at hand can read them."""

from aiohttp import web

from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.render import encode_html, encode_json
from pratique.ecosystems.pypi.simple import HTML_TYPE, JSON_TYPE, ProjectPage, negotiate
from pratique.ecosystems.pypi.steering import Hold, steer_page, style_of
from pratique.flow.gate.steer import SteeredPage, steer
from pratique.render.refusal import Refusal, requires_python_note, yank_reason
from pratique.web.identity import WORLD, requester_of
from pratique.web.problems import link, plain
from pratique.web.responses import serve_bytes


async def project_page(request: web.Request) -> web.StreamResponse:
    """A project's page (PEP 503, PEP 691), at its normal name only; other spellings are sent there."""
    spelled = request.match_info["project"]
    project = normalise(spelled)
    if spelled != project or not request.path.endswith("/"):
        raise web.HTTPMovedPermanently(f"../{project}/" if request.path.endswith("/") else f"{project}/")
    media_type = negotiate(request.headers.get("Accept", ""))
    if media_type is None:
        return plain(406, f"this gate speaks {JSON_TYPE}, {HTML_TYPE} and text/html")
    steered = await steer(request.app[WORLD], project, await requester_of(request))
    page = page_for(request, steered, "../../files")
    headers = {
        "Content-Type": media_type if media_type == JSON_TYPE else f"{media_type}; charset=utf-8",
        "Cache-Control": "no-cache",
        "Vary": "Accept, User-Agent, Authorization",
    }
    return await serve_bytes(request, encode_json(page) if media_type == JSON_TYPE else encode_html(page), headers)


def page_for(request: web.Request, steered: SteeredPage, files: str) -> ProjectPage:
    """The page in our URLs, what is held told in the words this client shows. The verdict does not depend on the client.

    `files` is the way from the page to the gate's files.
    """
    holds = {}
    for filename, judged in steered.held.items():
        told = Refusal.of(judged.decision, judged.id, link=link(request, judged.id))
        holds[filename] = Hold(yank_reason(told), requires_python_note(told))
    style = style_of(
        request.headers.get("User-Agent", ""), notes=request.app[WORLD].settings.client.requires_python_note
    )
    return steer_page(steered.known.page, holds, style, f"{files}/{steered.known.index}")
