"""One release as JSON, `/pypi/<project>/<version>/json`: the part of the index's JSON API that Poetry reads.

Summary and requirements come from the metadata of a wheel. Where there is none, `requires_dist` is null, which makes Poetry
look into the files itself.
"""

from urllib.parse import urljoin

import msgspec
from aiohttp import web
from packaging.version import InvalidVersion, Version

from pratique.ecosystems.pypi.entries import FileEntry
from pratique.ecosystems.pypi.filenames import Kind, parse_filename
from pratique.ecosystems.pypi.metadata import CoreMetadataFields, read_fields
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.simple import ProjectPage
from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.flow.gate.metadata import metadata_beside
from pratique.flow.gate.steer import SteeredPage, steer
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.event import Requested
from pratique.web.identity import WORLD, own_url, requester_of
from pratique.web.pypi.project_page import page_for
from pratique.web.responses import serve_bytes

_TYPES = {Kind.WHEEL: "bdist_wheel", Kind.SDIST: "sdist", Kind.OTHER: "bdist_dumb"}


async def release(request: web.Request) -> web.StreamResponse:
    """A release. Raises `NotFound` for one that the page does not list."""
    project = normalise(request.match_info["project"])
    version = _normal(request.match_info["version"])
    requester = await requester_of(request)
    steered = await steer(request.app[WORLD], project, requester)
    page = page_for(request, steered, "../../../files")
    files = [entry for entry in page.files if entry.version == version]
    if not files:
        raise NotFound(f"{project} has no release {version}")
    told = await _metadata(request.app[WORLD], steered, version, requester)
    body = msgspec.json.encode({"info": _info(page, files, told), "urls": [_url(request, entry) for entry in files]})
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache", "Vary": "User-Agent, Authorization"}
    return await serve_bytes(request, body, headers)


async def _metadata(
    world: World, steered: SteeredPage, version: str, requester: Requester
) -> CoreMetadataFields | None:
    """What an allowed wheel of the release says of itself; None where there is none, or it cannot be had."""
    known = steered.known
    for entry in known.page.files:
        if entry.version == version and entry.filename.endswith(".whl") and entry.filename not in steered.held:
            ask = FileRequest(requester, known.index, known.project, entry.filename, entry.path, Requested.METADATA)
            try:
                admission, content = await metadata_beside(world, ask)
            except (NotFound, Unavailable, InvalidInput):
                return None
            return None if admission.refused else read_fields(content)
    return None


def _normal(version: str) -> str:
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def _info(page: ProjectPage, files: list[FileEntry], told: CoreMetadataFields | None) -> dict[str, object]:
    yanked = [entry.yanked for entry in files if entry.yanked]
    reasons = [reason for reason in yanked if isinstance(reason, str)]
    return {
        "name": page.name,
        "version": files[0].version,
        "summary": "" if told is None else told.summary,
        "requires_dist": None if told is None else told.requires_dist,
        "requires_python": next((entry.requires_python for entry in files if entry.requires_python), None),
        "yanked": len(yanked) == len(files),
        "yanked_reason": reasons[0] if reasons else None,
    }


def _url(request: web.Request, entry: FileEntry) -> dict[str, object]:
    told: dict[str, object] = {
        "filename": entry.filename,
        "packagetype": _TYPES[parse_filename(entry.filename).kind],
        "url": f"{own_url(request)}{urljoin(request.path, entry.url)}",
        "digests": {"sha256": "" if entry.sha256 is None else entry.sha256.removeprefix("sha256:")},
        "requires_python": entry.requires_python,
        "yanked": bool(entry.yanked),
        "yanked_reason": entry.yanked if isinstance(entry.yanked, str) else None,
    }
    if entry.size is not None:
        told["size"] = entry.size
    if entry.upload_time is not None:
        told["upload_time_iso_8601"] = entry.upload_time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return told
