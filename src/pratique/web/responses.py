"""Bodies: whole documents with an ETag, and files with ranges (RFC 9110)."""

import hashlib

from aiohttp import web

from pratique.errors import Unavailable
from pratique.flow.gate.file_evidence import FileEvidence
from pratique.model.artifact import Digest
from pratique.ports import Blobs

_TYPES = {".whl": "application/zip", ".zip": "application/zip", ".gz": "application/gzip"}


async def serve_bytes(request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
    """A document: 304 when the client has it already, compressed when it accepts that."""
    etag = hashlib.sha256(body).hexdigest()[:32]
    if _has(request, etag):
        return web.Response(status=304, headers={**headers, "ETag": f'"{etag}"'})
    response = web.Response(body=body, headers=headers)
    response.etag = etag
    if len(body) > _COMPRESS_BYTES_MIN:
        response.enable_compression()
    return response


async def serve_blob(request: web.Request, blobs: Blobs, material: FileEvidence) -> web.StreamResponse:
    """A file from the blob store. Its ETag is its digest, so a client that has it sends for it once only.

    `no-cache` makes clients ask again before they use their copy: the decision, and its record, come with every install.
    """
    digest = _served(material)
    size = await blobs.size(digest)
    etag = digest.removeprefix("sha256:")
    headers = {
        "Content-Type": _type(material.artifact.file),
        "Cache-Control": "no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
    }
    if _has(request, etag):
        return web.Response(status=304, headers=headers)
    start, end, status = 0, size, 200
    wanted = _range(request, size, etag)
    if wanted is not None:
        start, end = wanted
        if start >= end:
            return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = end - start
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in blobs.read(digest, start=start, end=end if status == _PARTIAL else None):
            await response.write(chunk)
    await response.write_eof()
    return response


_COMPRESS_BYTES_MIN = 1_024
_PARTIAL = 206


def _served(material: FileEvidence) -> Digest:
    if material.blob is None:
        raise Unavailable(f"{material.artifact.file} could not be fetched from its index")
    return material.blob


def _type(filename: str) -> str:
    return next((kind for suffix, kind in _TYPES.items() if filename.endswith(suffix)), "application/octet-stream")


def _has(request: web.Request, etag: str) -> bool:
    return any(known.value in (etag, "*") for known in request.if_none_match or ())


def _range(request: web.Request, size: int, etag: str) -> tuple[int, int] | None:
    """The one range asked for, as start and end (excluded); None to send everything (RFC 9110, section 14.2)."""
    condition = request.headers.get("If-Range")
    if "Range" not in request.headers or (condition is not None and condition != f'"{etag}"'):
        return None
    try:
        wanted = request.http_range
    except ValueError:
        return None
    start, end, _ = wanted.indices(size)
    return start, end
