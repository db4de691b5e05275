"""`make known-mutants`: plant every fault of `tools/known_mutants.toml` in a copy of the project, and see the named tests fail.

`python -m tools.known_mutants [WORD ...]` plants those whose sentence has one of the words. Ends with 1 when a fault survives,
is no longer found in the code, or when the tests fail without any. `python -m tools.known_mutants --rules [RULE ...]` leaves
out detection rules instead (`tools/without_rules.py`), and ends with 1 when nobody misses one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from tools.without_rules import leave_out

ROOT: Final = Path(__file__).resolve().parent.parent
LIST: Final = ROOT / "tools/known_mutants.toml"
_PARTS: Final = ("src", "tests", "tools", "docs", "changes", "bench", "requirements")
_FAILED: Final = 1
"""pytest's own code for: tests ran, and some failed. Any other says nothing of the mutant."""


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault: `old` in `file` (below `src/pratique`) becomes `new`, and one of `tests` has to notice."""

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str | None:
        """The text with the fault in it; None where `old` does not stand in it exactly once."""
        return text.replace(self.old, self.new) if text.count(self.old) == 1 else None


def known() -> list[Mutant]:
    """Every fault of the list."""
    return msgspec.convert(tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"], list[Mutant])


def outcome(tree: Path, mutant: Mutant) -> str:
    """What became of a fault in a copy of the project, which is left as it was: dead, SURVIVED, or why that is not known."""
    target = tree / "src/pratique" / mutant.file
    text = target.read_text(encoding="utf-8") if target.exists() else ""
    planted = mutant.planted(text)
    if planted is None:
        return "NOT FOUND: the code has moved on, and tools/known_mutants.toml has to follow"
    target.write_text(planted, encoding="utf-8")
    try:
        code, _ = tested(tree, mutant.tests)
    finally:
        target.write_text(text, encoding="utf-8")
    return {_FAILED: "dead", 0: "SURVIVED"}.get(code, f"NOT TESTED: pytest ended with {code}")


def tested(tree: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """The exit code of pytest for some tests, in a copy of the project, and what it said."""
    options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not journey"]
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: TID251 - a child needs the environment
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main() -> None:
    """Plant what was named, or everything; or leave out rules."""
    words = sys.argv[1:]
    if words[:1] == ["--rules"]:
        sys.exit(not leave_out(words[1:]))
    chosen = [each for each in known() if not words or any(word in each.what for word in words)]
    with tempfile.TemporaryDirectory(prefix="pratique-mutants-") as folder:
        tree = Path(folder)
        for part in _PARTS:
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        for page in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
            shutil.copy(page, tree)
        suites = tuple(sorted({test for each in chosen for test in each.tests}))
        code, said = tested(tree, suites)
        if code:
            raise SystemExit(f"{said}\nthese tests fail without any fault planted: make test")
        outcomes = []
        for each in chosen:
            outcomes.append(outcome(tree, each))
            print(f"{outcomes[-1]:<10} {each.what}", flush=True)
    dead = outcomes.count("dead")
    print(f"{dead} of {len(outcomes)} dead")
    sys.exit(dead < len(outcomes))


if __name__ == "__main__":
    main()
