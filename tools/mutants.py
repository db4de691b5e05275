"""`make mutants`: change the code in every small way, and see which changes no test notices.

`python -m tools.mutants [AREA ...]` runs mutmut area by area, each in a copy of the project below `mutants/` and against the
tests that are meant to know about it; then the known mutants of `tools/known_mutants.py`. It prints a table, and writes
the survivors to `tools/mutants_survivors.md`, where the reasons that were given for them stay. Ends with 1 when an area
misses its target.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
COPIES: Final = ROOT / "mutants"
SURVIVORS: Final = ROOT / "tools/mutants_survivors.md"
_PARTS: Final = ("src", "tests", "tools", "docs", "changes", "bench", "requirements")
_PYTEST: Final = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "tools.fresh",
    "--hypothesis-profile",
    "ci",
    "-m",
    "not journey",
)
"""Examples are the same each time, and have no deadline: code that is watched is slower than its tests expect."""
_UNREASONED: Final = "No reason given yet."
_HEAD: Final = """# Mutants that survive

What `make mutants` changed without a test noticing, and why that is right or not worth a test. The command writes this page;
the sentences below the changes are written by hand and stay as long as the mutant lives.
"""


@dataclass(frozen=True, slots=True)
class Area:
    """Files that are mutated (globs below `src/pratique`), tests they are held to, and the share in percent that has to die."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    target: float


_IN_TIME: Final = "tests/properties/test_policy_files.py::test_a_file_that_is_made_to_be_slow_is_answered_in_time"
"""Takes the time, which code that is watched does not keep."""

_LONG: Final = tuple(
    f"--deselect=tests/record/test_tamper.py::test_a_byte_flipped_anywhere_in_{place}"
    for place in ("the_file_is_noticed_or_changes_nothing", "an_exported_log_is_named")
)
"""Take as long as all others together, and notice what the others notice: each kind of damage has a test of its own."""

AREAS: Final = (
    Area(
        "record",
        ("record/*",),
        ("tests/record", "tests/properties/test_merkle.py", "tests/properties/test_canonical.py", *_LONG),
        90,
    ),
    Area(
        "policy",
        ("policy/*",),
        ("tests/policy", "tests/properties", "tests/pages/test_condition_docs.py", f"--deselect={_IN_TIME}"),
        90,
    ),
    Area(
        "archive",
        ("ecosystems/archive/*",),
        (
            "tests/ecosystems/test_archive.py",
            "tests/ecosystems/test_zip_forms.py",
            "tests/ecosystems/test_tar_forms.py",
            "tests/facts/test_unread.py",
        ),
        80,
    ),
    Area("scan", ("facts/scan/*",), ("tests/facts", "tests/pages/test_rule_docs.py"), 80),
    Area("http", ("adapters/http.py",), ("tests/adapters/test_http.py",), 80),
    Area(
        "wrappers",
        ("adapters/clients/*",),
        (
            "tests/adapters/clients",
            "tests/adapters/test_client_sources.py",
            "tests/adapters/test_deep_home.py",
            "tests/adapters/test_wall.py",
            "tests/test_indexes.py",
            "tests/cli/test_bare.py",
        ),
        90,
    ),
)
NOT_MUTATED: Final = ("*/conditions/__init__.py", "*/rules/__init__.py", "*/record/pratique_verify.py")
"""Registries are generated (other `__init__.py` are code); the verifier runs alone, in a process where mutmut is not."""


def prepare(area: Area) -> Path:
    """A copy of the project with mutmut set up for one area. Mutants of an earlier run in it are used again."""
    copy = COPIES / area.name
    for part in _PARTS:
        shutil.rmtree(copy / part, ignore_errors=True)
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    pages = [path.name for path in ROOT.glob("*.md")]
    for page in pages:
        shutil.copy(ROOT / page, copy)
    (copy / "mutants/src").mkdir(parents=True, exist_ok=True)  # Python looks once whether a folder on its path is there
    options: dict[str, object] = {
        "source_paths": ["src"],
        "only_mutate": [f"src/pratique/{glob}" for glob in area.files],
        "do_not_mutate": list(NOT_MUTATED),
        "also_copy": [*_PARTS[2:], *pages],
        "pytest_add_cli_args": list(_PYTEST),
        "pytest_add_cli_args_test_selection": list(area.tests),
        "timeout_multiplier": 3.0,
        "use_git_change_detection": False,
    }
    settings = "\n".join(f"{name} = {_toml(value)}" for name, value in options.items())
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (copy / "pyproject.toml").write_text(f"{project}\n[tool.mutmut]\n{settings}\n", encoding="utf-8")
    return copy


def _toml(value: object) -> str:
    return json.dumps(value)  # of strings, numbers, truth values and lists of them, both write the same


def run(area: Area, jobs: int) -> list[dict[str, str]]:
    """Every mutant of an area, with what became of it. Raises `SystemExit` when mutmut cannot do its work."""
    copy = prepare(area)
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tools.mutation", "--max-children", str(jobs)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": f"{copy / 'mutants/src'}:{copy}", "PYTHONDONTWRITEBYTECODE": "1"},  # noqa: TID251 - a child needs the environment
        stdout=(copy / "output").open("w"),
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"mutmut ended with {done.returncode}; what it said is in {copy / 'output'}")
    found: list[dict[str, str]] = json.loads((copy / "results.json").read_text(encoding="utf-8"))
    return found


def row(area: Area, found: list[dict[str, str]]) -> tuple[str, bool]:
    """A line of the table, and whether the area meets its target. A mutant that no test reaches has survived."""
    count = Counter(each["status"] for each in found)
    killed, timeout, alone = count.pop("killed", 0), count.pop("timeout", 0), count.pop("no tests", 0)
    survived = sum(count.values())
    share = 100 * (killed + timeout) / len(found) if found else 0.0
    met = share >= area.target
    counts = f"{area.name:<10}{len(found):>8}{killed:>8}{timeout:>9}{survived:>10}{alone:>10}"
    return f"{counts}{share:>8.1f} %{area.target:>7.0f} %  {'met' if met else 'MISSED'}", met


def change(mutant: dict[str, str]) -> str:
    """The heading and the lines that tell a mutant from all others, whatever number it has today."""
    function = re.sub(r"x_?(?:ǁ)?", "", mutant["name"].rpartition("__mutmut_")[0].rpartition(".")[2]).replace("ǁ", ".")
    lines = [line for line in mutant["diff"].splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
    module = mutant["file"].removeprefix("src/pratique/")
    return f"### `{module}`: `{function}`\n\n```diff\n" + "\n".join(lines) + "\n```\n"


def reasons(page: str) -> dict[str, str]:
    """What was written below each change."""
    found = re.findall(r"^(### .*?^```\n)\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return {heading: text.strip() for heading, text in found}


def write_survivors(survived: dict[str, list[dict[str, str]]]) -> int:
    """Write the page of survivors of the areas that were run; how many have no reason yet. Others stay as they are."""
    page = SURVIVORS.read_text(encoding="utf-8") if SURVIVORS.exists() else ""
    known, parts, open_count = reasons(page), [_HEAD], 0
    for area in AREAS:
        if area.name in survived:
            changes = sorted({change(mutant) for mutant in survived[area.name]})
            texts = [f"{each}\n{known.get(each, _UNREASONED)}\n" for each in changes]
            open_count += sum(text.endswith(f"{_UNREASONED}\n") for text in texts)
            parts.append(f"## {area.name}\n\n" + "\n".join(texts))
        elif section := re.search(rf"^## {area.name}\n.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL):
            parts.append(section.group().rstrip("\n") + "\n")
    SURVIVORS.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts), encoding="utf-8")
    return open_count


def main() -> None:
    """Run what was named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(area.name for area in AREAS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="tests at the same time; all processors")
    options = parser.parse_args()
    chosen = options.areas or [area.name for area in AREAS]
    unknown = set(chosen) - {area.name for area in AREAS}
    if unknown:
        raise SystemExit(f"no such area: {', '.join(sorted(unknown))}")
    print(
        f"{'area':<10}{'mutants':>8}{'killed':>8}{'timeout':>9}{'survived':>10}{'no tests':>10}{'dead':>10}{'target':>9}"
    )
    survived, good = {}, True
    for area in AREAS:
        if area.name in chosen:
            found = run(area, options.jobs)
            line, met = row(area, found)
            print(line, flush=True)
            good &= met
            survived[area.name] = [each for each in found if each["status"] not in {"killed", "timeout"}]
    left = write_survivors(survived)
    print(f"survivors: {SURVIVORS.relative_to(ROOT)}, {left} of them without a reason")
    sys.exit(not good)


if __name__ == "__main__":
    main()
