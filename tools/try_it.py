"""`make try`: a governed install from nothing to a proven record, as somebody would type it. Needs an index; leaves nothing.

First real packages from the index this machine uses; then an attack stand-in from a simulated index, as pip and as uv refuse
it; then the proof that all of it was recorded.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from pratique.adapters.clock import SystemClock
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.repertoire import release_of
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import wheel

_BIN: Final = Path(sys.executable).parent
_DAY: Final = timedelta(days=1)


_REPORT: Final = """{
  "id": "MAL-2026-0", "modified": "2026-01-01T00:00:00Z", "summary": "An inert stand-in of this tour",
  "affected": [{"package": {"ecosystem": "PyPI", "name": "agentlook"}, "versions": ["1.0"]}]
}"""
"""A record as feeds of malicious packages have them (OSV schema)."""


class Tour:
    """A terminal session in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._step = 0
        self._environment = {
            **os.environ,  # noqa: TID251 - a session like the user's own
            "PRATIQUE_HOME": str(folder / "home"),
            "VIRTUAL_ENV": str(folder / "scratch"),
            "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",  # noqa: TID251 - the same
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def say(self, text: str) -> None:
        """A numbered heading."""
        self._step += 1
        print(f"\n\033[1m{self._step}. {text}\033[0m" if sys.stdout.isatty() else f"\n{self._step}. {text}", flush=True)

    async def run(
        self, *command: str, expect: int = 0, quiet: bool = False, variables: Mapping[str, str] | None = None
    ) -> str:
        """Show a command, run it, show what it says. Ends the tour when it ends otherwise than expected."""
        print(f"   $ {' '.join(command)}", flush=True)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._folder,
            env={**self._environment, **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        text = said.decode().replace(str(self._folder), ".")
        if not quiet or process.returncode != expect:
            print("\n".join(f"   {line}" for line in text.strip("\n").splitlines()), flush=True)
        if process.returncode != expect:
            print(f"\nThis was not meant to end with {process.returncode}. Is the package index within reach?")
            sys.exit(1)
        return text


async def tour(folder: Path) -> None:
    """The whole session."""
    tour = Tour(folder)
    tour.say("A scratch environment")
    await tour.run(sys.executable, "-m", "venv", "scratch", quiet=True)

    tour.say("Real packages from your own index, through a gate that lives for one command")
    await tour.run("pratique", "pip", "install", "--quiet", "flask", "requests")
    await tour.run("pratique", "log", "tail", "-n", "14")

    tour.say("Is that the name of what is meant? By lists of used names, before anything is asked for")
    await tour.run("pratique", "names", "check", "reqeusts", "flask", expect=10)

    tour.say("What is known of one of them, and the decision it got")
    await tour.run("pratique", "evidence", "pkg:pypi/idna@3.10", "--index-only")

    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    index.add("llmlook", release_of("litellm-1.82.8-pth", "1.82.6"), now - 400 * _DAY)
    index.add("llmlook", release_of("litellm-1.82.8-pth", "1.82.8"), now - timedelta(hours=6))
    index.add("reqeusts", wheel("reqeusts", "1.0"), now - 300 * _DAY)
    index.add("agentlook", wheel("agentlook", "1.0", requires=["llmlook>=1.64"]), now - 200 * _DAY)
    async with serving(index) as url:
        configured = {"PIP_INDEX_URL": url, "UV_DEFAULT_INDEX": url}
        tour.say("An attack of six hours ago (an inert stand-in): whoever does not insist gets the version before it")
        await tour.run("pratique", "pip", "install", "--quiet", "agentlook", variables=configured)

        tour.say("Whoever insists is told why, and what to do instead: pip")
        refused = await tour.run(
            "pratique", "pip", "install", "--quiet", "llmlook==1.82.8", expect=10, variables=configured
        )

        tour.say("The same with uv")
        await tour.run(
            "pratique", "uv", "pip", "install", "--quiet", "llmlook==1.82.8", expect=10, variables=configured
        )

        tour.say("A name that is likely taken for another (an empty stand-in): the real one is offered")
        await tour.run("pratique", "pip", "install", "--quiet", "reqeusts", expect=13, variables=configured)

        tour.say(
            "A report of malice that comes after a file was let in: who has it is named, and from now on it stays out"
        )
        report = folder / "feed" / "MAL-2026-0.json"
        report.parent.mkdir()
        report.write_text(_REPORT, encoding="utf-8")
        await tour.run("pratique", "advisories", "import", "feed", expect=11)
        await tour.run("pratique", "audit", expect=1)

    identity = next(line.split()[-1] for line in refused.splitlines() if line.startswith("held "))
    tour.say("Proof: the decision is in the ledger, the ledger is intact, and deciding again gives the same")
    await tour.run("pratique", "log", "prove", identity, "--output", "decision.tlog-proof")
    await tour.run("pratique", "log", "verify")
    await tour.run("pratique", "log", "replay")
    await tour.run("pratique", "log", "export", "for-the-auditor", quiet=True)
    await tour.run("python", "for-the-auditor/pratique_verify.py", "for-the-auditor", "--key", "for-the-auditor/key")

    tour.say("Would we have been hit?")
    await tour.run("pratique", "drill")


def main() -> None:
    """Run the tour in a scratch folder, and say how long it took."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pratique-try-") as folder:
        asyncio.run(tour(Path(folder)))
    print(f"\nThat took {time.monotonic() - start:.0f} seconds; nothing was left behind.")
    print("Next: pratique pip install ... in your own project; README.md says how to run a gate for many.")


if __name__ == "__main__":
    main()
