"""The corpus bench opens what it may, counts what it should, and leaves nothing behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.corpus import benign, malicious, npm
from bench.corpus.git_objects import contents, files_below
from bench.corpus.package import Package, packed, read_rows
from bench.corpus.rates import Rate
from bench.corpus.rule import may_open, share
from bench.corpus.table import table
from bench.corpus.texts import DoesNotOpen, python_of, tokens
from pratique.simulators.wheels import wheel

CORPUS = Path(benign.__file__).parent


@pytest.mark.parametrize(
    ("name", "first", "opens"),
    [
        ("attrs", 0x118EC015, True),
        ("pratique", 0x233BC234, True),
        ("pytest", 0x2B01214D, True),
        ("zope.interface", 0x9FF48D99, False),
        ("wheel", 0xBA599261, False),
        ("requests", 0xEC72420D, False),
    ],
)
def test_the_rule_agrees_with_its_check_vectors(name: str, first: int, opens: bool) -> None:  # noqa: FBT001 - a column of the table
    assert share(name) == first
    assert may_open(name, "2025-12-31T23:59:59+08:00") is opens
    assert not may_open(name, "2026-01-01T00:00:00+00:00")
    assert not may_open(name, None)


def test_a_name_passes_however_it_is_spelled() -> None:
    assert share("Zope_Interface") == share("zope.interface") == share("zope--interface")


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A repository with an archive of an open name, one of a reserved name, and one of an open name that came too late."""
    place = tmp_path / "registry"
    place.mkdir()
    _git(place, "init", "--quiet")
    _added(place, "2024-05-01T12:00:00+0000", "attrs/1.0/attrs-1.0.tar.gz", "requests/1.0/requests-1.0.tar.gz")
    _added(place, "2026-02-01T12:00:00+0000", "pytest/1.0/pytest-1.0.tar.gz", "attrs/note.txt")
    return place / ".git"


def _added(place: Path, date: str, *paths: str) -> None:
    for path in paths:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(f"inert {path}", encoding="utf-8")
    _git(place, "add", ".")
    _git(
        place, "-c", "user.name=A", "-c", "user.email=a@example.invalid", "commit", "--quiet", "-m", "x", "--date", date
    )


def _git(place: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(place), *arguments], check=True)


def test_only_archives_that_may_be_opened_are_listed(registry: Path) -> None:
    found = malicious.open_archives(registry)
    assert [(path, date) for path, _, date in found] == [("attrs/1.0/attrs-1.0.tar.gz", "2024-05-01T12:00:00+00:00")]
    assert [path for path, _ in files_below(registry, ["attrs"])] == ["attrs/1.0/attrs-1.0.tar.gz", "attrs/note.txt"]


def test_samples_are_read_from_the_repository_and_a_reserved_one_is_refused(registry: Path, tmp_path: Path) -> None:
    (path, each, date), *_ = malicious.open_archives(registry)
    line = {"object": each, "path": path, "name": "attrs", "added": date, "cluster": 0, "leader": True, "error": ""}
    index = tmp_path / malicious.INDEX
    index.write_text(json.dumps(line) + "\n", encoding="utf-8")
    (sample,) = malicious.samples(tmp_path, registry)
    assert sample == malicious.Sample("attrs", "attrs-1.0.tar.gz", date, 0, True, f"inert {path}".encode())
    for reserved in ({"added": "2026-02-01"}, {"name": "requests"}, {"name": "requests", "path": "requests/x.zip"}):
        index.write_text(json.dumps(line | reserved) + "\n", encoding="utf-8")
        with pytest.raises(ValueError, match="reserved"):
            list(malicious.samples(tmp_path, registry))


def test_an_object_that_the_copy_lacks_is_none_and_the_next_is_read_all_the_same(registry: Path) -> None:
    (_, each, _), *_ = malicious.open_archives(registry)
    found = dict(contents(registry, ["0" * 40, each]))
    assert found == {"0" * 40: None, each: b"inert attrs/1.0/attrs-1.0.tar.gz"}


def test_two_copies_that_differ_in_name_version_and_literals_have_the_same_tokens() -> None:
    one = tokens('setup(name="one-look", version="1.0")  # one\nimport one_look\nx = 10', "one-look", "1.0")
    other = tokens("setup(name='two-look', version='''2''')\nimport two_look\nx = 10", "two-look", "2")
    assert list(one) == list(other)
    assert list(tokens("import two_look", "one-look", "1.0")) == ["import", "two_look"]


def test_python_is_read_from_a_packed_archive_and_what_does_not_open_says_so() -> None:
    filename, data = wheel("look", "1.0", {"look/__init__.py": "x = 1\n", "look/data.bin": "y"})
    assert [path for path, _ in python_of(filename, data)] == ["look/__init__.py"]
    with pytest.raises(DoesNotOpen):
        python_of(filename, data[: len(data) // 2])
    with pytest.raises(DoesNotOpen):
        python_of("look-1.0.tar.gz", b"nothing")


def test_the_committed_lists_are_on_their_side_of_the_rule() -> None:
    looked_at = benign.read_list(benign.OPEN_LIST, is_open=True)
    held_out = benign.read_list(benign.HELD_OUT_LIST, is_open=False)
    assert len(looked_at) >= 1000
    assert len(held_out) <= 600
    assert len(npm.read_list()) == 500
    for lines in (looked_at, held_out, npm.read_list()):
        assert len({each.filename for each in lines}) == len(lines)
    with pytest.raises(ValueError, match="other list"):
        benign.read_list(benign.OPEN_LIST, is_open=False)


def test_a_lock_file_gives_what_has_a_digest_once(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    about = {"version": "1.0.0", "integrity": "sha512-" + "A" * 86 + "=="}
    packages = {"": {}, "node_modules/a": about, "node_modules/b/node_modules/a": about, "node_modules/@s/c": about}
    lock.write_text(json.dumps({"packages": packages | {"own": {"version": "1.0.0"}}}), encoding="utf-8")
    assert [(each.name, each.filename) for each in npm.locked(lock)] == [
        ("@s/c", "s-c-1.0.0.tgz"),
        ("a", "a-1.0.0.tgz"),
    ]
    assert npm.locked(lock)[0].sha512 == "00" * 64


def test_rates_have_wilson_intervals() -> None:
    assert str(Rate(361, 540)) == "66.9 (62.8-70.7)"
    assert str(Rate(0, 284)) == "0.0 (0.0-1.3)"
    assert str(Rate(0, 0)) == "-"


def test_a_packed_archive_is_gone_afterwards(tmp_path: Path) -> None:
    package = Package("benign", "look", "look-1.0-py3-none-any.whl", "wheel", "", b"inert")
    with packed(package, tmp_path) as path:
        assert path.read_bytes() == b"inert"
    with pytest.raises(ZeroDivisionError), packed(package, tmp_path):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def _row(name: str, group: str, **said: object) -> str:
    about = {
        "key": f"{group}/{name}",
        "name": name[0],
        "group": group,
        "kind": "sdist",
        "added": "2024-01-01" if group == "malicious" else "",
    }
    return json.dumps(about | {"cpu_seconds": 0.5, "rss_bytes": 2_000_000, "error": "", "score": None} | said) + "\n"


def test_the_table_has_each_tool_at_its_point_and_what_was_not_understood_is_no_alarm(tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "pratique.jsonl").write_text(
        _row("a", "malicious", verdict="malicious", cv_verdict="clean")
        + _row("b", "malicious", verdict="suspicious")
        + _row("c", "malicious", verdict="unknown", error="it ended with 1")
        + _row("d", "benign", verdict="clean")
        + _row("d-wheel", "benign", verdict="malicious")
        + _row("e", "benign", verdict="clean"),
        encoding="utf-8",
    )
    (results / "guarddog.jsonl").write_text(_row("a", "malicious", score=5.0) + _row("d", "benign", score=4.9), "utf-8")
    text = "\n".join(table(tmp_path, "pratique"))
    recall, _, rest = text.partition("  wheels")
    lines = [" ".join(line.split()) for line in recall.splitlines()]
    assert lines[0].endswith("(n = 3)")
    assert lines[1].startswith("Pratique malicious 1 of 3 33.3")
    assert lines[2].startswith("Pratique suspicious+ 2 of 3 66.7")
    assert lines[3].startswith("cross-val. malicious 0 of 1 0.0")
    assert lines[5].startswith("GuardDog >= 5 1 of 1 100.0")
    assert "hexora" not in recall
    assert "1 of 3 33.3 (6.1-79.2) by project 50.0 (9.5-90.5)" in " ".join(rest.split())
    assert "GuardDog >= 5                 0 of 1" in rest
    cost = next(line for line in text.splitlines() if line.startswith("  pratique malicious (3)"))
    assert cost.split()[3:] == ["0.500", "0.500", "0.500", "0.50", "2", "2", "1"]


def test_a_line_of_results_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"key": "a"}\n{"key": "b', encoding="utf-8")
    assert read_rows(path) == [{"key": "a"}]
    assert read_rows(tmp_path / "none.jsonl") == []


def _answers(command: list[str], *asked: object) -> list[dict[str, object]]:
    text = "".join(json.dumps(each) + "\n" for each in asked)
    ended = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_warm_look_forks_for_each_package_and_survives_what_a_tool_does(tmp_path: Path) -> None:
    look, private = tmp_path / "look.py", tmp_path / "private"
    private.mkdir()
    look.write_text(
        '"""A tool."""\nimport os, pathlib\ndef look(path, ecosystem, folder):\n    print("noise")\n'
        '    pathlib.Path(folder, "left").write_text("x")\n    if path == "dies":\n        os._exit(3)\n'
        '    return {"score": 1 / int(path), "ecosystem": ecosystem}\n',
        encoding="utf-8",
    )
    command = [sys.executable, str(CORPUS / "warm.py"), str(look), str(private)]
    asked = [{"path": path, "ecosystem": "npm"} for path in ("2", "0", "dies")]
    good, bad, died = _answers(command, *asked)
    assert good["result"] == {"score": 0.5, "ecosystem": "npm"}
    assert str(bad["error"]).startswith("ZeroDivisionError")
    assert died["error"] == "the child ended with status 768"
    assert int(str(good["rss_bytes"])) > 1_000_000
    assert list(private.iterdir()) == []


def test_a_command_is_measured_from_a_small_process(tmp_path: Path) -> None:
    printed = tmp_path / "printed"
    command = [sys.executable, "-I", "-S", str(CORPUS / "launcher.py")]
    script = "import os; print(os.environ['TMPDIR']); sum(range(3_000_000)); raise SystemExit(4)"
    asked = {"command": [sys.executable, "-c", script], "printed": str(printed), "folder": str(tmp_path)}
    (told,) = _answers(command, asked)
    assert told["status"] == 4
    assert printed.read_text(encoding="utf-8") == f"{tmp_path}\n"
    assert 0.01 < float(str(told["cpu_seconds"])) < 10
    (missing,) = _answers(command, asked | {"command": ["no-such-command-look"]})
    assert missing["status"] == 127
