"""Project pages as the client at hand can read them."""

from typing import Final

from aiohttp import web
from msgspec.structs import replace

from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.render import ShownPage, encode_html, encode_json
from pratique.ecosystems.pypi.simple import HTML_TYPE, JSON_TYPE, negotiate
from pratique.ecosystems.pypi.steering import Hold, Marks, python_of, steer_page, style_of
from pratique.flow.gate.steer import SteeredPage, steer
from pratique.flow.listings import beside
from pratique.render.refusal import Refusal, requires_python_note, yank_reason
from pratique.web.identity import WORLD, requester_of
from pratique.web.problems import link, plain
from pratique.web.responses import serve_bytes

_PREVIEW: Final = "Pratique passes over this pre-release: a final release beside it is held. Ask for it by its version."
_OLDER: Final = Hold(
    "Pratique holds this file, as newer ones of this project. Ask for it by its version to be told why.",
    "===Pratique-held:ask-for-it-by-its-version-to-be-told-why",
)
"""What is said of a file that is held beyond those with an account of their own."""


async def project_page(request: web.Request) -> web.StreamResponse:
    """A project's page (PEP 503, PEP 691), at its normal name only; other spellings are sent there."""
    spelled = request.match_info["project"]
    project = normalise(spelled)
    if spelled != project or not request.path.endswith("/"):
        raise web.HTTPMovedPermanently(f"../{project}/" if request.path.endswith("/") else f"{project}/")
    media_type = negotiate(request.headers.get("Accept", ""))
    if media_type is None:
        return plain(406, f"this gate speaks {JSON_TYPE}, {HTML_TYPE} and text/html")
    world = request.app[WORLD]
    runtime = python_of(request.headers.get("User-Agent", ""))
    steered = await steer(world, project, await requester_of(request), runtime=runtime)
    headers = {
        "Content-Type": media_type if media_type == JSON_TYPE else f"{media_type}; charset=utf-8",
        "Cache-Control": "no-cache",
        "Vary": "Accept, User-Agent, Authorization",
    }

    def written() -> bytes | bytearray:
        page = page_for(request, steered, "../../files")
        return encode_json(page) if media_type == JSON_TYPE else encode_html(page)

    return await serve_bytes(request, await beside(len(steered.known.page.files), written), headers)


def page_for(request: web.Request, steered: SteeredPage, files: str, *, version: str | None = None) -> ShownPage:
    """The page in our URLs, what is held told in the words this client shows. The verdict does not depend on the client.

    `files` is the way from the page to the gate's files; `version` leaves out what is of another one.
    """
    page = steered.known.page
    if version is not None:
        page = replace(page, files=tuple(file for file in page.files if file.version == version))
    style = style_of(
        request.headers.get("User-Agent", ""), notes=request.app[WORLD].settings.client.requires_python_note
    )
    return steer_page(page, _marks(request, steered), style, f"{files}/{steered.known.index}")


def _marks(request: web.Request, steered: SteeredPage) -> Marks:
    holds = {}
    for filename, judged in steered.held.items():
        if judged is None:
            holds[filename] = _OLDER
        else:
            told = Refusal.of(judged.decision, judged.id, link=link(request, judged.id))
            holds[filename] = Hold(yank_reason(told), requires_python_note(told))
    return Marks(holds, dict.fromkeys(steered.previews, _PREVIEW), steered.hidden)
