"""A package index in memory, on a simulated clock, that can lie, stall, change bytes, vanish and go back in time.

`SimulatedIndex` is the state and its verbs. Two faces show it: `SimulatedUpstream` is the port, without sockets; `serving` is
a real HTTP server on loopback. Listings are written here, apart from the gate's own renderer: this is the other side.
"""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from urllib.parse import quote

from aiohttp import web

from pratique.errors import LimitExceeded, NotFound, Unavailable
from pratique.ports import Clock, Fetched, Stream

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "text/html"
_BASE = "https://index.example/simple/"
_PROVENANCE = "/provenance"
"""What stands behind a file's URL where its attestations are."""


@dataclass(slots=True)
class HostedFile:
    """A file of the index. Times say when it appears, when it is yanked, and when it is gone."""

    project: str
    filename: str
    data: bytes
    uploaded: datetime
    requires_python: str | None = None
    yanked_from: datetime | None = None
    yank_reason: str = ""
    removed: datetime | None = None
    core_metadata: bytes | None = None
    claimed_sha256: str | None = None
    folder: str = ""
    """Where it lies, as URLs write it; elsewhere for each file where none is given."""
    escapes: bool = False
    """Whether URLs escape whatever of its name they may."""
    query: str = ""
    """What stands behind its path in URLs."""
    provenance: bytes | None = None
    """Its attestations, as a document (PEP 740)."""

    @property
    def sha256(self) -> str:
        """The digest the index claims."""
        return self.claimed_sha256 or hashlib.sha256(self.data).hexdigest()

    @property
    def path(self) -> str:
        """Where it lies; like on real indexes the path follows the first digest and stays when bytes change."""
        spread = hashlib.sha256(f"{self.project}/{self.filename}".encode()).hexdigest()
        folder = self.folder or f"/packages/{spread[:2]}/{spread[2:4]}/{spread[4:32]}"
        return f"{folder}/{quote(self.filename, safe='') if self.escapes else self.filename}"


@dataclass(slots=True)
class Behaviour:
    """How the index misbehaves at present."""

    stalls_seconds: float = 0.0
    silent: bool = False
    fails: bool = False
    drops_upload_time: bool = False
    drops_hashes: bool = False
    moves_files: str = ""
    """What stands before the path of every file since they were moved."""
    file_body: bytes | None = None
    """The bytes of every file instead of the true ones."""
    html_only: bool = False
    announces_metadata: bool = True
    tells_provenance: bool = True
    """Whether pages say of their files whether they are attested, as mirrors often do not."""
    breaks_off_after_bytes: int | None = None
    body: bytes | None = None
    """A whole page to send instead of the true one."""
    login: str = ""
    """The user and the password (`user:password`) without which it answers 401; over HTTP only."""


@dataclass(slots=True)
class SimulatedIndex:
    """Projects and files, as the clock shows them."""

    clock: Clock
    files: dict[str, HostedFile] = field(default_factory=dict)
    quarantined: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    requests: list[str] = field(default_factory=list)
    """The projects whose pages were asked for."""
    fetched: list[str] = field(default_factory=list)
    """The paths of the files, and of the metadata beside them, that were asked for."""

    def add(self, project: str, made: tuple[str, bytes], uploaded: datetime, **more: object) -> HostedFile:
        """Upload a file, given as its name and bytes."""
        filename, data = made
        hosted = HostedFile(project, filename, data, uploaded, **more)  # type: ignore[arg-type]  # HostedFile's own fields
        self.files[filename] = hosted
        return hosted

    def yank(self, filename: str, at: datetime, reason: str = "") -> None:
        """Yank a file from a moment on (PEP 592)."""
        self.files[filename].yanked_from = at
        self.files[filename].yank_reason = reason

    def remove(self, filename: str, at: datetime) -> None:
        """Take a file away from a moment on."""
        self.files[filename].removed = at

    def quarantine(self, project: str, at: datetime, reason: str = "") -> None:
        """Put a project in quarantine from a moment on (PEP 792); its files are no longer listed."""
        self.quarantined[project] = (at, reason)

    def change_bytes(self, filename: str, data: bytes) -> None:
        """Serve other bytes under the same name, and claim their digest."""
        self.files[filename].data = data

    def visible(self, project: str) -> list[HostedFile]:
        """The files the index lists at this moment."""
        now = self.clock.now()
        if self._in_quarantine(project):
            return []
        return [
            file
            for file in self.files.values()
            if file.project == project and file.uploaded <= now and (file.removed is None or now < file.removed)
        ]

    def page(self, project: str, base: str, *, as_json: bool) -> bytes:
        """A project's page. Raises `NotFound` for a project the index never had or has lost."""
        self.requests.append(project)
        if self.behaviour.body is not None:
            return self.behaviour.body
        files = self.visible(project)
        if not files and not self._in_quarantine(project):
            raise NotFound(f"no project {project}")
        return self._json(project, files, base) if as_json else self._html(project, files, base)

    def file(self, path: str) -> HostedFile:
        """The file at a path, or whose metadata are there. Files that are no longer listed are gone. Raises `NotFound`."""
        self.fetched.append(path)
        path = path.partition("?")[0].removeprefix(self.behaviour.moves_files).removesuffix(".metadata")
        now = self.clock.now()
        for hosted in self.files.values():
            if hosted.path == path and hosted.uploaded <= now and (hosted.removed is None or now < hosted.removed):
                return hosted
        raise NotFound(f"nothing at {path}")

    def _in_quarantine(self, project: str) -> bool:
        since = self.quarantined.get(project)
        return since is not None and self.clock.now() >= since[0]

    def _yanked(self, file: HostedFile) -> bool | str:
        if file.yanked_from is None or self.clock.now() < file.yanked_from:
            return False
        return file.yank_reason or True

    def _json(self, project: str, files: list[HostedFile], base: str) -> bytes:
        page = {
            "meta": {"api-version": "1.4"},
            "name": project,
            "versions": sorted({file.filename.split("-")[1].removesuffix(".tar.gz") for file in files}),
            "files": [self._file(file, base) for file in files],
        }
        if self._in_quarantine(project):
            page["project-status"] = {"status": "quarantined", "reason": self.quarantined[project][1]}
        return json.dumps(page).encode()

    def _file(self, file: HostedFile, base: str) -> dict[str, object]:
        entry: dict[str, object] = {
            "filename": file.filename,
            "url": base + self.behaviour.moves_files + file.path + file.query,
            "hashes": {} if self.behaviour.drops_hashes else {"sha256": file.sha256},
            "requires-python": file.requires_python,
            "size": len(file.data),
            "yanked": self._yanked(file),
        }
        if not self.behaviour.drops_upload_time:
            entry["upload-time"] = file.uploaded.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if file.core_metadata is not None and self.behaviour.announces_metadata:
            entry["core-metadata"] = {"sha256": hashlib.sha256(file.core_metadata).hexdigest()}
        if self.behaviour.tells_provenance:
            attested = file.provenance is not None
            entry["provenance"] = f"{base}{file.path}{_PROVENANCE}" if attested else None
        return entry

    def _html(self, project: str, files: list[HostedFile], base: str) -> bytes:
        lines = [f"<!DOCTYPE html><html><head><title>{escape(project)}</title></head><body>"]
        for file in files:
            yanked = self._yanked(file)
            extra = "" if yanked is False else f' data-yanked="{escape("" if yanked is True else str(yanked))}"'
            if file.requires_python:
                extra += f' data-requires-python="{escape(file.requires_python)}"'
            lines.append(
                f'<a href="{base}{file.path}{file.query}#sha256={file.sha256}"{extra}>{escape(file.filename)}</a><br>'
            )
        return ("\n".join(lines) + "</body></html>").encode()


class SimulatedUpstream:
    """A simulated index as the port: no sockets."""

    def __init__(self, name: str, index: SimulatedIndex) -> None:
        self.name = name
        self.url = _BASE
        self._index = index

    async def get(self, url: str, *, accept: str, bytes_max: int, etag: str = "") -> Fetched:
        """As `ports.Upstream.get`."""
        await self._behave()
        base = _BASE.removesuffix("/simple/")
        if url.startswith(_BASE):
            as_json = _JSON in accept and not self._index.behaviour.html_only
            body = self._index.page(url.removeprefix(_BASE).strip("/"), base, as_json=as_json)
            kind = _JSON if as_json else _HTML
        else:
            body, kind = _beside(self._index, url.removeprefix(base)), "application/octet-stream"
        if len(body) > bytes_max:
            raise LimitExceeded(f"the answer is larger than {bytes_max} bytes")
        tag = hashlib.sha256(body).hexdigest()
        if tag == etag:
            return Fetched(url, "", b"", tag, not_modified=True)
        return Fetched(url, kind, body, tag)

    @asynccontextmanager
    async def open(self, url: str, *, bytes_max: int) -> AsyncIterator[Stream]:
        """As `ports.Upstream.open`."""
        await self._behave()
        hosted = self._index.file(url.removeprefix(_BASE.removesuffix("/simple/")))
        body = self._index.behaviour.file_body
        data = hosted.data if body is None else body
        if len(data) > bytes_max:
            raise LimitExceeded(f"the file is larger than {bytes_max} bytes")
        yield _Stream(data, self._index.behaviour.breaks_off_after_bytes)

    async def _behave(self) -> None:
        behaviour = self._index.behaviour
        await asyncio.sleep(behaviour.stalls_seconds)
        if behaviour.silent or behaviour.fails:
            raise Unavailable(f"index {self.name} did not answer in time")


def _beside(index: SimulatedIndex, path: str) -> bytes:
    """What lies beside a file: its metadata, its attestations. Raises `NotFound`."""
    attests = path.endswith(_PROVENANCE)
    file = index.file(path.removesuffix(_PROVENANCE))
    body = file.provenance if attests else file.core_metadata
    if body is None or not (attests or path.partition("?")[0].endswith(".metadata")):
        raise NotFound("nothing is there")
    return body


class _Stream:
    def __init__(self, data: bytes, breaks_off: int | None) -> None:
        self._data = data
        self._breaks_off = breaks_off
        self.size: int | None = len(data)

    async def chunks(self) -> AsyncIterator[bytes]:
        """As `ports.Stream.chunks`."""
        yield self._data[: self._breaks_off]
        if self._breaks_off is not None:
            raise Unavailable("the index broke off within a file")


def _basic(login: str) -> str:
    return f"Basic {b64encode(login.encode()).decode()}"


@asynccontextmanager
async def serving(index: SimulatedIndex) -> AsyncIterator[str]:
    """Serve a simulated index on a free loopback port; yields the URL of its Simple API."""

    async def answer(request: web.Request) -> web.StreamResponse:
        behaviour = index.behaviour
        await asyncio.sleep(behaviour.stalls_seconds)
        if behaviour.silent and request.transport is not None:
            request.transport.close()
        if behaviour.fails:
            return web.Response(status=500)
        if behaviour.login and request.headers.get("Authorization") != _basic(behaviour.login):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="index"'})
        base = f"http://{request.host}"
        try:
            return _answer(request, base)
        except NotFound:
            return web.Response(status=404)

    def _answer(request: web.Request, base: str) -> web.Response:
        if request.path.startswith("/simple/"):
            as_json = _JSON in request.headers.get("Accept", "") and not index.behaviour.html_only
            body = index.page(request.path.removeprefix("/simple/").strip("/"), base, as_json=as_json)
            return web.Response(body=body, headers={"Content-Type": _JSON if as_json else _HTML})
        if request.path.endswith((".metadata", _PROVENANCE)):
            return web.Response(body=_beside(index, request.path))
        return web.Response(body=index.file(request.path).data, headers={"Content-Type": "application/octet-stream"})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/simple/"
    finally:
        await runner.cleanup()
