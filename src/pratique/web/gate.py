"""The Simple API for package clients: project pages, files, and the metadata beside them (PEP 503, 658, 691, 700, 714, 792).

Every route exists with and without a scope in front (`/ci/simple/...`). File URLs are relative and a pure prefix swap of the
index's own path, so that lock files can be turned back: `../../files/<index>/<path at the index>`.
"""

from aiohttp import web

from pratique.ecosystems.pypi.filenames import parse_filename
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.render import encode_html, encode_json
from pratique.ecosystems.pypi.simple import JSON_TYPE, FileEntry, ProjectPage, negotiate
from pratique.ecosystems.pypi.steering import Hold, steer_page, style_of
from pratique.flow.admit import admit
from pratique.flow.asker import FileAsk
from pratique.flow.metadata import core_metadata
from pratique.flow.steer import SteeredPage, steer
from pratique.flow.world import World
from pratique.model.event import Asked
from pratique.model.scope import Actor
from pratique.render.refusal import Refusal, carrier, yank_reason
from pratique.web.answers import errors, link, plain, refusal
from pratique.web.asking import LOCAL, WORLD, asker_of
from pratique.web.body import serve_blob, serve_bytes
from pratique.web.explain import explain

_METADATA = ".metadata"


def application(world: World, local: Actor) -> web.Application:
    """The gate over one world. `local` stands behind requests without a token; see `asking.LOCAL`."""
    app = web.Application(middlewares=[errors])
    app[WORLD] = world
    app[LOCAL] = local
    app.router.add_get("/d/{decision}", explain)
    app.router.add_get("/-/health", _health)
    for prefix in ("", "/{scope}"):
        app.router.add_get(prefix + "/simple/", _projects)
        app.router.add_get(prefix + "/simple/{project}", _page)
        app.router.add_get(prefix + "/simple/{project}/", _page)
        app.router.add_get(prefix + "/files/{index}/{path:.+}", _file)
        app.router.add_post(prefix + "/legacy/", _upload)
    return app


async def _health(request: web.Request) -> web.StreamResponse:
    size = await request.app[WORLD].store.size()
    return web.json_response({"status": "ok", "ledger_entries": size})


async def _projects(_: web.Request) -> web.StreamResponse:
    return plain(404, "this gate does not list all projects", "ask for one by its name: /simple/<project>/")


async def _upload(_: web.Request) -> web.StreamResponse:
    return plain(403, "this gate takes no uploads", "publish to the index itself")


async def _page(request: web.Request) -> web.StreamResponse:
    spelled = request.match_info["project"]
    project = normalise(spelled)
    if spelled != project or not request.path.endswith("/"):
        raise web.HTTPMovedPermanently(f"../{project}/" if request.path.endswith("/") else f"{project}/")
    media_type = negotiate(request.headers.get("Accept", ""))
    if media_type is None:
        return plain(406, "this gate speaks application/vnd.pypi.simple.v1+json, +html and text/html")
    steered = await steer(request.app[WORLD], project, await asker_of(request))
    page = _for_client(request, steered)
    body = encode_json(page) if media_type == JSON_TYPE else encode_html(page)
    headers = {
        "Content-Type": media_type if media_type == JSON_TYPE else f"{media_type}; charset=utf-8",
        "Cache-Control": "no-cache",
        "Vary": "Accept, User-Agent, Authorization",
    }
    return await serve_bytes(request, body, headers)


def _for_client(request: web.Request, steered: SteeredPage) -> ProjectPage:
    """The page in our URLs, what is held told in the words this client shows. The verdict does not depend on the client."""
    index = steered.known.index

    def url_of(entry: FileEntry) -> str:
        return f"../../files/{index}/{entry.path.lstrip('/')}"

    holds = {}
    for filename, judged in steered.held.items():
        told = Refusal.of(judged.decision, judged.id, link=link(request, judged.id))
        holds[filename] = Hold(yank_reason(told), carrier(told))
    style = style_of(request.headers.get("User-Agent", ""), carriers=request.app[WORLD].settings.pip_carrier)
    return steer_page(steered.known.page, holds, style, url_of)


async def _file(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    ask = await _ask(request)
    admission = await admit(world, ask)
    if admission.refused:
        return refusal(request, admission.judged)
    if ask.what is Asked.METADATA:
        body = await core_metadata(world, admission.material)
        headers = {"Content-Type": "application/octet-stream", "Cache-Control": "no-cache"}
        return await serve_bytes(request, body, headers)
    return await serve_blob(request, world.blobs, admission.material)


async def _ask(request: web.Request) -> FileAsk:
    """Read a file URL: the last segment names the file, with `.metadata` behind it for its metadata (PEP 658)."""
    path = "/" + request.match_info["path"]
    what = Asked.METADATA if path.endswith(_METADATA) else Asked.FILE
    path = path.removesuffix(_METADATA)
    filename = path.rpartition("/")[2]
    return FileAsk(
        asker=await asker_of(request),
        index=request.match_info["index"],
        project=parse_filename(filename).name,
        filename=filename,
        path=path,
        what=what,
    )
