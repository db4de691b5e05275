"""Commands that fetch nothing run as they are: no gate, nothing written, nothing heavy imported, and no port open to them."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pratique.adapters.clients.quiet import fetches_nothing


@pytest.mark.parametrize(
    ("client", "arguments", "quiet"),
    [
        ("pip", "list", True),
        ("pip", "-q list --format=json", True),
        ("pip", "list --outdated", False),
        ("pip", "list -o", False),
        ("pip", "list --outd", False),
        ("pip", "list -lo", False),
        ("pip", "list --verbose --no-color", True),
        ("pip", "list --help", True),
        ("pip", "--version", True),
        ("pip", "-q", True),
        ("pip", "", True),
        ("pip", "freeze -r r.txt", True),
        ("pip", "--python x list", False),
        ("pip", "install x", False),
        ("pip", "uninstall -y x", True),
        ("pip", "uninstall -r r.txt", False),
        ("pip", "index versions x", False),
        ("uv", "--version", True),
        ("uv", "pip list", True),
        ("uv", "pip list --outdated", False),
        ("uv", "pip show x", True),
        ("uv", "cache dir", True),
        ("uv", "version", True),
        ("uv", "version 2.0", False),
        ("uv", "version --bump minor", False),
        ("uv", "tree", False),
        ("uv", "run list", False),
        ("uv", "tool list", True),
        ("uv", "tool list --outdated", False),
        ("uvx", "--help", True),
        ("uvx", "ruff --help", False),
        ("poetry", "--version", True),
        ("poetry", "show", False),
        ("poetry", "config --list", True),
        ("poetry", "self add x", False),
    ],
)
def test_what_fetches_nothing_is_told_from_its_words(client: str, arguments: str, *, quiet: bool) -> None:
    assert fetches_nothing(client, arguments.split()) is quiet


SHOW = """#!/bin/sh
exec {python} -c '
import os, socket, sys
try:
    socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), timeout=5)
    print("in")
except PermissionError:
    print("walled")
print(*sys.argv[1:])
sys.exit(7)
' "$@"
"""


@pytest.mark.parametrize("client", ["uv", "poetry", "uvx"])
def test_such_a_command_gets_its_own_words_no_gate_and_no_port(client: str, tmp_path: Path) -> None:
    binary = tmp_path / "bin" / client
    binary.parent.mkdir()
    binary.write_text(SHOW.format(python=sys.executable), encoding="utf-8")
    binary.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = {"PATH": f"{binary.parent}{os.pathsep}{os.defpath}", "PORT": str(server.getsockname()[1])}
        home = tmp_path / "home"
        command = [sys.executable, "-X", "importtime", "-m", "pratique", client, "--version"]
        done = subprocess.run(
            command,
            env={**kept, "PRATIQUE_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 7, done.stderr
    assert done.stdout.splitlines()[-1] == "--version"
    assert done.stdout.splitlines()[0] == ("walled" if sys.platform == "linux" else "in")
    assert not home.exists()
    heavy = {"aiohttp", "cryptography", "cel_expr_python", "pratique.app", "asyncio", "packageurl"}
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert imported & heavy == set()


def test_a_scope_that_the_policy_does_not_know_is_said_before_anything_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pratique", "pip", "download", "x"],
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "PRATIQUE_HOME": str(tmp_path),
            "PRATIQUE_SCOPE": "nowhere",
            "PIP_INDEX_URL": "http://127.0.0.1:9/simple/",
            "PIP_CONFIG_FILE": os.devnull,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        "pratique: no scope is called nowhere\n  do  this policy knows: workstation, ci, server"
    )
