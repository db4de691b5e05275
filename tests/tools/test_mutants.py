"""What `make mutants` and `make known-mutants` do beside running mutmut: which changes they make, and what they write down."""

from pathlib import Path

import libcst as cst
import pytest

from tools import mutants
from tools.known_mutants import Mutant, known, outcome
from tools.mutation import of_arguments, of_bytes, to_be_tested
from tools.without_rules import UNNOTICED, failing, leave_out

LIVING = {
    "name": "pratique.record.tiles.x_grow__mutmut_18",
    "file": "src/pratique/record/tiles.py",
    "status": "survived",
    "diff": "--- src/pratique/record/tiles.py\n+++ src/pratique/record/tiles.py\n def grow():\n-    a = b\n+    a = None",
}
TWIN = {**LIVING, "name": "pratique.record.tiles.x_grow__mutmut_4"}
OTHER = {**LIVING, "diff": "-    c = d\n+    c = None"}


def call(code: str) -> cst.Call:
    return cst.ensure_type(cst.parse_expression(code), cst.Call)


def mutated(code: str) -> set[str]:
    return {cst.Module([]).code_for_node(each) for each in of_arguments(call(code))}


def test_arguments_are_replaced_and_left_out_but_for_those_that_people_read() -> None:
    assert mutated("f(a, b)") == {"f(None, b)", "f(a, None)", "f(b)", "f(a, )"}
    assert mutated('Tampered(code, f"{a} changed", advice=AGAIN)') == {
        'Tampered(None, f"{a} changed", advice=AGAIN)',
        'Tampered(f"{a} changed", advice=AGAIN)',
    }
    assert mutated('InvalidInput("no" " such file")') == set()
    assert mutated('f(b"\\x00")') == {"f(None)"}


def test_literals_of_bytes_are_changed_and_texts_are_not() -> None:
    assert len(list(of_bytes(cst.SimpleString('b"tile"')))) > 1
    assert list(of_bytes(cst.SimpleString('"a message"'))) == []


def test_the_share_counts_what_is_dead_of_all_that_was_changed_also_where_no_test_reaches() -> None:
    area = mutants.Area("x", (), (), 60.0)
    statuses = ["killed", "timeout", "survived", "no tests", "suspicious"]
    line, met = mutants.row(area, [{**LIVING, "status": status} for status in statuses])
    assert line.split() == ["x", "5", "1", "1", "2", "1", "40.0", "%", "60", "%", "MISSED"]
    assert not met
    assert mutants.row(area, [{**LIVING, "status": status} for status in statuses[:3]])[1]


def test_what_an_earlier_run_did_not_kill_is_tested_again() -> None:
    killed, survived, timeout, no_tests = 1, 0, 36, 33
    before = {"a": killed, "b": survived, "c": timeout, "d": no_tests, "e": None}
    assert to_be_tested(before) == {"a": killed, "b": None, "c": None, "d": None, "e": None}


def test_a_reason_stays_with_its_survivor_and_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "survivors.md"
    monkeypatch.setattr(mutants, "SURVIVORS", page)
    assert mutants.write_survivors({"record": [LIVING, TWIN], "policy": [OTHER]}) == 2
    page.write_text(page.read_text().replace("No reason given yet.", "The same, only slower.", 1))
    assert mutants.write_survivors({"record": [TWIN, OTHER]}) == 1
    text = page.read_text()
    assert (
        text.count("### `record/tiles.py`: `grow`\n\n```diff\n-    a = b\n+    a = None\n```\n\nThe same, only slower.")
        == 1
    )
    assert text.index("## record") < text.index("## policy")
    assert mutants.write_survivors({"record": [OTHER], "policy": []}) == 1
    assert "only slower" not in page.read_text()


def test_every_area_names_files_and_tests_that_are_there() -> None:
    for area in mutants.AREAS:
        assert all(any((mutants.ROOT / "src/pratique").glob(glob)) for glob in area.files)
        named = [each.removeprefix("--deselect=").partition("::")[0] for each in area.tests]
        assert all((mutants.ROOT / path).exists() for path in named)


def test_a_known_fault_is_dead_where_a_test_fails_and_nothing_else_counts(tmp_path: Path) -> None:
    package = tmp_path / "src/pratique"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Small."""\n')
    (package / "small.py").write_text('"""Small."""\n\nONE = 1\nTWO = 2\n')
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nmarkers = ["journey"]\n')
    (tmp_path / "test_small.py").write_text(
        "from pratique.small import ONE\n\n\ndef test_one():\n    assert ONE == 1\n"
    )
    (tmp_path / "test_broken.py").write_text("import nothing_of_that_name\n")
    before = (package / "small.py").read_text()
    one = Mutant("one is two", "small.py", "ONE = 1", "ONE = 2", ("test_small.py",))
    assert outcome(tmp_path, one) == "dead"
    assert outcome(tmp_path, Mutant("two is one", "small.py", "TWO = 2", "TWO = 1", ("test_small.py",))) == "SURVIVED"
    assert outcome(tmp_path, Mutant("gone", "small.py", "THREE = 3", "", ("test_small.py",))).startswith("NOT FOUND")
    assert outcome(tmp_path, Mutant("twice", "small.py", "=", "==", ("test_small.py",))).startswith("NOT FOUND")
    assert outcome(tmp_path, Mutant("x", "small.py", "ONE = 1", "ONE = 2", ("test_broken.py",))).startswith(
        "NOT TESTED"
    )
    assert (package / "small.py").read_text() == before


def test_known_faults_are_changes_and_no_two_are_the_same() -> None:
    faults = known()
    assert len(faults) > 15
    assert all(fault.old != fault.new and fault.tests for fault in faults)
    assert len({(fault.file, fault.old, fault.new) for fault in faults}) == len(faults)


def test_a_rule_that_is_left_out_is_missed_by_a_test_that_needs_it(tmp_path: Path) -> None:
    needs = tmp_path / "test_needs.py"
    needs.write_text(
        "from pratique.facts.scan.rules import RULES\n\n\n"
        "def test_miner():\n    assert 'miner' in {each.id for each in RULES}\n"
    )
    broken = tmp_path / "test_broken.py"
    broken.write_text("import nothing_of_that_name\n")
    assert failing("miner", (str(needs),)).endswith("test_needs.py::test_miner")
    assert failing("address-swap", (str(needs),)) == UNNOTICED
    assert failing("", (str(needs),)) == UNNOTICED
    assert failing("miner", (str(broken),)).startswith("NOT TESTED")


def test_what_tests_of_other_rules_say_counts_for_none() -> None:
    with pytest.raises(SystemExit, match="no such rule: nothing-of-that-name"):
        leave_out(["nothing-of-that-name"])
