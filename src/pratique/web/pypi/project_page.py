"""Project pages as the client at hand can read them."""

import weakref
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web
from msgspec.structs import replace

from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.render import ShownPage, encode_html, encode_json
from pratique.ecosystems.pypi.simple import HTML_TYPE, JSON_TYPE, negotiate
from pratique.ecosystems.pypi.steering import ClientStyle, Hold, Marks, python_of, steer_page, style_of
from pratique.flow.bounded_cache import BoundedCache
from pratique.flow.gate.kept_pages import KeptPages
from pratique.flow.gate.steer import SteeredPage
from pratique.flow.listings import beside
from pratique.flow.single_flight import SingleFlight
from pratique.flow.world import World
from pratique.model import limits
from pratique.render.refusal import Refusal, requires_python_note, yank_reason
from pratique.web.conditions import takes_gzip
from pratique.web.identity import WORLD, requester_of
from pratique.web.log import begin
from pratique.web.operations import told_of
from pratique.web.problems import link, plain
from pratique.web.repeats import REPEAT, Repeat
from pratique.web.responses import Document, serve_document

_PREVIEW: Final = "Pratique passes over this pre-release: a final release beside it is held. Ask for it by its version."
_FILES: Final = "../../files"
_FILES_OF_ONE: Final = "../../../../files"
"""The way to the files from a page below `/index/<name>/simple/`."""
_OLDER: Final = Hold(
    "Pratique holds this file, as newer ones of this project. Ask for it by its version to be told why.",
    "===Pratique-held:ask-for-it-by-its-version-to-be-told-why",
)
"""What is said of a file that is held beyond those with an account of their own."""


_Form = tuple[str, ClientStyle, bool, str]
"""The media type, the style of the client, whether it takes gzip, and the way from the page to the files."""


class Pages:
    """Project pages of one world as they are sent, kept for the next client (`flow/gate/kept_pages.py` says how long).

    One judgement and one form make one document: nothing else of a request, and no moment, has a part in its bytes.
    """

    def __init__(self, world: World) -> None:
        self.judged = KeptPages(world)
        self._written: BoundedCache[tuple[int, _Form], tuple[weakref.ref[SteeredPage], Document]] = BoundedCache(
            limits.PAGES_WRITTEN_BYTES_MAX
        )
        self._writing: SingleFlight[tuple[int, _Form], Document] = SingleFlight()

    async def document(self, steered: SteeredPage, form: _Form, write: Callable[[], bytes | bytearray]) -> Document:
        """The page in this form; `write` gives its bytes when it was not written yet."""
        key = (id(steered), form)  # an id means its object only while that lives
        kept = self._written.get(key)
        if kept is not None and kept[0]() is steered:
            return kept[1]
        return await self._writing.run(key, lambda: self._document(steered, form, write))

    async def _document(self, steered: SteeredPage, form: _Form, write: Callable[[], bytes | bytearray]) -> Document:
        media_type, _, packed, _ = form
        headers = {
            "Content-Type": media_type if media_type == JSON_TYPE else f"{media_type}; charset=utf-8",
            "Cache-Control": "no-cache",
            "Vary": "Accept, User-Agent, Authorization",
        }
        document = await Document.of(await beside(len(steered.known.page.files), write), headers, packed=packed)
        self._written.put((id(steered), form), (weakref.ref(steered), document), len(document.body))
        return document


PAGES = web.AppKey("pages", Pages)


async def project_page(request: web.Request) -> web.StreamResponse:
    """A project's page (PEP 503, PEP 691), at its normal name only; other spellings are sent there."""
    spelled = request.match_info["project"]
    project = normalise(spelled)
    if spelled != project or not request.path.endswith("/"):
        raise web.HTTPMovedPermanently(f"../{project}/" if request.path.endswith("/") else f"{project}/")
    media_type = negotiate(request.headers.get("Accept", ""))
    if media_type is None:
        return plain(406, f"this gate speaks {JSON_TYPE}, {HTML_TYPE} and text/html")
    pages = request.app[PAGES]
    requester = await requester_of(request)
    runtime, index = python_of(request.headers.get("User-Agent", "")), request.match_info.get("index", "")
    steered = await pages.judged.steer(project, requester, runtime=runtime, index=index)
    files = _FILES_OF_ONE if index else _FILES

    def written() -> bytes | bytearray:
        page = page_for(request, steered, files)
        return encode_json(page) if media_type == JSON_TYPE else encode_html(page)

    style = _style(request) if steered.held else ClientStyle.YANK
    form = (media_type, style, takes_gzip(request.headers), files)
    document = await pages.document(steered, form, written)
    response = await serve_document(request, document)
    again = _again(partial(pages.judged.again, project, requester, runtime=runtime, index=index), steered, document)
    request[REPEAT] = Repeat(again, response.status, told_of(request, response.status))
    return response


def _again(
    judged: Callable[[], Awaitable[SteeredPage | None]], steered: SteeredPage, document: Document
) -> Callable[[], Awaitable[bytes | bytearray | None]]:
    """The body of this document for as long as this page is what a requester is given, and both are kept."""
    page, written = weakref.ref(steered), weakref.ref(document)

    async def again() -> bytes | bytearray | None:
        begin()
        found, kept = await judged(), written()
        return None if found is None or found is not page() or kept is None else kept.body

    return again


def _style(request: web.Request) -> ClientStyle:
    """What this client can be told."""
    settings = request.app[WORLD].settings
    return style_of(request.headers.get("User-Agent", ""), notes=settings.client.requires_python_note)


def page_for(request: web.Request, steered: SteeredPage, files: str, *, version: str | None = None) -> ShownPage:
    """The page in our URLs, what is held told in the words this client shows. The verdict does not depend on the client.

    `files` is the way from the page to the gate's files; `version` leaves out what is of another one.
    """
    page = steered.known.page
    if version is not None:
        page = replace(page, files=tuple(file for file in page.files if file.version == version))
    return steer_page(page, _marks(request, steered), _style(request), f"{files}/{steered.known.index}")


def _marks(request: web.Request, steered: SteeredPage) -> Marks:
    holds = {}
    for filename, judged in steered.held.items():
        if judged is None:
            holds[filename] = _OLDER
        else:
            told = Refusal.of(judged.decision, judged.id, link=link(request, judged.id))
            holds[filename] = Hold(yank_reason(told), requires_python_note(told))
    return Marks(holds, dict.fromkeys(steered.previews, _PREVIEW), steered.hidden)
