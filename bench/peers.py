"""The gate beside what else could stand in its place, by turns in one run: a file server (nginx), a cache (proxpi), nothing.

All of them serve one index that is made here, on loopback: a page as long as a large project's, a wheel of 18 MB, many pinned
packages. The load comes from `wrk` where it is there. Where nginx or proxpi is missing the rows say so. On a busy machine only
the ratios mean something, and each is the median of those of its rounds; beside those by the clock stand those by processor time.
"""

import asyncio
import contextlib
import gzip
import hashlib
import http.client
import json
import os
import random  # noqa: TID251 - filler, the same each time
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from bench.figure import Figure, figure
from pratique.adapters.clock import SystemClock
from pratique.app import open_world
from pratique.model.scope import Actor, ActorKind
from pratique.settings import IndexOptions, ScannerOptions, Settings
from pratique.simulators.wheels import metadata, wheel
from pratique.web.operations import Operations
from pratique.web.serve import serving

ROOT: Final = Path(__file__).resolve().parent.parent
PROXPI: Final = ROOT / ".venv" / "proxpi"
ROUNDS: Final = 3
LOAD_SECONDS: Final = 2
CONNECTIONS: Final = 8
RELEASES: Final = 2_156
PACKAGES: Final = 96
BULK: Final = "bulkwheel"
LARGE: Final = "boto3"
LOOKS: Final = "looks"
BLIND: Final = "blind"
UNSEEN: Final = "cold, scanner off"
_LOOKING: Final = 1.15
"""How many times as long as without a scanner a cold install may take."""
JSON_TYPE: Final = "application/vnd.pypi.simple.v1+json"
_UPLOADED: Final = "2024-05-01T12:00:00.000000Z"
_MEGA: Final = 1024 * 1024
PAGE: Final = {"Accept": JSON_TYPE, "Accept-Encoding": "gzip", "User-Agent": 'pip/26.3 {"python":"3.12.3"}'}
_NGINX: Final = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/octet-stream;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; root {index};
    location /simple/ {{ index index.json; gzip_static on; types {{ }} default_type {kind}; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A server under load: where its pages and its files are."""

    page: str
    file: str
    pid: int

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self.page.removesuffix("/simple")


def measure() -> list[Figure]:
    """Ratios to the peers, the median of each."""
    with tempfile.TemporaryDirectory(prefix="pratique-peers-") as name:
        folder = Path(name)
        index = folder / "index"
        pinned = make_index(index)
        with module("index", str(index)) as direct:
            return [
                *_under_load(folder, index, direct),
                *_first_byte(folder, direct),
                *installs(folder, direct, pinned, cold=1.5, warm=1.1),
            ]


# -- an index ------------------------------------------------------------------------------------------------------------------


def make_index(folder: Path) -> Path:
    """Pages and files below a folder, and a file of pinned requirements beside it."""
    (folder / "packages").mkdir(parents=True)
    sources = _sources()
    chance = random.Random(7)  # noqa: S311 - filler
    _put(folder, *wheel(BULK, "1.0", _contents(BULK, sources, 400, 14 * _MEGA, chance)), BULK)
    _write_page(
        folder, LARGE, [_listed(LARGE, f"{LARGE}-1.{n // 20}.{n % 20}{end}") for n in range(RELEASES) for end in _ENDS]
    )
    lines = []
    for number in range(PACKAGES):
        name = f"pinlook{number}"
        modules, filler = (40, _MEGA // 2) if number % 6 == 0 else (5, 4096)
        _put(folder, *wheel(name, "1.0", _contents(name, sources, modules, filler, chance)), name)
        lines.append(f"{name}==1.0\n")
    pinned = folder.parent / "pinned.txt"
    pinned.write_text("".join(lines), encoding="utf-8")
    return pinned


_MODULE_CHARACTERS_MAX: Final = 100_000
_ENDS: Final = ("-py3-none-any.whl", ".tar.gz")


def _sources() -> list[str]:
    """Real modules: those of the packages that are installed here, but for the longest."""
    packages = sorted(Path(sysconfig.get_path("purelib")).rglob("*.py"))
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in packages)
    return [text for text in texts if len(text) < _MODULE_CHARACTERS_MAX]


def _contents(name: str, sources: list[str], modules: int, filler: int, chance: random.Random) -> dict[str, str]:
    """Members of a wheel; two characters of the filler hold a byte that cannot be compressed."""
    members = {f"{name}/m{n}.py": sources[chance.randrange(len(sources))] for n in range(modules)}
    members |= {f"{name}/__init__.py": "", f"{name}/data.bin": chance.randbytes(filler).hex()}
    return members


def _put(folder: Path, filename: str, data: bytes, name: str) -> None:
    """A wheel and, as the public index has them for each, its metadata beside it (PEP 658); another page without these."""
    beside = metadata(name, "1.0")
    (folder / "packages" / filename).write_bytes(data)
    (folder / "packages" / f"{filename}.metadata").write_bytes(beside)
    file = _listed(name, filename) | {"hashes": {"sha256": hashlib.sha256(data).hexdigest()}, "size": len(data)}
    _write_page(folder, name, [file | {"core-metadata": {"sha256": hashlib.sha256(beside).hexdigest()}}])


def _listed(name: str, filename: str) -> dict[str, object]:
    digest = hashlib.sha256(f"{name} {filename}".encode()).hexdigest()
    return {
        "filename": filename,
        "url": f"/packages/{filename}",
        "hashes": {"sha256": digest},
        "requires-python": ">=3.8",
        "size": 140_000,
        "upload-time": _UPLOADED,
        "yanked": False,
    }


def _write_page(folder: Path, name: str, files: list[dict[str, object]]) -> None:
    page = folder / "simple" / name / "index.json"
    page.parent.mkdir(parents=True)
    versions = list(dict.fromkeys(str(each["filename"]).split("-")[1].removesuffix(".tar.gz") for each in files))
    told = {"meta": {"api-version": "1.1"}, "name": name, "versions": versions, "files": files}
    body = json.dumps(told, separators=(",", ":")).encode()
    page.write_bytes(body)
    page.with_name("index.json.gz").write_bytes(gzip.compress(body, 4, mtime=0))


# -- servers -------------------------------------------------------------------------------------------------------------------


async def _serve_index(folder: Path) -> None:
    """The index itself: pages and files from a folder."""

    async def page(request: web.Request) -> web.StreamResponse:
        path = folder / "simple" / request.match_info["name"] / "index.json"
        return (
            web.FileResponse(path, headers={"Content-Type": JSON_TYPE}) if path.exists() else web.Response(status=404)
        )

    app = web.Application()

    async def projects(_: web.Request) -> web.StreamResponse:
        names = [{"name": each.name} for each in (folder / "simple").iterdir()]
        body = json.dumps({"meta": {"api-version": "1.1"}, "projects": names}).encode()
        return web.Response(body=body, headers={"Content-Type": JSON_TYPE})

    app.router.add_get("/simple/", projects)
    app.router.add_get("/simple/{name}/", page)
    app.router.add_static("/packages", folder / "packages")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await _until_closed(f"http://127.0.0.1:{runner.addresses[0][1]}")


async def _serve_gate(upstream: str, home: str, looks: str) -> None:
    """A gate as `pratique serve` runs it; one that does not look into files takes what it does not know for no objection."""
    operations = Operations(SystemClock())
    settings = Settings(home=home, index={"public": IndexOptions(url=f"{upstream}/simple/")})
    if looks == BLIND:
        shipped = (resources.files("pratique.policy") / "default.toml").read_text(encoding="utf-8")
        policy = Path(home).with_suffix(".toml")
        policy.write_text(
            re.sub(r'^scan( +)= "hold"$', r'scan\1= "allow"', shipped, flags=re.MULTILINE), encoding="utf-8"
        )
        settings = msgspec.structs.replace(settings, policy=str(policy), scanner=ScannerOptions(enabled=False))
    async with (
        open_world(settings, observer=operations) as world,
        serving(world, "127.0.0.1", 0, Actor(ActorKind.HUMAN, ""), operations) as gate,
    ):
        await _until_closed(gate.url)


async def _until_closed(url: str) -> None:
    print(url, flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextlib.contextmanager
def module(*arguments: str) -> Iterator[Served]:
    """This module in a process of its own."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "bench.peers", *arguments],
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        prefix = "/files/public" if arguments[0] == "gate" else ""
        try:
            yield Served(f"{url}/simple", f"{url}{prefix}/packages", process.pid)
        finally:
            process.terminate()


@contextlib.contextmanager
def new_gate(direct: Served, home: Path, looks: str = LOOKS) -> Iterator[Served]:
    """A gate in front of an index, with a home of its own, that looks into files or does not."""
    with module("gate", direct.origin, str(home), looks) as served:
        yield served


@contextlib.contextmanager
def _nginx(folder: Path, index: Path) -> Iterator[Served | None]:
    """A file server over the index's folder; None where there is no nginx."""
    program = shutil.which("nginx", path=f"{programs()}:/usr/sbin")
    if program is None:
        yield None
        return
    place = folder / "nginx"
    place.mkdir()
    port = _free_port()
    configuration = place / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=place, index=index, port=port, kind=JSON_TYPE), encoding="utf-8")
    with _running([program, "-p", str(place), "-c", str(configuration)], port, {}) as pid:
        yield Served(f"http://127.0.0.1:{port}/simple", f"http://127.0.0.1:{port}/packages", pid)


@contextlib.contextmanager
def _proxpi(folder: Path, direct: Served) -> Iterator[Served | None]:
    """A cache in front of the index, from an environment of its own; None where that cannot be made."""
    program = PROXPI / "bin" / "gunicorn"
    if not program.exists() and not _made_proxpi():
        yield None
        return
    port = _free_port()
    environment = {"PROXPI_INDEX_URL": f"{direct.page}/", "PROXPI_CACHE_DIR": str(folder / "proxpi")}
    command = [str(program), "-b", f"127.0.0.1:{port}", "-w", "1", "--threads", "8", "proxpi.server:app"]
    with _running(command, port, environment) as pid:
        url = f"http://127.0.0.1:{port}/index"
        yield Served(url, f"{url}/{BULK}", pid)


def _made_proxpi() -> bool:
    venv.create(PROXPI, with_pip=True, clear=True)
    command = [str(PROXPI / "bin" / "pip"), "install", "--quiet", "proxpi", "gunicorn"]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - a peer to measure
    if done.returncode:
        shutil.rmtree(PROXPI)
    return done.returncode == 0


@contextlib.contextmanager
def _running(command: list[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """A server in a process of its own, once it listens; its id."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - a peer to measure
        command, env={"PATH": programs(), **environment}, stdout=quiet, stderr=quiet
    ) as process:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def programs() -> str:
    """Where programs are found: beside this interpreter, then where everybody finds them."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # noqa: TID251 - programs are found there


# -- what is measured ------------------------------------------------------------------------------------------------------------


def _under_load(folder: Path, index: Path, direct: Served) -> list[Figure]:
    """Requests in a second: a packed page, word that it is unchanged, and a large file."""
    with (
        new_gate(direct, folder / "warm") as gate,
        _nginx(folder, index) as nginx,
        _proxpi(folder, direct) as proxpi,
    ):
        idle = megabytes(gate.pid)
        peers = {"gate": gate, "nginx": nginx, "proxpi": proxpi}
        there = {name: served for name, served in peers.items() if served is not None}
        etags = {name: asked(f"{served.page}/{LARGE}/", PAGE) for name, served in there.items()}
        for served in there.values():
            asked(f"{served.page}/{BULK}/", PAGE)
            asked(f"{served.file}/{_bulk_name()}", {})
        rates: dict[tuple[str, str], list[float]] = {}
        costs: dict[tuple[str, str], list[float]] = {}
        for turn in range(ROUNDS):
            order = list(there) if turn % 2 == 0 else list(reversed(there))
            for name in order:
                served = there[name]
                page, file = f"{served.page}/{LARGE}/", f"{served.file}/{_bulk_name()}"
                has = {**PAGE, "If-None-Match": etags[name]}
                for kind, url, headers in (("page", page, PAGE), ("304", page, has), ("file", file, {})):
                    before = _cpu_seconds(served.pid)
                    rate = _load(url, headers)
                    rates.setdefault((name, kind), []).append(rate)
                    costs.setdefault((name, kind), []).append(
                        (_cpu_seconds(served.pid) - before) / LOAD_SECONDS / max(rate, 1e-9)
                    )
        most = megabytes(gate.pid)
    what = {"page": "page of a large project, gzip, warm", "304": "the same, 304", "file": "file of 18 MB"}
    least = {("page", "nginx"): 0.35, ("page", "proxpi"): 20.0, ("304", "nginx"): 0.15, ("file", "nginx"): 0.6}
    figures = [
        figure("memory of an idle gate", idle, "MB", at_most=80.0),
        figure("  of the same after the load", most, "MB"),
    ]
    for kind, told in what.items():
        figures += [figure(f"{told}: {name}", statistics.median(rates[name, kind]), "1/s") for name in there]
        for peer in ("nginx", "proxpi"):
            if peer not in there:
                figures.append(figure(f"{told}: {peer} is missing here", 0.0, "1/s"))
                continue
            ratios = [
                ours / theirs for ours, theirs in zip(rates["gate", kind], rates[peer, kind], strict=True) if theirs
            ]
            figures.append(
                figure(f"  gate to {peer}", statistics.median(ratios or [0.0]), "x", at_least=least.get((kind, peer)))
            )
            cost = statistics.median(costs[peer, kind]) / max(statistics.median(costs["gate", kind]), 1e-9)
            figures.append(figure("  the same for a second of the server's processor time", cost, "x"))
    return figures


def _bulk_name() -> str:
    return f"{BULK}-1.0-py3-none-any.whl"


def _load(url: str, headers: Mapping[str, str]) -> float:
    """Answers in a second that carry what was asked for: 0 where one did not."""
    program = shutil.which("wrk")
    if program is None:
        command = [sys.executable, "-m", "bench.peers", "load", url, json.dumps(dict(headers))]
        return float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)  # noqa: S603 - ourselves
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{LOAD_SECONDS}s", *told, url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - a load generator
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return 0.0 if failed or rate is None else float(rate[1])


async def _load_here(url: str, headers: Mapping[str, str]) -> float:
    """What `wrk` does, with less: it takes about as much processor time as what it measures."""
    parts = urlsplit(url)
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{fields}\r\n".encode()
    ends = time.perf_counter() + LOAD_SECONDS

    async def one() -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_MEGA)
        count = 0
        while time.perf_counter() < ends:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            left = 0 if length is None or head.startswith(b"HTTP/1.1 304") else int(length[1])
            while left:
                left -= len(await reader.read(min(left, _MEGA)))
            if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
                return 0
            count += 1
        writer.close()
        return count

    counts = await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return sum(counts) / LOAD_SECONDS if all(counts) else 0.0


def asked(url: str, headers: Mapping[str, str]) -> str:
    """Read an answer whole; its validator. Raises `SystemExit` for any but 200."""
    return _timed(url, headers)[2]


def _timed(url: str, headers: Mapping[str, str]) -> tuple[float, float, str]:
    """Seconds to the first byte of a body and to its last, and its validator."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    start = time.perf_counter()
    connection.request("GET", parts.path, headers=dict(headers))
    response = connection.getresponse()
    response.read(1)
    first = time.perf_counter() - start
    response.read()
    whole = time.perf_counter() - start
    connection.close()
    if response.status != http.client.OK:
        raise SystemExit(f"{url} was answered with {response.status} {response.reason}")
    return first, whole, response.headers.get("ETag", "")


def megabytes(pid: int) -> float:
    """The memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _cpu_seconds(pid: int) -> float:
    """The processor time of a process and of those below it, so far."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK") + sum(_cpu_seconds(int(each)) for each in below)


def _first_byte(folder: Path, direct: Served) -> list[Figure]:
    """How much later than a direct download ends the first byte of a file comes that the gate has never seen."""
    late: list[float] = []
    downloads: list[float] = []
    for turn in range(ROUNDS):
        whole = _timed(f"{direct.file}/{_bulk_name()}", {})[1]
        with new_gate(direct, folder / f"cold{turn}") as gate:
            asked(f"{gate.page}/{BULK}/", PAGE)
            first = _timed(f"{gate.file}/{_bulk_name()}", {})[0]
        late.append(first - whole)
        downloads.append(whole)
    return [
        figure("a wheel of 18 MB, direct download", statistics.median(downloads), "s"),
        figure(
            "  its first byte through a gate that never saw it, after that", statistics.median(late), "s", at_most=0.5
        ),
    ]


def installs(folder: Path, direct: Served, pinned: Path, *, cold: float | None, warm: float | None) -> list[Figure]:
    """`uv pip install` of pinned packages: direct, through a gate that saw nothing yet, and through the same again.

    One more gate saw nothing yet either, and does not look into files. `cold` and `warm` are how many times as long as direct
    these may take.
    """
    uv = shutil.which("uv", path=programs())
    if uv is None:
        return [figure("uv is missing here", 0.0, "s")]
    count = sum("==" in line for line in pinned.read_text(encoding="utf-8").splitlines())
    seconds: dict[str, list[float]] = {}
    for turn in range(ROUNDS):
        with (
            new_gate(direct, folder / f"installs{turn}") as gate,
            new_gate(direct, folder / f"blind{turn}", BLIND) as blind,
        ):
            ways = [("cold", gate), ("warm", gate), (UNSEEN, blind), ("direct", direct)]
            for name, served in ways if turn % 2 == 0 else ways[::-1][:2] + ways[:2]:
                target = folder / f"target-{turn}-{name}"
                command = [uv, "pip", "install", "--quiet", "--no-cache", "--no-config", "--no-deps"]
                command += ["--target", str(target), "--default-index", f"{served.page}/"]
                start = time.perf_counter()
                subprocess.run([*command, "--requirements", str(pinned)], check=True)  # noqa: S603 - the client
                seconds.setdefault(name, []).append(time.perf_counter() - start)
                shutil.rmtree(target)
    figures = [
        figure(f"uv pip install of {count} pinned: {name}", statistics.median(each), "s")
        for name, each in seconds.items()
    ]
    for name, most in (("cold", cold), ("warm", warm)):
        ratios = [ours / theirs for ours, theirs in zip(seconds[name], seconds["direct"], strict=True)]
        figures.append(figure(f"  {name} to direct", statistics.median(ratios), "x", at_most=most))
    added = [ours / theirs for ours, theirs in zip(seconds["cold"], seconds[UNSEEN], strict=True)]
    figures.append(figure(f"  cold to {UNSEEN}", statistics.median(added), "x", at_most=_LOOKING))
    return figures


if __name__ == "__main__":
    if sys.argv[1] == "index":
        asyncio.run(_serve_index(Path(sys.argv[2])))
    elif sys.argv[1] == "gate":
        asyncio.run(_serve_gate(sys.argv[2], sys.argv[3], sys.argv[4]))
    else:
        print(asyncio.run(_load_here(sys.argv[2], json.loads(sys.argv[3]))))
