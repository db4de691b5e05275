"""Bodies: whole documents with an ETag, and files with ranges (RFC 9110).

Nothing is sent behind a broken body: `problems.errors` cuts the connection off, and the last piece of a body is held back until
the body is known to be whole. Bodies go out piece by piece, each within a time, so that a slow reader holds one piece.
"""

import asyncio
import hashlib
import os
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from pratique.errors import Tampered, Unavailable
from pratique.flow.gate.file_evidence import FileEvidence
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.ports import Blobs, SoundFile
from pratique.web.conditions import NOT_MODIFIED, PARTIAL, UNSATISFIABLE, Part, has, part_of, takes_gzip

_TYPES: Final = {".whl": "application/zip", ".zip": "application/zip", ".gz": "application/gzip"}
_COMPRESS_BYTES_MIN: Final = 1_024
_PIECE_BYTES: Final = 256 * 1024
_INLINE_BYTES: Final = 64 * 1024
"""Longer documents are hashed and compressed beside the event loop."""
_EDGE_BYTES: Final = 16 * 1024
"""How much of a file is sent with its head, and how much is held back to the end."""
_GZIP: Final = 31
"""zlib's number for gzip (RFC 1952)."""
_LEVEL: Final = 4


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Document:
    """A whole document as it is sent: its bytes, in the encoding that its headers say, and its validator among these."""

    body: bytes | bytearray
    etag: str
    headers: Mapping[str, str]

    @classmethod
    async def of(cls, body: bytes | bytearray, headers: Mapping[str, str], *, packed: bool) -> "Document":
        """A document, compressed if that is wanted and worth it.

        Each encoding has a validator of its own, and caches are told that there are two (sections 8.8.3 and 12.5.5).
        """
        if len(body) > _INLINE_BYTES:
            return await asyncio.to_thread(cls._of, body, headers, packed)
        return cls._of(body, headers, packed)

    @classmethod
    def _of(cls, body: bytes | bytearray, headers: Mapping[str, str], packed: bool) -> "Document":  # noqa: FBT001 - for a thread
        etag = hashlib.sha256(body).hexdigest()[:32]
        vary = ", ".join(filter(None, (headers.get("Vary", ""), "Accept-Encoding")))
        told = {**headers, "Vary": vary}
        if packed and len(body) > _COMPRESS_BYTES_MIN:
            etag, body = f"{etag}-gzip", _gzip(body)
            told["Content-Encoding"] = "gzip"
        return cls(body, etag, {**told, "ETag": f'"{etag}"'})

    @property
    def unchanged(self) -> Mapping[str, str]:
        """Its headers for somebody who has it already."""
        return {name: value for name, value in self.headers.items() if name != "Content-Encoding"}


async def serve_bytes(request: web.Request, body: bytes | bytearray, headers: Mapping[str, str]) -> web.StreamResponse:
    """A document that is made for one request: 304 when the client has it already, compressed when it accepts that."""
    return await serve_document(request, await Document.of(body, headers, packed=takes_gzip(request.headers)))


async def serve_document(request: web.Request, document: Document) -> web.StreamResponse:
    """A document: 304 when the client has it already."""
    if has(request.headers, document.etag):
        return web.Response(status=NOT_MODIFIED, headers=document.unchanged)
    return await _send(request, 200, document.headers, len(document.body), _pieces(document.body))


async def serve_blob(request: web.Request, blobs: Blobs, file: FileEvidence) -> web.StreamResponse:
    """A file from the blob store. Its ETag is its digest, so a client that has it sends for it once only.

    `no-cache` makes clients ask again before they use their copy: the decision, and its record, come with every install.
    A file that is not large is checked whole before the answer begins, also for a part of it.
    """
    digest = _served(file)
    size = await blobs.size(digest)
    etag = digest.removeprefix("sha256:")
    headers = {
        "Content-Type": _type(file.artifact.file),
        "Cache-Control": "no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
    }
    part = part_of(request.method, request.headers, etag, size)
    if part.status == NOT_MODIFIED:
        return web.Response(status=NOT_MODIFIED, headers=headers)
    if part.status == UNSATISFIABLE:
        return web.Response(status=UNSATISFIABLE, headers={**headers, "Content-Range": f"bytes */{size}"})
    if part.status == PARTIAL:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    if request.method == "HEAD":
        return await _send(request, part.status, headers, part.end - part.start, blobs.read(digest))
    sound = await blobs.sound(digest)
    if sound is None and size <= _PIECE_BYTES:
        read = b"".join([chunk async for chunk in blobs.read(digest)])[part.start : part.end]
        return await _send(request, part.status, headers, len(read), _pieces(read))
    if sound is None and (part.status == PARTIAL or size <= limits.BLOB_CHECKED_FIRST_BYTES_MAX):
        async for _ in blobs.read(digest):
            pass
        sound = await blobs.sound(digest)
    if sound is None:
        whole = part.status != PARTIAL
        chunks = blobs.read(digest) if whole else blobs.read(digest, start=part.start, end=part.end)
        return await _send(request, part.status, headers, part.end - part.start, chunks)
    with sound.file:
        return await _send_sound(request, part, headers, sound)


async def _send(
    request: web.Request, status: int, headers: Mapping[str, str], length: int, chunks: AsyncIterator[bytes | bytearray]
) -> web.StreamResponse:
    """A head, and for a GET exactly `length` bytes behind it. Raises `Tampered` where there are more or fewer."""
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = length
    try:
        await response.prepare(request)
        if request.method != "HEAD":
            await _write_all(response, length, chunks)
        await response.write_eof()
    except ConnectionError as error:
        raise Unavailable("the client went away") from error
    return response


async def _write_all(response: web.StreamResponse, length: int, chunks: AsyncIterator[bytes | bytearray]) -> None:
    """Exactly `length` bytes; the last of them are held back until it is known that there are no more."""
    left = length
    last: bytes | bytearray = b""
    async for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            break
        if last:
            await _write(response, last)
        last = chunk
    if left:
        raise Tampered("blob-changed", f"a body of {length} bytes became another while it was sent")
    await _write(response, last)


async def _send_sound(
    request: web.Request, part: Part, headers: Mapping[str, str], sound: SoundFile
) -> web.StreamResponse:
    """A head, and behind it a part of a file that was checked before. The kernel sends it, but for its ends.

    The first bytes go out with the head, and the last are held back until the file is known not to have been changed meanwhile.
    """
    response = web.StreamResponse(status=part.status, headers=headers)
    response.content_length = part.end - part.start
    first = min(part.start + _EDGE_BYTES, part.end)
    last = max(part.end - _EDGE_BYTES, first)
    try:
        await response.prepare(request)
        if last > first:
            await _write(response, _read(sound, part.start, first))
            await _sendfile(request, sound, first, last)
        rest = _read(sound, last if last > first else part.start, part.end)
        if not await sound.still_sound():
            raise Tampered("blob-changed", "a file was changed while it was sent")
        await _write(response, rest)
        await response.write_eof()
    except ConnectionError as error:
        raise Unavailable("the client went away") from error
    return response


def _read(sound: SoundFile, start: int, end: int) -> bytes:
    """An end of a file, as quickly as the kernel sends what is between: from its cache."""
    read = os.pread(sound.file.fileno(), end - start, start)
    if len(read) != end - start:
        raise Tampered("blob-changed", "a file became shorter while it was sent")
    return read


async def _sendfile(request: web.Request, sound: SoundFile, start: int, end: int) -> None:
    """Let the kernel send these bytes, piece by piece. Raises `Unavailable` when the client takes none for too long."""
    loop = asyncio.get_running_loop()
    while start < end:
        transport = request.transport
        if transport is None or transport.is_closing():
            raise Unavailable("the client went away")
        try:
            async with asyncio.timeout(limits.CLIENT_WRITE_SECONDS_MAX):
                sent = await loop.sendfile(transport, sound.file, start, min(_PIECE_BYTES, end - start))
        except TimeoutError as error:
            raise Unavailable("the client stopped reading") from error
        if not sent:
            raise Tampered("blob-changed", "a file became shorter while it was sent")
        start += sent


async def _write(response: web.StreamResponse, chunk: bytes | bytearray) -> None:
    """A chunk, piece by piece. Raises `Unavailable` when the client takes none for too long."""
    view = memoryview(chunk)
    for start in range(0, len(view), _PIECE_BYTES):
        try:
            async with asyncio.timeout(limits.CLIENT_WRITE_SECONDS_MAX):
                await response.write(view[start : start + _PIECE_BYTES])
        except TimeoutError as error:
            raise Unavailable("the client stopped reading") from error


async def _pieces(body: bytes | bytearray) -> AsyncIterator[bytes | bytearray]:
    yield body


def _gzip(body: bytes | bytearray) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


def _served(file: FileEvidence) -> Digest:
    if file.blob is None:
        raise Unavailable(f"{file.artifact.file} could not be fetched from its index")
    return file.blob


def _type(filename: str) -> str:
    return next((kind for suffix, kind in _TYPES.items() if filename.endswith(suffix)), "application/octet-stream")
