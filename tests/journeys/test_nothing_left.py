"""Nothing is left behind: after a wrapped command every file is as a direct run would have left it, byte for byte.

Each command runs twice in a home of its own at the same path: by the client alone, then through Pratique. All files of that home
are compared, whatever wrote them.
"""

import difflib
import shutil
import signal
import sys
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pratique.adapters.clients import HOST
from pratique.adapters.clock import SystemClock
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, serving
from pratique.simulators.wheels import metadata, sdist, wheel
from tests.conftest import DAY
from tests.journeys.conftest import Clients, Ended, ran

pytestmark = pytest.mark.journey

INDEX = "{index}"
"""Stands for the index in the files and words of a command."""


@dataclass(frozen=True, slots=True)
class Command:
    """Words of a client, and what is there before: files by their paths in the project, and commands of the client itself."""

    words: str
    files: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()


PROJECT = '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11"\ndependencies = ["parentlook"]\n'
NAMED = PROJECT + f'[[tool.uv.index]]\nname = "ours"\nurl = "{INDEX}"\ndefault = true\n'
SCRIPT = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["llmlook"]\n# ///\nprint()\n'
POETRY = (
    PROJECT.replace(">=3.11", ">=3.11,<4").replace("parentlook", "parentlook (>=1)")
    + f'[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "ours"\nurl = "{INDEX}"\npriority = "primary"\n'
)
ASKED = {"in.txt": "parentlook\n"}
INDEXED = {"in.txt": f"--index-url {INDEX}\nparentlook\n"}
UV, UV_NAMED, UV_SCRIPT = {"pyproject.toml": PROJECT}, {"pyproject.toml": NAMED}, {"s.py": SCRIPT}
OF_POETRY = {"pyproject.toml": POETRY}

COMMANDS = (
    Command("uv lock", UV),
    Command("uv lock", UV_NAMED),
    Command("uv lock --upgrade", UV_NAMED, ("uv lock --resolution lowest",)),
    Command("uv lock --script s.py", UV_SCRIPT),
    Command("uv add toollook", UV),
    Command("uv add toollook", UV_NAMED),
    Command("uv add --dev toollook", UV_NAMED, ("uv lock",)),
    Command(f"uv add --default-index {INDEX} toollook", UV),
    Command("uv add --raw toollook==1.0", UV),
    Command("uv add --script s.py toollook", UV_SCRIPT),
    Command("uv remove parentlook", UV_NAMED, ("uv lock",)),
    Command("uv sync", UV_NAMED),
    Command("uv sync --frozen", UV, ("uv lock",)),
    Command("uv sync --no-dev --no-install-project", UV, ("uv lock",)),
    Command("uv version --bump minor", UV_NAMED, ("uv lock",)),
    Command("uv export -o out.txt", UV_NAMED),
    Command("uv export --format pylock.toml -o pylock.toml", UV),
    Command("uv pip compile in.txt -o out.txt", ASKED),
    Command("uv pip compile --emit-index-url --emit-find-links in.txt -o out.txt", ASKED),
    Command("uv pip compile --generate-hashes --emit-index-annotation in.txt -o out.txt", INDEXED),
    Command("uv pip compile in.txt -o pylock.toml", ASKED),
    Command("uv venv", UV),
    Command("uv pip install parentlook", UV, ("uv venv",)),
    Command("uv pip install -r in.txt --target t", INDEXED),
    Command("uv pip sync in.txt", {"in.txt": "llmlook==1.82.6\n"}, ("uv venv",)),
    Command("uv pip install sdlook", UV, ("uv venv",)),
    Command("uv tool install toollook"),
    Command(f"uv tool install --default-index {INDEX} toollook --with parentlook"),
    Command("uv tool upgrade toollook", {}, ("uv tool install toollook==0.9",)),
    Command("uv init --bare other"),
    Command("pip install --target t parentlook"),
    Command("pip install --prefix p -r in.txt", INDEXED),
    Command("pip install --target t --report r.json sdlook toollook"),
    Command("pip install --dry-run --ignore-installed --report r.json -r in.txt", ASKED),
    Command("pip download -d d parentlook sdlook"),
    Command("pip wheel -w w parentlook sdlook"),
    Command("pip lock parentlook"),
    Command("pip lock -o pylock.ours.toml -r in.txt", INDEXED),
    Command("poetry lock", OF_POETRY),
    Command("poetry add toollook", OF_POETRY),
    Command("poetry add --group dev --source ours toollook", OF_POETRY, ("poetry lock",)),
    Command("poetry remove parentlook", OF_POETRY, ("poetry lock",)),
    Command("poetry update", OF_POETRY, ("poetry lock",)),
    Command("poetry install", OF_POETRY, ("poetry lock",)),
    Command("pdm lock", UV),
    Command("pdm add --no-self toollook", UV),
    Command("pdm remove --no-self parentlook", UV, ("pdm lock",)),
    Command("pdm sync --no-self", UV, ("pdm lock",)),
    Command("pdm update --no-self", UV, ("pdm lock",)),
    Command("pdm export -o out.txt", UV, ("pdm lock",)),
    Command("pipx install toollook"),
    Command("pipx inject toollook llmlook", {}, ("pipx install toollook",)),
    Command("pipx upgrade toollook", {}, ("pipx install toollook==0.9",)),
)


class Home:
    """A home with a project in it, always at the same path; caches and what Pratique keeps lie elsewhere."""

    def __init__(self, scratch: Path, index: str, clients: Clients) -> None:
        self.folder = scratch / "home"
        self.project = self.folder / "project"
        self._elsewhere = scratch / "elsewhere"
        self._index = index
        self.clients = clients

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "PRATIQUE_HOME": str(self._elsewhere / "pratique"),
            "XDG_CONFIG_HOME": str(self._elsewhere / "config"),
            "XDG_CACHE_HOME": str(self._elsewhere / "cache"),
            "PATH": self.clients.path,
            "PIP_INDEX_URL": self._index,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_DEFAULT_INDEX": self._index,
            "UV_PYTHON_DOWNLOADS": "never",
            "PDM_PYPI_URL": self._index.rstrip("/"),
            "PDM_CHECK_UPDATE": "0",
            "POETRY_VIRTUALENVS_IN_PROJECT": "true",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_COLOR": "1",
        }

    async def made(self, command: Command) -> None:
        """Make it as it is before a command."""
        self._emptied()
        settings = self._elsewhere / "config/pratique/pratique.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'[index.ours]\nurl = "{self._index}"\n', encoding="utf-8")
        self.project.mkdir(parents=True)
        for path, content in command.files.items():
            (self.project / path).write_text(content.replace(INDEX, self._index), encoding="utf-8")
        for words in command.before:
            ended = await self.alone(words)
            assert ended.code == 0, ended.said

    def kept(self) -> None:
        """Keep it as it is, for `restored`."""
        for folder in (self.folder, self._elsewhere):
            shutil.copytree(folder, folder.with_suffix(".kept"), symlinks=True)

    def restored(self) -> None:
        """Make it as it was kept."""
        self._emptied()
        for folder in (self.folder, self._elsewhere):
            shutil.copytree(folder.with_suffix(".kept"), folder, symlinks=True)

    async def alone(self, words: str) -> Ended:
        """Run a client without Pratique."""
        name, *rest = self._said(words)
        return await ran(self.clients.binary(name), *rest, cwd=self.project, environment=self.environment)

    async def through(self, words: str, *, program: tuple[str, ...] = ("-m", "pratique"), **more: str) -> Ended:
        """Run a client through Pratique."""
        environment = {**self.environment, **more}
        return await ran(sys.executable, *program, *self._said(words), cwd=self.project, environment=environment)

    def files(self) -> dict[str, str]:
        """What lies in it: mode and content of each file, and where each link leads.

        Left out is what differs from run to run: compiled code, logs, times in wheels that were built, the order of a RECORD.
        """
        found: dict[str, str] = {}
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if "__pycache__" in path.parts or path.suffix == ".log":
                continue
            if path.is_symlink():
                found[name] = f"leads to {path.readlink()}"
            elif path.is_file():
                found[name] = f"{path.stat().st_mode:o}\n{content(path)}"
        return found

    def _emptied(self) -> None:
        for folder in (self.folder, self._elsewhere):
            shutil.rmtree(folder, ignore_errors=True)

    def _said(self, words: str) -> list[str]:
        return [word.replace(INDEX, self._index) for word in words.split()]


def content(path: Path) -> str:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(f"{name}\n{archive.read(name).decode()}" for name in archive.namelist())
    text = path.read_bytes().decode(errors="backslashreplace")
    return "\n".join(sorted(text.splitlines())) if path.name == "RECORD" else text


def differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """Which files differ, and in which lines."""
    told = [f"not there: {path}" for path in sorted(wanted.keys() - found)]
    told += [f"too much: {path}" for path in sorted(found.keys() - wanted)]
    for path in sorted(found.keys() & wanted):
        told += difflib.unified_diff(wanted[path].splitlines(), found[path].splitlines(), path, path, n=0, lineterm="")
    return "\n".join(told)


@pytest.fixture
async def home(tmp_path: Path, clients: Clients) -> AsyncIterator[Home]:
    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    for version in ("1.82.5", "1.82.6"):
        index.add("llmlook", wheel("llmlook", version), now - 400 * DAY).core_metadata = metadata("llmlook", version)
    index.add("parentlook", wheel("parentlook", "1.0", requires=["llmlook>=1.64"]), now - 400 * DAY)
    for version in ("0.9", "1.0"):
        index.add("toollook", tool(version), now - 400 * DAY)
    index.add("sdlook", sdist("sdlook", "1.0"), now - 400 * DAY)
    async with serving(index) as url:
        yield Home(tmp_path, url, clients)


def tool(version: str) -> tuple[str, bytes]:
    """A wheel that brings a command."""
    entry = f"toollook-{version}.dist-info/entry_points.txt"
    files = {"toollook/__init__.py": "def main():\n    pass\n", entry: "[console_scripts]\ntoollook = toollook:main\n"}
    return wheel("toollook", version, files)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: f"{each.words} {' '.join(each.files)}")
async def test_every_file_is_as_a_direct_run_leaves_it(command: Command, home: Home) -> None:
    await home.made(command)
    before = home.files()
    direct = await home.alone(command.words)
    assert direct.code == 0, direct.said
    wanted = home.files()
    assert wanted != before, "it writes something"
    await home.made(command)
    ended = await home.through(command.words)
    assert ended.code == 0, ended.said
    assert differences(home.files(), wanted) == ""
    assert HOST not in ended.said


KILLED = """
import os, signal, sys
left, writing = [int(os.environ.pop("MOMENT"))], os.O_WRONLY | os.O_RDWR
changing = {"os.remove", "os.mkdir", "os.rmdir", "os.utime", "os.chmod"}
near = os.environ["HOME"], os.environ["PRATIQUE_HOME"] + "/runs"
def watch(event, said):
    starts = event == "subprocess.Popen" and "scan_child" not in str(said)
    own = starts or any(isinstance(each, str) and each.startswith(near) for each in said)
    if event == "open":
        counts = own and said[2] & writing
    else:
        counts = event in {"os.rename", "subprocess.Popen"} or (event in changing and own)
    left[0] -= bool(counts)
    if counts and left[0] == 0:
        print("killed" if own else "killed, its client at work", event, said, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from pratique.cli.main import main
main()
"""
"""Pratique, killed just before the nth time that it writes there, starts a client, or puts a file of its own into place."""

WHEN = "subprocess.Popen", "its client at work"
SWEPT = (
    Command("uv add toollook", UV_NAMED, ("uv lock",)),
    Command("poetry add toollook", OF_POETRY, ("poetry lock",)),
    Command("pip lock -o pylock.ours.toml -r in.txt", INDEXED),
)


@pytest.mark.parametrize("command", SWEPT, ids=lambda each: each.words.partition(" ")[0])
async def test_a_wrapper_killed_at_any_moment_leaves_nothing_once_things_are_put_right(
    command: Command, home: Home
) -> None:
    await home.made(command)
    home.kept()
    before = home.files()
    assert (await home.alone(command.words)).code == 0
    wanted = home.files()
    ends: list[Ended] = []
    while not ends or ends[-1].code == -signal.SIGKILL:
        home.restored()
        ends.append(await home.through(command.words, program=("-c", KILLED), MOMENT=f"{len(ends) + 1}"))
        righted = await home.through("doctor --put-right")
        found = home.files()
        assert HOST not in "".join(found.values()), f"{ends[-1].said}\n{righted.said}"
        again = await home.through(command.words)
        assert again.code == 0, again.said
        if WHEN[1] in ends[-1].said:
            continue  # who is killed at work leaves its own work half done, with or without Pratique
        changed = {path for path in found.keys() & before if found[path] not in (before[path], wanted.get(path))}
        assert changed == set(), f"{ends[-1].said}\n{differences(found, wanted)}"
        assert differences(home.files(), wanted) == "", ends[-1].said
    assert ends.pop().code == 0
    assert len(ends) >= 10
    assert all(any(when in each.said for each in ends) for when in WHEN)
