"""Nothing stands still: a gate beside hostile indexes and clients, with a probe in its event loop.

The gate runs in a process of its own. A probe there sleeps for a moment again and again; how much later than due it wakes is
how long everybody else would have waited. The indexes and the clients run here. In all phases a file drips from its index and
240 half requests stay open. Beside each wait stands the processor time that the loop's own thread used within it: on a busy
machine the clock shows others' work too. So it does in a process that has nothing but the same probe, whose longest wait in
the same phase stands there too.
"""

import asyncio
import contextlib
import gzip
import hashlib
import json
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from bench.figure import Figure, figure
from pratique.adapters.clock import SystemClock
from pratique.app import open_world
from pratique.model.scope import Actor, ActorKind
from pratique.settings import IndexOptions, Settings
from pratique.simulators.wheels import metadata, wheel
from pratique.web.serve import running

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET_MS: Final = 50.0
TARGET_MEGABYTES: Final = 300.0
HALF_REQUESTS: Final = 240
REQUEST_SECONDS_MAX: Final = 120.0
_TICK_SECONDS: Final = 0.002
_MEGA: Final = 1024 * 1024
_JSON: Final = "application/vnd.pypi.simple.v1+json"
_HTML: Final = "text/html"

Body = tuple[str, bytes, Mapping[str, str]]
"""A content type, the bytes, and further headers."""


def measure() -> list[Figure]:
    """The longest wait by the clock in each phase, and the most memory the gate ever had."""
    return asyncio.run(_measure())


@dataclass(slots=True)
class Longest:
    """The longest wait of the probe since it was last asked, and the processor time of its thread within."""

    wait_seconds: float = 0.0
    cpu_seconds: float = 0.0

    async def probe(self) -> None:
        """Sleep and see, without end."""
        while True:
            due, cpu = time.perf_counter() + _TICK_SECONDS, time.thread_time()
            await asyncio.sleep(_TICK_SECONDS)
            late = time.perf_counter() - due
            if late > self.wait_seconds:
                self.wait_seconds, self.cpu_seconds = late, time.thread_time() - cpu


async def bare() -> None:
    """A process with nothing but the probe: what the machine itself makes everybody wait."""
    longest = Longest()
    probing = asyncio.create_task(longest.probe())
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps({"wait_ms": longest.wait_seconds * 1e3}) + "\n")
        sys.stdout.flush()
        longest.wait_seconds = 0.0
    probing.cancel()


async def gate(upstream: str, home: str) -> None:
    """The process under test: says its URL, then answers every line of its input with what the probe saw since the last."""
    longest = Longest()
    settings = Settings(home=home, index={"public": IndexOptions(url=upstream)})
    async with (
        open_world(settings) as world,
        running(world, "127.0.0.1", 0, Actor(ActorKind.SERVICE, "bench")) as url,
    ):
        probing = asyncio.create_task(longest.probe())
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        while await asyncio.to_thread(sys.stdin.readline):
            told = {
                "wait_ms": longest.wait_seconds * 1e3,
                "cpu_ms": longest.cpu_seconds * 1e3,
                "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            longest.wait_seconds = 0.0
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
        probing.cancel()


async def since(process: asyncio.subprocess.Process) -> dict[str, float]:
    """What the probe of a process saw since it was last asked."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    told: dict[str, float] = json.loads(await process.stdout.readline())
    return told


class Gate:
    """The process under test, from here."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, session: aiohttp.ClientSession) -> None:
        self.process = process
        self._session = session
        self.url = url

    async def ask(self, path: str, accept: str = _JSON) -> int:
        """The status of an answer, 0 when there is none."""
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS_MAX)
        try:
            async with self._session.get(self.url + path, headers={"Accept": accept}, timeout=timeout) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


def _page(project: str, files: list[dict[str, object]]) -> Body:
    return _JSON, json.dumps({"meta": {"api-version": "1.4"}, "name": project, "files": files}).encode(), {}


def _file(filename: str, uploaded: str, **more: object) -> dict[str, object]:
    digest = hashlib.sha256(filename.encode()).hexdigest()
    return {
        "filename": filename,
        "url": f"/f/{filename}",
        "hashes": {"sha256": digest},
        "upload-time": uploaded,
        **more,
    }


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(_MEGA)) for _ in range(megabytes)) + packer.flush()


def _hostile() -> dict[str, Body]:
    """Documents by path."""
    now = SystemClock().now()
    fresh, old = (f"{now - age:%Y-%m-%dT%H:%M:%SZ}" for age in (timedelta(hours=1), timedelta(days=400)))
    many = [_file(f"heldlook-{n // 300}.{n % 300}-py3-none-any.whl", fresh) for n in range(99_999)]
    content = metadata("metalook", "1.0") + b"Requires-Dist: a\n" * 10
    folded = content[:-1] + b"Summary: x\n" + b" (" * 2_000_000
    stated = {"core-metadata": {"sha256": hashlib.sha256(folded).hexdigest()}}
    drip_name, drip_data = wheel("driplook", "1.0")
    drip = _file(drip_name, old) | {"hashes": {"sha256": hashlib.sha256(drip_data).hexdigest()}}
    packed = {"Content-Encoding": "gzip"}
    return {
        "/simple/anchorlook/": (_HTML, b"<a " * 17_000, {}),
        "/simple/commentlook/": (_HTML, b"<!--" * 50_000, {}),
        "/simple/opentaglook/": (_HTML, b"<" * 200_000, {}),
        "/simple/manyanchorlook/": (_HTML, b"<a href=x>y</a>" * 400_000, {}),
        "/simple/nestedlook/": (_JSON, b'{"name":"nestedlook","files":' + b"[" * 1_000_000, {}),
        "/simple/widelook/": (_JSON, b'{"name":"widelook","x":[' + b"{}," * 10_000_000 + b"{}]", {}),
        "/simple/heldlook/": _page("heldlook", many),
        "/simple/metalook/": _page("metalook", [_file("metalook-1.0-py3-none-any.whl", old, **stated)]),
        "/f/metalook-1.0-py3-none-any.whl.metadata": ("application/octet-stream", folded, {}),
        "/simple/bomblook/": (_JSON, _bomb(558), packed),
        "/simple/traillook/": (_JSON, gzip.compress(b"{") + bytes(60 * _MEGA), packed),
        "/simple/driplook/": _page("driplook", [drip]),
    }


@contextlib.asynccontextmanager
async def _index() -> AsyncIterator[str]:
    """An index that sends hostile documents, and a file that drips; the URL of its Simple API."""
    documents = _hostile()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path in documents:
            kind, body, headers = documents[request.path]
            return web.Response(body=body, headers={"Content-Type": kind, **headers})
        if not request.path.startswith("/f/driplook"):
            return web.Response(status=404)
        response = web.StreamResponse(headers={"Content-Length": "100000"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.05)
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/simple/"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _gate(upstream: str) -> AsyncIterator[Gate]:
    with tempfile.TemporaryDirectory() as home:
        async with _process(upstream, home) as process:
            assert process.stdout is not None
            url = (await process.stdout.readline()).decode().strip()
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
                yield Gate(process, url, session)


@contextlib.asynccontextmanager
async def _process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """This module in a process of its own."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bench.still", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _half(url: str) -> None:
    """Half requests that are begun again whenever they are ended."""
    host, _, port = url.removeprefix("http://").rpartition(":")

    async def one() -> None:
        while True:
            reader, writer = await asyncio.open_connection(host, int(port))
            with contextlib.suppress(ConnectionError):
                writer.write(b"GET /simple/x/ HTTP/1.1\r\nHost: gate")
                await reader.read()
            writer.close()
            await asyncio.sleep(1)

    await asyncio.gather(*(one() for _ in range(HALF_REQUESTS)))


def _pages(*names: str) -> Callable[[Gate], AsyncIterator[int]]:
    async def ask(gate: Gate) -> AsyncIterator[int]:
        for name in names:
            for accept in (_JSON, _HTML):
                yield await gate.ask(f"/simple/{name}/", accept)

    return ask


async def _metadata(gate: Gate) -> AsyncIterator[int]:
    yield await gate.ask("/files/public/f/metalook-1.0-py3-none-any.whl.metadata")
    yield await gate.ask("/pypi/metalook/1.0/json")


async def _nothing(gate: Gate) -> AsyncIterator[int]:
    await asyncio.sleep(3)
    yield await gate.ask("/-/health")


PHASES: Final[dict[str, Callable[[Gate], AsyncIterator[int]]]] = {
    "a file that drips and half requests alone": _nothing,
    "hostile pages in HTML": _pages("anchorlook", "commentlook", "opentaglook", "manyanchorlook"),
    "hostile pages in JSON": _pages("nestedlook", "widelook"),
    "packed bodies": _pages("bomblook", "traillook"),
    "hostile METADATA": _metadata,
    "99,999 held files": _pages("heldlook"),
}


async def _measure() -> list[Figure]:
    figures: list[Figure] = []
    megabytes = 0.0
    async with _index() as upstream, _gate(upstream) as gate, _process() as alone:
        background = [
            asyncio.create_task(gate.ask("/files/public/f/driplook-1.0-py3-none-any.whl")),
            asyncio.create_task(_half(gate.url)),
        ]
        await since(gate.process)
        await since(alone)
        for name, ask in PHASES.items():
            statuses = [status async for status in ask(gate)]
            told, noise = await since(gate.process), await since(alone)
            megabytes = max(megabytes, told["megabytes"])
            answered = "" if all(statuses) else ", NOT ANSWERED"
            figures.append(figure(f"loop: {name}{answered}", told["wait_ms"], "ms", at_most=TARGET_MS))
            figures.append(figure("  of that, the loop's own work", told["cpu_ms"], "ms"))
            figures.append(figure("  in a process that does nothing", noise["wait_ms"], "ms"))
        for each in background:
            each.cancel()
    figures.append(figure("memory of the gate, at most", megabytes, "MB", at_most=TARGET_MEGABYTES))
    return figures


if __name__ == "__main__":
    asyncio.run(gate(sys.argv[1], sys.argv[2]) if sys.argv[1:] else bare())
