"""One release as JSON, `/pypi/<project>/<version>/json`: the part of the index's JSON API that Poetry reads.

Summary and requirements come from the metadata of a wheel. Where there is none, `requires_dist` is null, which makes Poetry
look into the files itself.
"""

from urllib.parse import urljoin

import msgspec
from aiohttp import web

from pratique.ecosystems.pypi.filenames import Kind
from pratique.ecosystems.pypi.metadata import CoreMetadataFields, read_fields
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.render import ShownFile, ShownPage
from pratique.ecosystems.pypi.steering import python_of
from pratique.ecosystems.pypi.versions import normal_version
from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.flow.gate.metadata import metadata_beside
from pratique.flow.gate.steer import SteeredPage
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.event import Requested
from pratique.model.listing import settled_path
from pratique.web.identity import WORLD, own_url, requester_of
from pratique.web.pypi.project_page import PAGES, page_for
from pratique.web.responses import serve_bytes

_TYPES = {Kind.WHEEL: "bdist_wheel", Kind.SDIST: "sdist", Kind.OTHER: "bdist_dumb"}


async def release(request: web.Request) -> web.StreamResponse:
    """A release. Raises `NotFound` for one that the page does not list."""
    project = normalise(request.match_info["project"])
    version = normal_version(request.match_info["version"])
    runtime = python_of(request.headers.get("User-Agent", ""))
    requester = await requester_of(request)
    steered = await request.app[PAGES].judged.steer(project, requester, runtime=runtime)
    page = page_for(request, steered, "../../../files", version=version)
    if not page.files:
        raise NotFound(f"{project} has no release {version}")
    told = await _metadata(request.app[WORLD], steered, version, requester)
    urls = [_url(request, steered, file) for file in page.files]
    body = msgspec.json.encode({"info": _info(page, version, told), "urls": urls})
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache", "Vary": "User-Agent, Authorization"}
    return await serve_bytes(request, body, headers)


async def _metadata(
    world: World, steered: SteeredPage, version: str, requester: Requester
) -> CoreMetadataFields | None:
    """What an allowed wheel of the release says of itself; None where there is none, or it cannot be had."""
    known = steered.known
    for file in known.page.files:
        if file.version == version and file.kind == Kind.WHEEL and file.filename not in steered.held:
            ask = FileRequest(requester, known.index, settled_path(file.path), Requested.METADATA)
            try:
                admission, content = await metadata_beside(world, ask)
            except (NotFound, Unavailable, InvalidInput):
                return None
            return None if admission.refused else read_fields(content)
    return None


def _info(page: ShownPage, version: str, told: CoreMetadataFields | None) -> dict[str, object]:
    files = page.files
    yanked = [entry.yanked for entry in files if entry.yanked]
    reasons = [reason for reason in yanked if isinstance(reason, str)]
    return {
        "name": page.name,
        "version": version,
        "summary": "" if told is None else told.summary,
        "requires_dist": None if told is None else told.requires_dist,
        "requires_python": next((entry.requires_python for entry in files if entry.requires_python), None),
        "yanked": len(yanked) == len(files),
        "yanked_reason": reasons[0] if reasons else None,
    }


def _url(request: web.Request, steered: SteeredPage, entry: ShownFile) -> dict[str, object]:
    told: dict[str, object] = {
        "filename": entry.filename,
        "packagetype": _TYPES[Kind(steered.known.entries[entry.filename].kind)],
        "url": f"{own_url(request)}{urljoin(request.path, entry.url)}",
        "digests": {"sha256": entry.hashes.sha256 or ""},
        "requires_python": entry.requires_python,
        "yanked": bool(entry.yanked),
        "yanked_reason": entry.yanked if isinstance(entry.yanked, str) else None,
    }
    if entry.size is not None:
        told["size"] = entry.size
    if entry.upload_time is not None:
        told["upload_time_iso_8601"] = entry.upload_time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return told
