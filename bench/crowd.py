"""Two hundred clients for five minutes: whether one answer fails, how long the slowest hundredth waits, whether memory grows.

They ask for pages as fast as they are answered, a large one among many small ones, every second time with the validator of
what they have. The load comes from `wrk`; where it is missing the row says so.
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bench.figure import Figure, figure
from bench.peers import LARGE, PACKAGES, PAGE, Served, asked, make_index, megabytes, module, new_gate

CLIENTS: Final = 200
SECONDS: Final = 300
_SETTLED_SECONDS: Final = 60
_TARGET_MS: Final = 50.0
_GROWTH_MEGABYTES: Final = 10.0
_SCRIPT: Final = """
local asks, at = {{{asks}}}, 0
request = function()
  at = at % #asks + 1
  return asks[at]
end
"""
_UNITS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def measure() -> list[Figure]:
    """Rate, failures, the wait that one answer in a hundred exceeds, and memory after a minute and in the end."""
    if shutil.which("wrk") is None:
        return [figure("200 clients: wrk is missing here", 0.0, "1/s")]
    with tempfile.TemporaryDirectory(prefix="pratique-crowd-") as name:
        folder = Path(name)
        make_index(folder / "index")
        with module("index", str(folder / "index")) as direct, new_gate(direct, folder / "home") as served:
            script = folder / "asks.lua"
            script.write_text(_SCRIPT.format(asks=", ".join(_asks(served))), encoding="utf-8")
            return _under(served, script)


def _asks(served: Served) -> list[str]:
    """Requests, for Lua; each was answered three times before, so that what its page holds is on record."""
    asks: list[str] = []
    for project in (LARGE, *(f"pinlook{number}" for number in range(PACKAGES))):
        url = urlsplit(f"{served.page}/{project}/")
        etag = [asked(url.geturl(), PAGE) for _ in range(3)][-1]
        for validator in ({}, {"If-None-Match": etag}):
            fields = {"Host": url.netloc, **PAGE, **validator}
            told = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            asks.append(json.dumps(f"GET {url.path} HTTP/1.1\r\n{told}\r\n"))
    return asks


def _under(served: Served, script: Path) -> list[Figure]:
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "--latency", "-s", str(script), served.origin]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as load:  # noqa: S603 - a load generator
        time.sleep(_SETTLED_SECONDS)
        settled = megabytes(served.pid)
        told, _ = load.communicate()
    failed = sum(int(each) for each in re.findall(r"Non-2xx or 3xx responses: (\d+)", told))
    failed += sum(int(each) for each in re.findall(r"(?:connect|read|write|timeout) (\d+)", told))
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    slowest = re.search(r"\n\s+99%\s+([\d.]+)(us|ms|s|m)", told)
    if rate is None or slowest is None:
        raise SystemExit(f"wrk did not run:\n{told}")
    return [
        figure(f"{CLIENTS} clients for {SECONDS} s, pages", float(rate[1]), "1/s"),
        figure("  answers that failed", failed, "", at_most=0),
        figure("  the slowest hundredth waits", float(slowest[1]) * _UNITS[slowest[2]], "ms", at_most=_TARGET_MS),
        figure("  memory after a minute", settled, "MB"),
        figure("  how much it grew from there", megabytes(served.pid) - settled, "MB", at_most=_GROWTH_MEGABYTES),
    ]
