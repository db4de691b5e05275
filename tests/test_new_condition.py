"""The recipe in CONTRIBUTING, followed to the letter in a copy of the project: a new condition works at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(tree: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}"},  # noqa: TID251 - a child needs the environment
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_condition_made_by_the_recipe_is_registered_explained_tested_and_typed(tmp_path: Path) -> None:
    for part in ("src", "tools", "tests", "docs"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    printed = run(tmp_path, "-m", "tools.new", "condition", "quiet-hours")
    assert "quiet_hours.py" in printed
    assert "quiet_hours.md" in printed
    run(tmp_path, "-m", "tools.generate", "--check")
    assert run(tmp_path, "-m", "pratique", "explain", "quiet-hours").startswith("# quiet-hours")
    tested = run(
        tmp_path,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/pages/test_condition_docs.py",
        "-k",
        "quiet-hours",
    )
    assert "2 passed" in tested
    policy = tmp_path / "policy.toml"
    policy.write_text("[quiet-hours]\ncharacters_max = 3\n", encoding="utf-8")
    assert "valid: 2 conditions" in run(tmp_path, "-m", "pratique", "policy", "check", str(policy))
    run(tmp_path, "-m", "mypy", "src/pratique/policy/conditions/quiet_hours.py")
    run(tmp_path, "-m", "ruff", "check", "src/pratique/policy/conditions")
    run(tmp_path, "-m", "ruff", "format", "--check", "src/pratique/policy/conditions")
