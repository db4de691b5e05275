"""What a person reads when something is refused: through each client the same decision, in its own words, with its exit code.

Two releases are asked for by their number: one that is too young, and one that was yanked.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
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

PIN, INDEX = "{pin}", "{index}"
"""Stand for the requirement and for the index in commands and files."""
PROJECT = '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.11,<4"\n'
WANTING = f'{PROJECT}dependencies = ["{PIN}"]\n'
OF_POETRY = f'[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "ours"\nurl = "{INDEX}"\npriority = "primary"\n'


@dataclass(frozen=True, slots=True)
class Refused:
    """A release, how the command ends, and what is said of it."""

    pin: str
    code: int
    verdict: str
    condition: str
    why: str
    use: str
    do: str
    phrase: str
    """On one line, as HTTP carries it, up to the id."""

    @property
    def release(self) -> str:
        return self.pin.replace("==", " ")


HELD = Refused(
    "llmlook==1.82.8",
    10,
    "held",
    "cooldown",
    "published 6 hours ago; new releases wait 3 days here",
    "llmlook 1.82.6",
    "",
    "Pratique held llmlook 1.82.8: published 6 hours ago; new releases wait 3 days here. Use 1.82.6. pratique explain ",
)
STOPPED = Refused(
    "yanklook==1.1",
    11,
    "stopped",
    "withdrawn",
    "yanked by its maintainers (breaks on Windows)",
    "yanklook 1.0",
    "pin a version that is not yanked",
    "Pratique stopped yanklook 1.1: yanked by its maintainers (breaks on Windows). Use 1.0. pratique explain ",
)
NOTE = "===Pratique-held:published-6-hours-ago-new-releases-wait-3-days-here:use-1.82.6:pratique-explain-"
"""What pip says of a release that it passes over, up to the id."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that asks for it; `before`, the client makes the lock by itself."""

    words: str
    project: str = PROJECT
    before: str = ""
    keeps: bool = True
    """Whether it leaves its project as it was; pdm writes down what is wanted before it installs it."""


COMMANDS = (
    Command(f"pip install --target t {PIN}"),
    Command("pip install --target t -r in.txt"),
    Command(f"uv pip install --target t {PIN}"),
    Command(f"uv add {PIN}"),
    Command("uv lock", WANTING),
    Command("uv sync --frozen", WANTING, "uv lock"),
    Command(f"uv tool install {PIN}"),
    Command(f"uv run --no-project --with {PIN} python -c pass"),
    Command(f"uvx --from {PIN} python -c pass"),
    Command(f"poetry add {PIN}", PROJECT + OF_POETRY),
    Command("poetry install", WANTING + OF_POETRY, "poetry lock"),
    Command(f"pdm add --no-self {PIN}", keeps=False),
    Command("pdm sync --no-self", WANTING, "pdm lock"),
    Command(f"pipx install {PIN}"),
)


@pytest.fixture
async def account(tmp_path: Path, clients: Clients) -> AsyncIterator[Account]:
    now = SystemClock().now()
    index = SimulatedIndex(SimulatedClock(now))
    for version, age in (("1.82.6", 400 * DAY), ("1.82.8", timedelta(hours=6))):
        index.add("llmlook", wheel("llmlook", version), now - age).core_metadata = metadata("llmlook", version)
    for version in ("1.0", "1.1"):
        index.add("yanklook", wheel("yanklook", version), now - 400 * DAY)
    index.yank("yanklook-1.1-py3-none-any.whl", now - 300 * DAY, "breaks on Windows")
    async with serving(index) as url:
        account = Account(tmp_path, clients, url)
        account.settings(f'[index.ours]\nurl = "{url}"\n')
        yield account


@pytest.mark.parametrize("refused", [HELD, STOPPED], ids=lambda each: each.verdict)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.words)
async def test_who_is_refused_reads_the_decision_in_its_own_words(
    command: Command, refused: Refused, account: Account
) -> None:
    def said(text: str) -> str:
        return text.replace(PIN, refused.pin).replace(INDEX, account.environment["UV_DEFAULT_INDEX"])

    (account.project / "pyproject.toml").write_text(said(command.project), encoding="utf-8")
    (account.project / "in.txt").write_text(f"{refused.pin}\n", encoding="utf-8")
    if command.before:
        made = await account.alone(*command.before.split())
        assert made.code == 0, made.said
    before = {path: path.read_bytes() for path in account.project.glob("*.*") if path.is_file()}

    ended = await account.pratique(*said(command.words).split())
    assert ended.code == refused.code, ended.said
    if command.keeps:
        assert {path: path.read_bytes() for path in before} == before
    assert [path for path in account.holding(HOST) if path.suffix != ".log"] == []
    assert list(account.home.rglob(f"{refused.pin.replace('==', '-')}.dist-info")) == []

    head = next(line for line in ended.said.splitlines() if line.startswith(f"{refused.verdict}  {refused.release} "))
    identity = head.split()[-1]
    explained = await account.pratique("explain", identity)
    assert ended.said.endswith(f"\n{explained.said}"), "the message is the decision's own, as the record has it"
    assert explained.said.splitlines()[1:3] == [f"  why    {refused.why}", f"  use    {refused.use}"]

    own = ended.said.removesuffix(explained.said)
    noted = refused is HELD and command.words.startswith("pip ")
    assert f"{NOTE if noted else refused.phrase}{identity}" in own, own

    told = json.loads((await account.pratique("explain", identity, "--json")).said)
    assert (told["id"], told["verdict"], told["rule"]["id"]) == (identity, refused.verdict, refused.condition)
    assert (told["why"], told["use_text"], "".join(told["do"])) == (refused.why, refused.use, refused.do)
    assert await account.intact()
