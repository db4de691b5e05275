"""Applications and projects through pipx, uvx and pdm: installed, run, added, locked and synced, from both kinds of index.

The simulated index has an application that says what it was given; the real one has a small one that does the same.
"""

import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pratique.adapters.clients import HOST
from pratique.adapters.clock import SystemClock
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import metadata, wheel
from tests.conftest import DAY
from tests.journeys.conftest import Account, Clients

pytestmark = pytest.mark.journey

PROJECT = '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11,<4"\ndependencies = []\n'
TALKING = "import sys\n\ndef main():\n    print(*sys.argv[1:])\n"


@dataclass(frozen=True, slots=True)
class Place:
    """An account, and an application that its index has: the name, the version before the newest, and a dependency of another."""

    account: Account
    application: str
    older: str
    newer: str
    library: str


@pytest.fixture(params=["the simulated index", "the real index"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, clients: Clients) -> AsyncIterator[Place]:
    if request.param == "the real index":
        yield Place(Account(tmp_path, clients), "pycowsay", "0.0.0.1", "0.0.0.2", "idna")
        return
    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    for version in ("0.9", "1.0"):
        entry = f"talklook-{version}.dist-info/entry_points.txt"
        files = {"talklook/__init__.py": TALKING, entry: "[console_scripts]\ntalklook = talklook:main\n"}
        made = wheel("talklook", version, files, requires=["llmlook"])
        hosted = index.add("talklook", made, now - 400 * DAY)
        hosted.core_metadata = metadata("talklook", version, requires=["llmlook"])
    index.add("llmlook", wheel("llmlook", "1.0"), now - 400 * DAY)
    async with serving(index) as url:
        yield Place(Account(tmp_path, clients, url), "talklook", "0.9", "1.0", "llmlook")


def left_of_the_gate(account: Account) -> list[Path]:
    """Files that name it, but for the logs that clients write of what they asked."""
    return [path for path in account.holding(HOST) if path.suffix != ".log"]


async def served(account: Account, name: str, version: str) -> bool:
    ended = await account.pratique("log", "find", "--package", f"{name}=={version}", "--verdict", "allow", "--json")
    return ended.said.strip() != ""


async def test_pipx_installs_an_application_that_runs_and_is_upgraded(place: Place) -> None:
    account, name = place.account, place.application
    programs = account.home / ".local/bin"
    for words, version in (
        (f"pipx install {name}=={place.older}", place.older),
        (f"pipx install --force {name}", place.newer),
        (f"pipx inject {name} {place.library}", place.newer),
    ):
        ended = await account.pratique(*words.split())
        assert ended.code == 0, ended.said
        assert HOST not in ended.said
        assert f"{name} {version}" in (await account.alone("pipx", "list", "--short")).said
        assert await served(account, name, version)
    ran = await account.run(str(programs / name), "hello")
    assert (ran.code, "hello" in ran.said) == (0, True), ran.said
    removed = await account.pratique("pipx", "uninstall", name)
    assert (removed.code, list(programs.iterdir())) == (0, []), removed.said
    assert left_of_the_gate(account) == []
    assert await account.intact()


async def test_uvx_runs_an_application_and_leaves_nothing(place: Place) -> None:
    account, name = place.account, place.application
    for words in (f"uvx {name} hello", f"uvx --from {name}=={place.older} {name} hello", f"uvx {name}@latest hello"):
        ended = await account.pratique(*words.split())
        assert (ended.code, "hello" in ended.said) == (0, True), ended.said
        assert HOST not in ended.said
    for version in (place.older, place.newer):
        assert await served(account, name, version)
    assert left_of_the_gate(account) == []
    assert list(account.project.iterdir()) == []
    assert await account.intact()


async def test_pdm_adds_locks_and_syncs_and_the_program_runs(place: Place) -> None:
    account, name = place.account, place.application
    (account.project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    lock = account.project / "pdm.lock"

    async def done(*words: str) -> None:
        ended = await account.pratique("pdm", *words)
        assert ended.code == 0, ended.said
        assert HOST not in ended.said

    await done("add", "--no-self", f"{name}=={place.older}", place.library)
    assert {each["name"] for each in tomllib.loads(lock.read_text())["package"]} == {name, place.library}
    ran = await account.pratique("pdm", "run", name, "hello")
    assert (ran.code, "hello" in ran.said) == (0, True), ran.said
    text = (account.project / "pyproject.toml").read_text(encoding="utf-8")
    (account.project / "pyproject.toml").write_text(text.replace(f"=={place.older}", ""), encoding="utf-8")
    await done("lock")
    assert f'version = "{place.newer}"' in lock.read_text()
    kept = lock.read_bytes()
    await done("sync", "--no-self")
    assert lock.read_bytes() == kept
    assert list(account.project.rglob(f"{name}-{place.newer}.dist-info")) != []
    for version in (place.older, place.newer):
        assert await served(account, name, version)
    assert left_of_the_gate(account) == []
    assert await account.intact()
