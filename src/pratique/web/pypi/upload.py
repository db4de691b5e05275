"""Publishing to the index that this gate keeps: the upload API of `twine` and `uv publish`, at `/legacy/`.

Who may not publish is told so before a byte is read; the file is written aside as it comes, within a bound in bytes and in time;
nothing of it is listed before all of it was checked and is on record.
"""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from pratique.ecosystems.pypi.upload import read_upload
from pratique.errors import InvalidInput, LimitExceeded, Unavailable
from pratique.flow.own.publish import own_index, publish
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.ports import BlobWriter
from pratique.web.identity import WORLD, publisher_of
from pratique.web.pypi.form import Form, boundary_of

_CONTENT = "content"


async def upload(request: web.Request) -> web.StreamResponse:
    """Publish one file.

    200 when it is published, or was before with the same bytes. Raises `NoToken`, `Forbidden`, `InvalidInput`, `Conflict`,
    `Unavailable`, and `NotRecorded`: then it is not published.
    """
    world = request.app[WORLD]
    own = own_index(world)
    publisher = await publisher_of(request)
    form = Form(_chunks(request), boundary_of(request.headers.get("Content-Type", "")))
    fields: dict[str, list[str]] = {}
    async with world.blobs.writer() as writer:
        filename, digest = await _read(form, fields, writer)
    offered = read_upload(fields, filename, digest)
    new = await publish(world, publisher, offered, digest)
    said = "published to" if new else "was published before to"
    return web.Response(text=f"{filename} {said} {own.name}\n")


async def _read(form: Form, fields: dict[str, list[str]], writer: BlobWriter) -> tuple[str, Digest]:
    """Read a form to its end: its fields, and its one file."""
    count, room = 0, limits.UPLOAD_FIELDS_BYTES_MAX
    filename = ""
    while (part := await form.head()) is not None:
        count += 1
        if count > limits.UPLOAD_FIELDS_MAX:
            raise LimitExceeded(f"the form has more than {limits.UPLOAD_FIELDS_MAX} fields")
        if part.name == _CONTENT and part.filename is not None and not filename:
            filename = part.filename
            await _write(form, writer)
        elif part.filename is not None or part.name == _CONTENT:
            raise InvalidInput("an upload has one file, in the field content")
        else:
            text = await form.text(room)
            room -= len(text.encode())
            fields.setdefault(part.name, []).append(text)
    if not filename:
        raise InvalidInput("the form has no file in the field content")
    return filename, await writer.commit()


async def _write(form: Form, writer: BlobWriter) -> None:
    received = 0
    async for piece in form.body():
        received += len(piece)
        if received > limits.UPLOAD_FILE_BYTES_MAX:
            raise LimitExceeded(f"the file is larger than {limits.UPLOAD_FILE_BYTES_MAX} bytes")
        await writer.write(piece)


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it comes, at no less than the minimal rate. Raises `Unavailable` when it stops coming."""
    if request.headers.get("Content-Encoding"):
        raise InvalidInput("an upload is sent as it is, in no encoding")
    loop = asyncio.get_running_loop()
    begun, received = loop.time(), 0
    try:
        while True:
            async with asyncio.timeout(limits.UPLOAD_READ_SECONDS_MAX):
                chunk = await request.content.readany()
            if not chunk:
                return
            received += len(chunk)
            seconds = loop.time() - begun
            if seconds > limits.UPLOAD_GRACE_SECONDS and received < seconds * limits.UPLOAD_BYTES_PER_SECOND_MIN:
                raise Unavailable(f"the upload comes too slowly: {received} bytes so far", advice="upload it again")
            yield chunk
    except TimeoutError as error:
        raise Unavailable("the upload stopped coming", advice="upload it again") from error
    except (ConnectionError, aiohttp.ClientError, web.RequestPayloadError) as error:
        raise Unavailable("the upload broke off", advice="upload it again") from error
