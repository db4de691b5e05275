"""The recipes in CONTRIBUTING, followed to the letter in a copy of the project; and once more by whoever comes second."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.new import KINDS, new

ROOT = Path(__file__).resolve().parent.parent
COMMAND = re.compile(r"`python -m tools\.new ([a-z]+) ([a-z0-9/-]+)`")
RECIPES = dict(COMMAND.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
TAKEN = "already; choose another name"
SUITES = {
    "adapter": ("tests/contracts",),
    "condition": ("tests/pages",),
    "ecosystem": ("tests/ecosystems",),
    "fact": ("tests/pages", "tests/facts"),
    "language": ("tests/facts/languages",),
    "rule": ("tests/pages",),
    "verb": ("tests/cli",),
}
"""Where the tests of something new of this kind are, those that every part of the kind has to pass included."""


def run(tree: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", "PRATIQUE_HOME": str(tree / "home")},  # noqa: TID251 - a child needs the environment
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def follow(tree: Path, kind: str) -> tuple[str, list[str]]:
    """Follow a recipe under its own name, or where somebody did so before under one like it: the name, and what was written."""
    name = RECIPES[kind]
    while True:
        try:
            said = run(tree, "-m", "tools.new", kind, name)
        except AssertionError as error:
            if TAKEN not in str(error):
                raise
            name += "-too"
        else:
            return name, re.findall(r"^written: (.+)$", said, re.MULTILINE)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for part in ("src", "tools", "tests", "docs"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", tmp_path / ".mypy_cache")
    return tmp_path


def test_every_kind_has_a_scaffold_a_recipe_and_a_suite() -> None:
    assert set(RECIPES) == set(KINDS) == set(SUITES)


@pytest.mark.parametrize("kind", sorted(RECIPES))
def test_what_a_recipe_makes_is_registered_tested_typed_and_tidy_and_so_is_the_next(tree: Path, kind: str) -> None:
    first, written = follow(tree, kind)
    second, more = follow(tree, kind)
    assert second.startswith(first)
    assert second != first
    code = [path for path in dict.fromkeys([*written, *more]) if path.endswith(".py")]
    run(tree, "-m", "tools.generate", "--check")
    run(tree, "-m", "ruff", "check", *code)
    run(tree, "-m", "ruff", "format", "--check", *code)
    run(tree, "-m", "mypy", *code)
    for name in (first, second):
        own = name.rpartition("/")[2]
        words = ((own, "-too"), (own.replace("-", "_"), "_too"))
        picked = " or ".join(f"({word} and not {word}{tail})" for word, tail in words)
        tested = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITES[kind], "-k", picked)
        assert re.search(r"^[1-9][0-9]* passed", tested, re.MULTILINE), tested


def test_a_new_condition_is_explained_and_can_be_required(tree: Path) -> None:
    name, _ = follow(tree, "condition")
    assert run(tree, "-m", "pratique", "explain", name).startswith(f"# {name}")
    policy = tree / "policy.toml"
    policy.write_text(f"[malware]\n[fixed-bytes]\n[{name}]\ncharacters_max = 3\n", encoding="utf-8")
    assert "valid: 4 conditions" in run(tree, "-m", "pratique", "policy", "check", str(policy))


def test_a_new_verb_is_listed_with_its_sentence(tree: Path) -> None:
    name, _ = follow(tree, "verb")
    assert re.search(
        rf"^  {name} +List the indexes behind the gate\.$", run(tree, "-m", "pratique", "--help"), re.MULTILINE
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_name_is_refused_and_nothing_is_written(tree: Path, kind: str) -> None:
    before = set(tree.rglob("*"))
    for name in ("Quiet", "quiet_hours", "-x", "blobs/", "blobs/Q", "class", "../x", "blobs/../x", ""):
        with pytest.raises(SystemExit):
            new(tree, kind, name)
    assert set(tree.rglob("*")) == before
