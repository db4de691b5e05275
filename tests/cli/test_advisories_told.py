"""Advisories on the command line: read, shown, audited, and every mistake with what to do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HOLE = {
    "id": "PYSEC-2026-7",
    "aliases": ["CVE-2026-7"],
    "modified": "2026-01-01T00:00:00Z",
    "summary": "It lets others in.",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "demolook"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2"}]}],
        }
    ],
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PRATIQUE_HOME": str(tmp_path / "home")}  # noqa: TID251 - a child needs the environment
        return subprocess.run(
            [sys.executable, "-m", "pratique", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def test_a_feed_is_read_shown_and_audited_against(run: Run, tmp_path: Path) -> None:
    (tmp_path / "feed").mkdir()
    (tmp_path / "feed" / "a.json").write_text(json.dumps(HOLE), encoding="utf-8")
    (tmp_path / "feed" / "b.json").write_text("{", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("demolook==1.0\nDemoLook==2.1\nother==1.0\nloose\n", encoding="utf-8")
    assert run("advisories", "show").stdout.startswith("No feed was imported")
    missing = run("audit", "-r", "requirements.txt")
    assert (missing.returncode, "pratique advisories import" in missing.stderr) == (12, True)

    done = run("advisories", "import", "feed")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("feed: 1 records, 1 new, 0 other, 0 gone\n  1 could not be read")
    assert "b.json is no OSV record" in done.stdout
    assert "1 records" in run("advisories", "show").stdout
    shown = run("advisories", "show", "CVE-2026-7")
    assert "PYSEC-2026-7, CVE-2026-7   unrated   (feed)\n    It lets others in." in shown.stdout
    assert run("advisories", "show", "DemoLook").stdout == shown.stdout
    assert run("advisories", "show", "DemoLook", "--at", "2020-01-01").returncode == 1

    audited = run("audit", "-r", "requirements.txt")
    assert audited.returncode == 1
    assert audited.stdout.startswith("2 of 3 releases of requirements.txt: 2 known against them, as of ")
    assert "  PYSEC-2026-7 (not rated)             fixed in 1.2\n" in audited.stdout
    assert "  do     take demolook 1.2 or later\n" in audited.stdout
    assert "  do     look whether another project does the work" in audited.stdout
    assert "1 could not be looked up:\n  loose  no exact version is named (requirements.txt:4)" in audited.stdout
    told = json.loads(run("audit", "-r", "requirements.txt", "--json").stdout)
    assert [each["use"] for each in told["concerns"]] == ["1.2", None]

    synced = json.loads(run("advisories", "sync", "--json").stdout)
    assert (synced["feeds"][0]["added"], synced["advised"]) == (0, [])
    assert run("advisories", "drop", "feed").stdout == "dropped feed: 1 records\n"
    assert run("audit", "-r", "requirements.txt").returncode == 12


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("advisories", "import", "nowhere"), 12, "is it there"),
        (("advisories", "import", "."), 2, "holds no record"),
        (("advisories", "import", "http://127.0.0.1:9/all.zip"), 12, "index of advisories"),
        (("advisories", "sync"), 1, "pratique advisories import"),
        (("advisories", "drop", "x"), 1, "no feed is called x"),
        (("advisories", "show", "x"), 12, "pratique advisories import"),
        (("advisories", "show", "x", "--at", "soon"), 2, "soon is no moment"),
        (("audit", "gone.txt"), 1, "gone.txt cannot be read"),
        (("audit", "."), 1, "no lock file"),
    ],
)
def test_mistakes_say_what_to_do(run: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = run(*arguments)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.stderr


def test_an_environment_is_audited_by_its_folder(run: Run, tmp_path: Path) -> None:
    site = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages"
    info = site / "demolook-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demolook\nVersion: 1.0\n", encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(HOLE), encoding="utf-8")
    run("advisories", "import", "a.json")
    done = run("audit", "--prefix", ".venv")
    assert (done.returncode, "demolook 1.0" in done.stdout) == (1, True), done.stderr


def test_what_is_used_in_attacks_is_told_with_the_vulnerability(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(HOLE), encoding="utf-8")
    (tmp_path / "kev.json").write_text('{"vulnerabilities": [{"cveID": "CVE-2026-7"}]}', encoding="utf-8")
    (tmp_path / "r.txt").write_text("demolook==1.0\n", encoding="utf-8")
    run("advisories", "import", "a.json")
    assert run("advisories", "signals", "kev.json").stdout == "1 vulnerabilities are told of\n"
    done = run("audit", "-r", "r.txt")
    assert "PYSEC-2026-7 (not rated, used in attacks)" in done.stdout
    assert done.stdout.count("held     demolook 1.0") == 1
    assert run("advisories", "signals", "a.json").returncode == 2


def test_what_an_organisation_states_settles_what_it_names_and_nothing_else(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(HOLE), encoding="utf-8")
    (tmp_path / "kev.json").write_text('{"vulnerabilities": [{"cveID": "CVE-2026-7"}]}', encoding="utf-8")
    statement = {
        "vulnerability": {"name": "CVE-2026-7"},
        "products": [{"@id": "pkg:pypi/demolook@1.0"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
    }
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Acme", "timestamp": "2026-11-30T10:00:00Z"}
    (tmp_path / "acme.json").write_text(json.dumps({**document, "statements": [statement]}), encoding="utf-8")
    (tmp_path / "r.txt").write_text("demolook==1.0\n", encoding="utf-8")
    (tmp_path / "s.txt").write_text("demolook==1.1\n", encoding="utf-8")
    run("advisories", "import", "a.json")
    run("advisories", "signals", "kev.json")
    assert run("audit", "-r", "r.txt").returncode == 1
    assert run("advisories", "vex", "acme.json").stdout.startswith("acme: 1 records, 1 new")

    done = run("audit", "-r", "r.txt")
    assert (done.returncode, "Nothing is known against 1 release" in done.stdout) == (0, True), done.stdout
    settled = "  demolook 1.0  PYSEC-2026-7 (not rated, used in attacks; not affected, says Acme) (vulnerable_code_not_present)"
    assert settled in done.stdout
    told = json.loads(run("audit", "-r", "r.txt", "--json").stdout)
    assert told["settled"][0]["advisories"][0]["stated"]["status"] == "not_affected"
    assert "held     demolook 1.1" in run("audit", "-r", "s.txt").stdout
    assert "1 documents of statements" in run("advisories", "show").stdout
    shown = run("advisories", "show", "demolook").stdout
    assert "CVE-2026-7   not affected   (acme)\n    1.0: says Acme, vulnerable_code_not_present" in shown

    strict = (
        '[advisories]\nstatements = false\n[malware]\n[withdrawn]\n[fixed-bytes]\n[cooldown]\nworkstation = "3 days"\n'
    )
    (tmp_path / "strict.toml").write_text(strict, encoding="utf-8")
    monkeypatch.setenv("PRATIQUE_POLICY", str(tmp_path / "strict.toml"))
    held = json.loads(run("audit", "-r", "r.txt", "--json").stdout)
    assert ([each["verdict"] for each in held["concerns"]], held["settled"]) == (["held"], [])
    assert run("advisories", "sync").returncode == 0
    (tmp_path / "acme.json").write_text(json.dumps({**document, "statements": [{**statement, "status": "?"}]}))
    broken = run("advisories", "sync")
    assert "acme.json holds no record that can be read" in broken.stderr
    assert run("advisories", "drop", "acme").returncode == 0
    assert run("audit", "-r", "r.txt").returncode == 1
