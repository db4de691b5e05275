"""A cold project page through the gate's own work: read, observe, judge, write with our URLs. CPU time, not waiting.

The page is the real one of a large project, from the index this machine uses; where that cannot be had, a page of the same shape.
The limit in the same run is the JSON alone: decoded into the same structures and encoded again.
"""

import asyncio
import gc
import hashlib
import itertools
import json
import time
from datetime import UTC, datetime, timedelta

from bench.figure import Figure, figure
from pratique.adapters.clients import default_index
from pratique.adapters.http import HttpUpstream, open_session
from pratique.ecosystems.pypi import filenames, simple
from pratique.ecosystems.pypi.render import encode_json
from pratique.ecosystems.pypi.simple import ACCEPT, JSON_TYPE, parse_page
from pratique.ecosystems.pypi.steering import ClientStyle, steer_page
from pratique.errors import PratiqueError
from pratique.flow.gather import candidates
from pratique.flow.steer import cases
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.scope import Scope, ScopeName
from pratique.policy.decide import suspects
from pratique.policy.load import default_policy

PROJECT = ProjectName("litellm")
ROUNDS = 25
TARGET_MS = 15.0
FILES = 3_200


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
    policy, now, scope = default_policy(), datetime.now(UTC), Scope(ScopeName("workstation"))  # noqa: TID251 - the bench has a clock
    url = "https://index.example/simple/litellm/"
    steps = {"read": 1e9, "observe": 1e9, "judge": 1e9, "write": 1e9, "all": 1e9, "json": 1e9}
    count = 0
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        filenames.parse_filename.cache_clear()
        filenames.normal_version.cache_clear()
        marks = [time.process_time()]
        page = parse_page(body, JSON_TYPE, url, PROJECT)
        marks.append(time.process_time())
        found = candidates(page, "public", {})
        marks.append(time.process_time())
        suspects(policy, cases(PROJECT, found, scope, now))
        marks.append(time.process_time())
        encode_json(steer_page(page, {}, ClientStyle.YANK, "../../files/public"))
        marks.append(time.process_time())
        count = len(page.files)
        start = time.process_time()
        simple.PAGE_ENCODER.encode(simple.PAGE_DECODER.decode(body))
        taken = [after - before for before, after in itertools.pairwise(marks)]
        taken += [marks[-1] - marks[0], time.process_time() - start]
        for step, seconds in zip(steps, taken, strict=True):
            steps[step] = min(steps[step], seconds * 1e3)
        gc.collect()
    gc.enable()
    ratio = steps["all"] / steps["json"]
    return [
        figure(
            f"cold page, {count} files ({source}): read, observe, judge, write",
            steps["all"],
            "ms CPU",
            at_most=TARGET_MS,
        ),
        *(figure(f"  of which {step}", steps[step], "ms CPU") for step in ("read", "observe", "judge", "write")),
        figure("  the limit: its JSON decoded and encoded", steps["json"], "ms CPU"),
        figure("  ratio to that limit", ratio, "x"),
    ]
