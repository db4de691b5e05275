"""The gate for package clients: project pages, files, and the metadata beside them (PEP 503, 658, 691, 700, 714, 792).

Every route exists with and without a scope in front (`/ci/simple/...`). File URLs are relative and a pure prefix swap of the
index's own path, so that lock files can be turned back: `../../files/<index>/<path at the index>`.
"""

from aiohttp import web

from pratique.flow.gate.admit import admit
from pratique.flow.gate.metadata import metadata_beside
from pratique.flow.requester import FileRequest
from pratique.flow.world import World
from pratique.model.artifact import Digest
from pratique.model.event import Requested
from pratique.model.listing import settled_path
from pratique.model.scope import Actor
from pratique.web.conditions import part_of
from pratique.web.connections import CONNECTIONS, Connections, busy
from pratique.web.decision_page import explain
from pratique.web.identity import LOCAL, WORLD, requester_of
from pratique.web.operations import OPERATIONS, Operations, counted, health, metrics, ready, unrecorded
from pratique.web.problems import begins, errors, plain, refusal
from pratique.web.proxy import ASKED, TUNNELS, proxied
from pratique.web.pypi.json_api import release
from pratique.web.pypi.project_page import PAGES, Pages, project_page
from pratique.web.pypi.refused_test import add_routes as add_refused_test
from pratique.web.pypi.upload import upload
from pratique.web.repeats import REPEATS, Repeats
from pratique.web.responses import serve_blob, serve_bytes

_METADATA = ".metadata"


def application(world: World, local: Actor, operations: Operations | None = None) -> web.Application:
    """The gate over one world. `local` stands behind requests without a token; see `identity.LOCAL`.

    With `operations`, requests are counted and logged, and `/-/metrics` shows the counts.
    """
    outer, inner = ([], []) if operations is None else ([counted], [unrecorded])
    app = web.Application(middlewares=[*outer, busy, errors, *inner, proxied])
    app[WORLD] = world
    app[LOCAL] = local
    app[CONNECTIONS] = Connections()
    app[PAGES] = Pages(world)
    app[REPEATS] = Repeats()
    app[ASKED] = set()
    app[TUNNELS] = operations is None
    app.on_response_prepare.append(begins)
    app.on_response_prepare.append(_unversioned)
    app.router.add_get("/d/{decision}", explain)
    app.router.add_get("/-/health", health)
    app.router.add_get("/-/ready", ready)
    if operations is not None:
        app[OPERATIONS] = operations
        app.router.add_get("/-/metrics", metrics)
    for prefix in ("", "/{scope}"):
        add_refused_test(app.router, prefix)
        app.router.add_get(prefix + "/simple/", _projects)
        app.router.add_get(prefix + "/simple/{project}", project_page)
        app.router.add_get(prefix + "/simple/{project}/", project_page)
        app.router.add_get(prefix + "/index/{index}/simple/{project}", project_page)
        app.router.add_get(prefix + "/index/{index}/simple/{project}/", project_page)
        app.router.add_get(prefix + "/pypi/{project}/{version}/json", release)
        app.router.add_get(prefix + "/files/{index}/{path:.+}", _file)
        app.router.add_post(prefix + "/legacy/", upload)
    return app


async def _unversioned(_: web.Request, response: web.StreamResponse) -> None:
    """Versions of what serves here are nobody's business."""
    response.headers["Server"] = "pratique"


async def _projects(_: web.Request) -> web.StreamResponse:
    return plain(404, "this gate does not list all projects", "ask for one by its name: /simple/<project>/")


async def _file(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    ask = await file_request(request)
    if ask.what is Requested.METADATA:
        admission, metadata = await metadata_beside(world, ask)
        if not admission.refused:
            headers = {"Content-Type": "application/octet-stream", "Cache-Control": "no-cache"}
            return await serve_bytes(request, metadata, headers)
    else:
        admission = await admit(world, ask)
    if admission.refused:
        return refusal(request, admission.judged)
    return await serve_blob(request, world.blobs, admission.file)


async def file_request(request: web.Request) -> FileRequest:
    """Read a file URL: the last segment names the file, with `.metadata` behind it for its metadata (PEP 658).

    The path is taken as it was written and decoded once, by our own rules: a spelling of it with more or fewer escapes leads to
    the same file. Raises `InvalidInput` for one that can be read in several ways.
    """
    behind = 3 + ("scope" in request.match_info)
    path = settled_path("/" + request.rel_url.raw_path.split("/", behind)[behind])
    what = Requested.METADATA if path.endswith(_METADATA) else Requested.FILE

    def takes(digest: Digest, size: int) -> bool:
        part = part_of(request.method, request.headers, digest.removeprefix("sha256:"), size)
        return request.method == "GET" and part.from_the_first

    return FileRequest(
        requester=await requester_of(request),
        index=request.match_info["index"],
        path=path.removesuffix(_METADATA),
        what=what,
        takes=takes,
        runtime=request.app[WORLD].ecosystem.runtime(request.headers.get("User-Agent", "")),
    )
