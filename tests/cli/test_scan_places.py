"""`pratique scan` of what is no file: a release of an index, and an environment."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pratique.simulators.wheels import sdist, wheel
from tests.adapters.fake_environment import FakeEnvironment

Run = Callable[..., "subprocess.CompletedProcess[str]"]
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


class Quiet(SimpleHTTPRequestHandler):
    """A folder over HTTP."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """The Simple API of an index with one project (PEP 503)."""
    page = tmp_path / "index/simple/runlook"
    page.mkdir(parents=True)
    lines = []
    for name, data in (wheel("runlook", "1.0", {"runlook/__init__.py": RUNS}), sdist("runlook", "1.0")):
        (page / name).write_bytes(data)
        lines.append(f'<a href="{name}#sha256={hashlib.sha256(data).hexdigest()}">{name}</a>')
    (page / "index.html").write_text("<!DOCTYPE html><html><body>" + "".join(lines) + "</body></html>")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "index")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple/"
        server.shutdown()


def test_the_files_of_a_release_are_fetched_by_the_gates_own_client(run: Run, index: str) -> None:
    here = {"PRATIQUE_INDEX__PUBLIC__URL": index}
    done = run("pkg:pypi/runlook@1.0", "--json", **here)
    assert done.returncode == 10, done.stderr
    told = {each["path"]: each for each in json.loads(done.stdout)["artifacts"]}
    assert {path: each["verdict"] for path, each in told.items()} == {
        "runlook-1.0-py3-none-any.whl": "suspicious",
        "runlook-1.0.tar.gz": "clean",
    }
    name = next(each["id"] for each in told["runlook-1.0-py3-none-any.whl"]["findings"] if each["path"])
    assert "code.exec" in run("--why", name, **here).stdout, "the file is kept by its digest"
    one = run("pkg:pypi/runlook@1.0?file_name=runlook-1.0.tar.gz", **here)
    assert (one.returncode, one.stdout.split(" ")[0]) == (0, "1")
    assert run("pkg:pypi/runlook@2.0", **here).returncode == 1


def test_an_environment_is_told_by_its_distributions(run: Run, tmp_path: Path) -> None:
    fake = FakeEnvironment(tmp_path / ".venv")
    fake.install("calmlook", commands={"calm": "calmlook:VERSION"})
    fake.install("runlook", files={"runlook/__init__.py": RUNS})
    nowhere = {"VIRTUAL_ENV": "", "CONDA_PREFIX": ""}
    done = run("--installed", **nowhere)
    assert done.returncode == 10, done.stderr
    assert done.stdout.startswith(
        "3 packages of .venv looked into: 0 malicious, 1 suspicious, 2 clean, 0 could not be read\n"
    )
    place = f".venv/lib/{fake.site.parent.name}/site-packages/runlook/__init__.py:3"
    (line,) = (line for line in done.stdout.splitlines() if place in line)
    assert "code.exec" in run("--why", line.split()[-1], **nowhere).stdout
    again = run("--python", str(fake.commands / "python"), "--json", **nowhere)
    assert {each["path"]: each["verdict"] for each in json.loads(again.stdout)["artifacts"]} == {
        "calmlook 1.0": "clean",
        "runlook 1.0": "suspicious",
        "what belongs to no distribution": "clean",
    }
    (fake.site / "runlook/__init__.py").write_text("A = 1\n")
    assert "altered-file" in run("--prefix", ".venv", **nowhere).stdout
