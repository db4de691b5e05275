"""Every detection rule left out in turn: some test has to notice, or nothing would when it is lost.

`python -m tools.known_mutants --rules [RULE ...]`. Each time a process of its own has a registry without the rule, before
anything else has read it; the project's files stay as they are. What tests compare with generated pages does not count.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from pratique.facts.scan import languages  # noqa: F401 - what takes long to load, once for every process
from pratique.facts.scan import rules as registry

ROOT: Final = Path(__file__).resolve().parent.parent
_ROWS: Final = "tests/facts/test_labels_of_rules.py"
_EXAMPLES: Final = "tests/facts/test_language_examples.py"
_FOLDER: Final = ROOT / "tests/facts/examples"
TESTS: Final = (
    "tests/facts/test_package_rules.py",
    "tests/facts/test_startup_hook.py",
    "tests/facts/test_encoded_payload.py",
    "tests/facts/test_indicators.py",
    "tests/tools/test_attacks_page.py",
)
"""The quick ones that say nowhere of which rule they are. Those of the pages go by the registry, and miss none."""
_GENERATED: Final = "tests/tools/test_attacks_page.py::test_the_page_says_what_the_scanner_sees"
UNNOTICED: Final = "UNNOTICED"


class _First:
    """Remembers the first test that failed, and what kept tests from being run."""

    def __init__(self) -> None:
        self.failed = ""
        self.broken = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test is over."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file has been read."""
        if report.failed and not self.broken:
            self.broken = report.nodeid


def noticed(rule: str) -> str:
    """The test that fails without a rule: of the rows and examples that name it, or of the others."""
    answer = failing(rule, (_ROWS, _EXAMPLES, "-k", " or ".join((rule, *_examples_of(rule)))))
    return answer if answer.startswith("tests/") else failing(rule, TESTS)


def failing(rule: str, tests: Sequence[str]) -> str:
    """The first of some tests that fails without a rule, in a process of its own; `UNNOTICED`, or `NOT TESTED` and why.

    An empty `rule` leaves out none; `tests` may be options of pytest.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = "NOT TESTED: its process ended"
        try:
            os.close(reading)
            said = _tested(rule, tests)
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return answer


def _examples_of(rule: str) -> list[str]:
    """How tests of the examples are called that expect a rule."""
    word = re.compile(rf"expect: [^|]*\b{rule}\b(?!-)")
    paths = sorted(path for path in _FOLDER.glob("*/*") if path.is_file())
    return [f"{path.parent.name}/{path.name}" for path in paths if word.search(path.read_text().partition("\n")[0])][:1]


def _tested(rule: str, tests: Sequence[str]) -> str:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (1, 2):
        os.dup2(null, standard)
    registry.RULES = tuple(each for each in registry.RULES if each.id != rule)
    first = _First()
    options = [
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        f"--deselect={_GENERATED}",
    ]
    os.chdir(ROOT)
    code = pytest.main([*options, *tests], plugins=[first])
    if first.broken or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return f"NOT TESTED: {first.broken or code}"
    return first.failed or UNNOTICED


def leave_out(chosen: Sequence[str]) -> bool:
    """Leave out each rule, or those that are named, and print who noticed; whether all were missed.

    Raises `SystemExit` for a rule that is not there, and where a test fails in any case.
    """
    ids = [each.id for each in registry.RULES]
    unknown = set(chosen) - set(ids)
    if unknown:
        raise SystemExit(f"no such rule: {', '.join(sorted(unknown))}")
    answers = {}
    for rule in chosen or ids:
        answers[rule] = noticed(rule)
        print(f"{rule:<24} {answers[rule]}", flush=True)
    missed = [answer for answer in answers.values() if answer.startswith("tests/")]
    if missed and (failed := failing("", missed)) != UNNOTICED:
        raise SystemExit(f"{failed} fails with every rule there: make test")
    print(f"{len(missed)} of {len(answers)} rules are missed when they are left out")
    return len(missed) == len(answers)
