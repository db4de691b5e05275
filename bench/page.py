"""A cold project page through the gate's own work: read, observe, judge, write with our URLs. CPU time, not waiting.

The page is the real one of a large project, from the index this machine uses; where that cannot be had, a page of the same shape.
The limit in the same run is the JSON alone: decoded into structures of its own and encoded again.
"""

import asyncio
import gc
import hashlib
import itertools
import json
import time
from datetime import UTC, datetime, timedelta

import msgspec

from bench.figure import Figure, figure
from pratique.adapters.clients import default_index
from pratique.adapters.http import HttpUpstream, open_session
from pratique.ecosystems.pypi import names, versions
from pratique.ecosystems.pypi.ecosystem import ECOSYSTEM
from pratique.ecosystems.pypi.render import encode_json
from pratique.ecosystems.pypi.simple import ACCEPT, JSON_TYPE, parse_page
from pratique.ecosystems.pypi.steering import ClientStyle, Marks, steer_page
from pratique.errors import PratiqueError
from pratique.facts.names.judge import SHIPPED
from pratique.facts.questions.advisories import ADVISORIES
from pratique.flow.listings import candidates
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.scope import Scope, ScopeName
from pratique.policy.condition import Case
from pratique.policy.decide import suspects
from pratique.policy.load import default_policy

PROJECT = ProjectName("litellm")
ROUNDS = 100
TARGET_MS = 15.0
FILES = 3_200
STEPS = ("read", "observe", "judge", "write")


class _Hashes(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    sha256: str | None = None


class _File(msgspec.Struct, frozen=True, gc=False, rename="kebab", omit_defaults=True):
    filename: str
    url: str
    hashes: _Hashes
    size: int | None = None
    upload_time: datetime | None = None
    requires_python: str | None = None
    yanked: bool | str = False
    core_metadata: bool | _Hashes | None = None


class _Json(msgspec.Struct):
    """A page's JSON and nothing else: what reading and writing it costs at least."""

    name: str
    files: list[_File]


DECODER = msgspec.json.Decoder(_Json)
ENCODER = msgspec.json.Encoder()


def _page() -> tuple[bytes, str]:
    """A large page, and where it came from."""
    index = default_index().rstrip("/") + "/"

    async def fetch() -> bytes:
        async with open_session("") as session:
            upstream = HttpUpstream("public", index, session)
            fetched = await upstream.get(f"{upstream.url}{PROJECT}/", accept=ACCEPT, bytes_max=limits.PAGE_BYTES_MAX)
            return fetched.body if fetched.content_type.startswith(JSON_TYPE) else _made()

    try:
        return asyncio.run(fetch()), "real"
    except PratiqueError:
        return _made(), "made"


def _made() -> bytes:
    """A page of the same shape, for a machine without an index."""
    start = datetime(2023, 7, 1, tzinfo=UTC)
    files = []
    for number in range(FILES // 2):
        for suffix in ("-py3-none-any.whl", ".tar.gz"):
            filename = f"litellm-1.{number // 20}.{number % 20}{suffix}"
            digest = hashlib.sha256(filename.encode()).hexdigest()
            files.append(
                {
                    "filename": filename,
                    "url": f"https://index.example/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{filename}",
                    "hashes": {"sha256": digest},
                    "requires-python": "<4.0,>=3.9",
                    "size": 6_000_000 + number,
                    "upload-time": (start + timedelta(hours=16 * number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                    "yanked": False,
                }
            )
    return json.dumps({"meta": {"api-version": "1.4"}, "name": PROJECT, "files": files}).encode()


def measure() -> list[Figure]:
    """CPU milliseconds of each step and of all, the minimum over rounds of cold caches."""
    body, source = _page()
    taken: dict[str, list[float]] = {}
    count = 0
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        count, marks = _round(body)
        for step, (before, after) in zip(STEPS, itertools.pairwise(marks), strict=True):
            taken.setdefault(step, []).append(after - before)
        taken.setdefault("all", []).append(marks[-1] - marks[0])
        start = time.process_time()
        ENCODER.encode(DECODER.decode(body))
        taken.setdefault("json", []).append(time.process_time() - start)
        gc.collect()
    gc.enable()
    least = {step: min(seconds) * 1e3 for step, seconds in taken.items()}
    return [
        figure(
            f"cold page, {count} files ({source}): read, observe, judge, write",
            least["all"],
            "ms CPU",
            at_most=TARGET_MS,
        ),
        *(figure(f"  of which {step}", least[step], "ms CPU") for step in STEPS),
        figure("  the limit: its JSON decoded and encoded", least["json"], "ms CPU"),
        figure("  ratio to that limit", least["all"] / least["json"], "x"),
    ]


def _round(body: bytes) -> tuple[int, list[float]]:
    """How many files the page has, and the CPU time before the first step and after each; nothing is left from it."""
    for kept in (names.normal_name, versions.normal_version, versions.version):
        kept.cache_clear()
    policy, now, scope = default_policy(), datetime.now(UTC), Scope(ScopeName("workstation"))  # noqa: TID251 - the bench has a clock
    marks = [time.process_time()]
    page = parse_page(body, JSON_TYPE, "https://index.example/simple/litellm/", PROJECT)
    marks.append(time.process_time())
    found = candidates(ECOSYSTEM, page, "public", {}, ADVISORIES.unanswered, SHIPPED)
    marks.append(time.process_time())
    suspects(policy, [Case(each.artifact, each.evidence, scope, now) for each in found])
    marks.append(time.process_time())
    encode_json(steer_page(page, Marks(), ClientStyle.YANK, "../../files/public"))
    marks.append(time.process_time())
    return len(page.files), marks
