"""The recipe for a fact, followed to the letter in a copy of the project: one file and one page, and the record stays true."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pratique.facts.questions import QUESTIONS

ROOT = Path(__file__).resolve().parent.parent
TAKEN = {each.id for each in QUESTIONS}
NAME = next(name for number in range(99) if (name := f"cosmic-dust-{number}").replace("-", "_") not in TAKEN)
MODULE = NAME.replace("-", "_")
RECORD = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pratique.app import open_world
from pratique.flow.gate.admit import admit
from pratique.flow.gate.steer import steer
from pratique.flow.requester import FileRequest, Requester
from pratique.model.artifact import ProjectName
from pratique.model.scope import Actor, ActorKind, Scope, ScopeName
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
DEMO = ProjectName("demo")

async def record(home):
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    index.add(DEMO, wheel(DEMO, "1.0"), NOW - timedelta(days=400))
    index.add(DEMO, wheel(DEMO, "2.0"), NOW - timedelta(hours=6))
    upstreams = {"public": SimulatedUpstream("public", index)}
    me = Requester(Scope(ScopeName("workstation")), Actor(ActorKind.SERVICE, "recorder"))
    async with open_world(Settings(home=home), clock=clock, upstreams=upstreams) as world:
        for entry in (await steer(world, DEMO, me)).known.entries.values():
            await admit(world, FileRequest(me, "public", entry.path))

asyncio.run(record(sys.argv[1]))
"""


def run(tree: Path, *command: str, status: int = 0, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", **more},  # noqa: TID251 - a child needs the environment
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project with one more fact."""
    tree = tmp_path / "project"
    for part in ("src", "tools", "tests", "docs"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    printed = run(tree, "-m", "tools.new", "fact", NAME)
    assert f"{MODULE}.py" in printed
    assert f"{MODULE}.md" in printed
    return tree


def test_a_fact_made_by_the_recipe_is_registered_explained_asked_tested_and_typed(tree: Path) -> None:
    run(tree, "-m", "tools.generate", "--check")
    assert f"`{MODULE}.found`" in run(tree, "-m", "pratique", "explain", MODULE)
    pages = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pages/test_fact_docs.py", "-k", MODULE)
    assert "2 passed" in pages
    tested = run(
        tree,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/facts/test_evidence.py",
        "tests/properties/test_unknown.py",
    )
    assert "failed" not in tested
    policy = tree / "policy.toml"
    policy.write_text(
        f'[malware]\n[fixed-bytes]\n[unknowns]\n{MODULE} = "deny"\n[[test]]\nname = "silence"\n'
        f'given = {{ {MODULE}.found = "unknown" }}\nexpect = {{ verdict = "deny", reason = "unknowns" }}\n',
        encoding="utf-8",
    )
    assert "0 failed" in run(tree, "-m", "pratique", "policy", "test", str(policy))
    run(tree, "-m", "mypy", f"src/pratique/facts/questions/{MODULE}.py", "src/pratique/facts/evidence.py")
    run(tree, "-m", "ruff", "check", "src/pratique/facts")
    run(tree, "-m", "ruff", "format", "--check", "src/pratique/facts")


def test_a_record_from_before_a_question_replays_the_same(tree: Path, tmp_path: Path) -> None:
    strict = tree / f"src/pratique/facts/questions/{MODULE}.py"
    strict.write_text(strict.read_text(encoding="utf-8").replace("Verdict.ALLOW", "Verdict.DENY"), encoding="utf-8")
    home = str(tmp_path / "home")
    run(ROOT, "-c", RECORD, home)
    replayed = [run(engine, "-m", "pratique", "log", "replay", PRATIQUE_HOME=home) for engine in (ROOT, tree)]
    assert replayed == ["3 decided again, 0 with another answer\n"] * 2


def test_an_engine_without_a_question_replays_the_record_of_one_that_asks_it(tree: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    run(tree, "-c", RECORD, home)
    replayed = [run(engine, "-m", "pratique", "log", "replay", PRATIQUE_HOME=home) for engine in (tree, ROOT)]
    assert replayed == ["3 decided again, 0 with another answer\n"] * 2
