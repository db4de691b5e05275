"""A real environment of 150 packages: looked into without a false alarm, and whatever is changed in it is found."""

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.fake_environment import poison
from tests.journeys.conftest import ROOT, made

pytestmark = pytest.mark.journey

HOOK = "import sys; sys.audit('changed')\n"


@dataclass(frozen=True, slots=True)
class Told:
    """What one run told, and the processor time it took with all its children."""

    code: int
    artifacts: dict[str, Any]
    cpu_seconds: float


@pytest.fixture(scope="module")
def environment(request: pytest.FixtureRequest) -> Path:
    folder = Path(request.config.cache.mkdir("installed"))
    made(folder, "web", "--require-hashes", "-r", str(ROOT / "requirements/installed.txt"))
    return folder / "web"


def scan(prefix: Path, home: Path, *more: str) -> Told:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "pratique", "scan", "--installed", "--prefix", str(prefix), "--json", *more],
        env={**os.environ, "PRATIQUE_HOME": str(home)},  # noqa: TID251 - a child needs the environment
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.stdout, done.stderr
    return Told(done.returncode, {each["path"]: each for each in json.loads(done.stdout)["artifacts"]}, cpu)


def alarms(told: Told) -> set[tuple[str, str]]:
    """What worries: the rule, and the name of the file."""
    return {
        (each["rule"], each["path"].rpartition("/")[2])
        for one in told.artifacts.values()
        for each in one["findings"]
        if each["alarm"] != "none"
    }


def test_a_large_environment_has_no_false_alarm(environment: Path, tmp_path: Path) -> None:
    cold = scan(environment, tmp_path / "home")
    again = scan(environment, tmp_path / "home")
    took = f"{cold.cpu_seconds:.1f} s of processor time, unchanged {again.cpu_seconds:.2f} s"
    sys.stderr.write(f"{len(cold.artifacts)} packages: {took}\n")
    assert len(cold.artifacts) > 150
    assert {path: each["verdict"] for path, each in cold.artifacts.items() if each["verdict"] != "clean"} == {}
    assert (cold.code, again.artifacts) == (0, cold.artifacts)


def test_whatever_is_changed_in_it_is_found(environment: Path, tmp_path: Path) -> None:
    before = alarms(scan(environment, tmp_path / "home"))
    copy = tmp_path / "env"
    shutil.copytree(environment, copy, symlinks=True)
    (site,) = copy.glob("lib/python3*/site-packages")
    (site / "zz_changed.pth").write_text(HOOK)
    (site / "sitecustomize.py").write_text(HOOK)
    (site / "requests/api.py").write_text((site / "requests/api.py").read_text() + "\nCHANGED = True\n")
    poisoned = poison(site / "requests/models.py", "def changed():\n    return 'POISONED'\n")
    after = scan(copy, tmp_path / "home")
    assert after.code >= 10
    assert alarms(after) - before == {
        ("startup-hook", "zz_changed.pth"),
        ("startup-hook", "sitecustomize.py"),
        ("altered-file", "api.py"),
        ("foreign-byte-code", poisoned.name),
    }
