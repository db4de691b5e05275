"""The command line as a person types it: real processes, a home of their own."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.app import open_world
from pratique.flow.gate.admit import admit
from pratique.flow.requester import FileRequest, Requester
from pratique.here import person
from pratique.model.event import Requested
from pratique.model.scope import Scope
from pratique.record.entry import Entry
from pratique.settings import Settings
from pratique.simulators.clock import SimulatedClock
from pratique.simulators.upstream import SimulatedIndex, SimulatedUpstream
from pratique.simulators.wheels import wheel
from tests.conftest import DAY, NOW

Run = Callable[..., "subprocess.CompletedProcess[str]"]


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
            timeout=60,
        )

    return run


def test_help_names_every_verb_and_imports_none_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pratique", "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for verb in (
        "pip",
        "uv",
        "poetry",
        "serve",
        "explain",
        "evidence",
        "log",
        "policy",
        "waive",
        "token",
        "drill",
        "forget",
        "seen",
        "who",
    ):
        assert f"\n  {verb} " in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & {"aiohttp", "apsw", "cel_expr_python", "msgspec", "cryptography", "asyncio"}


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").stdout.startswith("pratique 0.")


def test_a_condition_is_explained_without_a_ledger(run: Run) -> None:
    assert run("explain", "cooldown").stdout.startswith("# cooldown")
    assert json.loads(run("explain", "cooldown", "--json").stdout)["condition"] == "cooldown"


def test_an_unknown_decision_is_one_clear_line(run: Run) -> None:
    done = run("explain", "7F3K2QXD9V0W1Y2Z")
    assert done.returncode == 1
    assert done.stderr == (
        "pratique: the ledger holds no decision 7F3K2QXD9V0W1Y2Z\n  do  pratique log tail shows the newest ones\n"
    )


def test_the_policy_is_checked_tested_and_shown(run: Run, tmp_path: Path) -> None:
    assert run("policy", "check").stdout.startswith("valid: 12 conditions")
    assert run("policy", "test").stdout.endswith("tests, 0 failed\n")
    assert json.loads(run("policy", "show", "--json").stdout)["scopes"]["ci"] == "enforce"
    broken = tmp_path / "broken.toml"
    broken.write_text('[cooldown]\nworkstation = "soon"\n[withdraw]\n', encoding="utf-8")
    done = run("policy", "check", str(broken))
    assert done.returncode == 2
    assert f"{broken}:2: " in done.stdout
    assert f"{broken}:3: unknown key `withdraw`; did you mean `withdrawn`?" in done.stdout
    failing = tmp_path / "failing.toml"
    failing.write_text(
        '[malware]\n[fixed-bytes]\n[[test]]\nname = "no"\nexpect = { verdict = "deny" }\n', encoding="utf-8"
    )
    done = run("policy", "test", str(failing))
    assert (done.returncode, "FAILED  no: expected deny, got allow" in done.stdout) == (1, True)


def test_the_ledger_is_verified_proven_and_taken_away(run: Run, tmp_path: Path) -> None:
    run("token", "farm", "--scope", "ci")
    waived = run("waive", "--condition", "cooldown", "--package", "pkg:pypi/example", "--reason", "we looked at it")
    assert "cooldown is lifted for pkg:pypi/example" in waived.stdout
    assert "waived" in run("log", "tail").stdout
    assert run("log", "verify").stdout.startswith("intact: 2 entries")
    assert json.loads(run("log", "show", "0", "--json").stdout)["event"]["holder"]["kind"] == "service"
    assert "entry 0 is in the ledger of 2 entries" in run("log", "prove", "0").stdout
    assert run("log", "export", "away").returncode == 0
    verified = subprocess.run(
        [sys.executable, "away/pratique_verify.py", "away", "--key", "away/key"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "2 entries" in verified.stdout


def test_whatever_a_refusal_tells_to_explain_is_explained(run: Run, tmp_path: Path) -> None:
    assert run("explain", "cooldown").stdout.startswith("# cooldown")
    assert run("explain", "startup-hook").stdout.startswith("# startup-hook")
    own = tmp_path / "own.toml"
    rule = '[[rule]]\nid = "no-previews"\nwhen = "false"\nthen = "hold"\nwhy = "Previews wait."\nuse = "the release"\n'
    own.write_text(f"[malware]\n[fixed-bytes]\n{rule}", encoding="utf-8")
    told = run("explain", "no-previews", PRATIQUE_POLICY=str(own)).stdout
    assert told.startswith("# no-previews\n\nPreviews wait.\n")
    assert "**Use.** the release" in told
    unknown = run("explain", "no-such-thing")
    assert (unknown.returncode, "pratique log tail" in unknown.stderr) == (1, True)


def test_what_cannot_be_waived_is_not(run: Run) -> None:
    done = run("waive", "--condition", "fixed-bytes", "--package", "pkg:pypi/example", "--reason", "x")
    assert (done.returncode, "fixed-bytes cannot be waived" in done.stderr) == (2, True)


async def test_a_decision_that_nobody_may_lift_grants_no_waiver(run: Run, tmp_path: Path) -> None:
    clock = SimulatedClock(NOW)
    index = SimulatedIndex(clock)
    for name, files in (("hooklook", {"hooklook.pth": "import os; os.system('true')\n"}), ("newlook", {})):
        index.add(name, wheel(name, "1.0", files), NOW - (400 if files else 1) * DAY)
    settings = Settings(home=str(tmp_path / "home"))
    asked: dict[str, str] = {}
    async with open_world(settings, clock=clock, upstreams={"public": SimulatedUpstream("public", index)}) as world:
        for filename, hosted in index.files.items():
            requester = Requester(Scope(world.scope), person())
            admission = await admit(world, FileRequest(requester, "public", hosted.path, Requested.FILE))
            asked[filename.partition("-")[0]] = admission.judged.id
    done = await asyncio.to_thread(run, "waive", asked["hooklook"], "--reason", "x")
    assert done.returncode == 2
    assert "nobody may lift what malware says of hooklook 1.0" in done.stderr
    assert f"pratique explain {asked['hooklook']}" in done.stderr
    done = await asyncio.to_thread(run, "waive", asked["newlook"], "--reason", "x")
    assert (done.returncode, "cooldown is lifted for pkg:pypi/newlook" in done.stdout) == (0, True)


def test_tokens_are_shown_once_and_withdrawn(run: Run) -> None:
    secret = json.loads(run("token", "farm", "--scope", "ci", "--json").stdout)["token"]
    listed = run("token", "--list").stdout
    assert "farm" in listed
    assert secret not in listed
    assert run("token", "--withdraw", "farm").returncode == 0
    assert run("token", "--list").stdout == "No tokens.\n"


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        (
            {"PRATIQUE_SERVER__PUBLIC_URL": "https://gate.example/pratique/"},
            "https://token:{}@gate.example/pratique/simple/",
        ),
        ({"PRATIQUE_SERVER__PORT": "9000"}, "http://token:{}@127.0.0.1:9000/simple/"),
        ({"PRATIQUE_SERVER__HOST": "::1"}, "http://token:{}@[::1]:8470/simple/"),
    ],
)
def test_a_token_comes_with_the_url_it_is_for(run: Run, variables: dict[str, str], url: str) -> None:
    told = json.loads(run("token", "farm", "--scope", "ci", "--json", **variables).stdout)
    assert told["url"] == url.format(told["token"])


def test_who_is_to_be_forgotten_is_looked_for_before_it_is_asked(run: Run) -> None:
    done = run("forget", "nobody.of.this.name")
    assert (done.returncode, "nobody.of.this.name" in done.stderr, "Go on?" in done.stderr) == (1, True, False)


def test_a_person_is_forgotten_once_nothing_in_force_bears_the_name(run: Run) -> None:
    lifted = ("--condition", "cooldown", "--package", "pkg:pypi/example", "--reason", "x", "--owner", "alice")
    granted = json.loads(run("waive", *lifted, "--json").stdout)["id"]
    assert "alice" in run("forget", "--list").stdout.splitlines()
    done = run("forget", "alice", "--yes")
    assert (done.returncode, f"pratique waive --revoke {granted}" in done.stderr) == (2, True)
    run("waive", "--revoke", granted)
    asked = run("forget", "alice")
    assert (asked.returncode, "for good" in asked.stderr) == (1, True)
    assert run("forget", "alice", "--yes").stdout == "alice is forgotten; entry 2 says so without the name\n"
    assert "alice" not in run("forget", "--list").stdout.splitlines()
    assert run("log", "verify").stdout.startswith("intact: 3 entries")


def test_settings_that_are_wrong_are_named(run: Run) -> None:
    done = run("log", "tail", PRATIQUE_SERVER__PORT="many")
    assert (done.returncode, "PRATIQUE_SERVER__PORT: `server.port`" in done.stderr) == (2, True)


def test_shells_complete(run: Run) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_PRATIQUE_COMPLETE" in run("completion", shell).stdout


def test_a_gate_does_not_open_on_a_ledger_that_was_rolled_back(run: Run, tmp_path: Path) -> None:
    def opening() -> "subprocess.CompletedProcess[str]":
        """A command that fetches something, from an index where nobody listens."""
        nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple/", "PIP_RETRIES": "0"}
        return run("pip", "download", "nobody-has-this", **nowhere)

    assert "rolled-back" not in opening().stderr
    home = tmp_path / "home"
    old = {path.name: path.read_bytes() for path in home.glob("ledger.sqlite*")}
    run("token", "farm")
    assert "rolled-back" not in opening().stderr
    for path in home.glob("ledger.sqlite*"):
        path.unlink()
    for name, content in old.items():
        (home / name).write_bytes(content)
    done = opening()
    assert done.returncode == 12
    assert "pratique: rolled-back: the ledger once had 3 entries" in done.stderr
    assert "  do  keep the files as they are and tell security" in done.stderr
    done = run("log", "verify")
    assert (done.returncode, "damage  rolled-back: " in done.stdout) == (11, True)


def test_the_record_is_read_found_and_asked_who_is_behind_it(run: Run) -> None:
    run("token", "farm", "--scope", "ci")
    run("waive", "--condition", "cooldown", "--package", "pkg:pypi/example", "--reason", "we looked at it")
    lines = [json.loads(line) for line in run("log", "tail", "--json").stdout.splitlines()]
    assert [line["event"]["type"] for line in lines] == ["token-issued", "waived"]
    assert [line["event"]["v"] for line in lines] == [1, 1]
    assert all(line["event"]["machine"] and line["event"]["engine"].startswith("pratique/") for line in lines)
    holder = lines[0]["event"]["holder"]["name"]
    assert run("who", holder).stdout == "farm\n"
    assert "looked-up" in run("log", "find", "--since", "2020-01-01").stdout
    assert run("log", "find", "--scope", "ci", "--json").stdout.count("\n") == 1
    assert run("log", "find", "--package", "requests==1.0").stdout == "No entry fits.\n"
    assert (run("who", "0" * 32).returncode, run("seen", "pkg:pypi/six@1.0").returncode) == (1, 1)
    shown = run("log", "show", "1").stdout
    assert "Waived" in shown
    assert "{" not in shown
    assert run("log", "find", "--since", "soon").returncode == 2
    first, again = run("log", "verify"), run("log", "verify")
    assert "compared with nothing" in first.stdout
    assert "compared with the checkpoint of 4 entries" in again.stdout
    assert json.loads(run("log", "verify", "--json").stdout)["compared_with"] == 4
    assert run("log", "replay").stdout.startswith("0 decided again, 0 with another answer")


def test_an_entry_that_cannot_be_read_is_shown_as_one_and_breaks_nothing(run: Run, tmp_path: Path) -> None:
    run("token", "farm")

    async def foreign() -> None:
        signer = Ed25519Signer.load_or_create(tmp_path / "home" / "keys" / "ledger.key")
        store = await SqliteStore.open(tmp_path / "home" / "ledger.sqlite", signer)
        await store.commit([Entry(b"\xff no event"), Entry(b'{"v":2,"type":"decided"}')])
        await store.close()

    asyncio.run(foreign())
    told = run("log", "tail")
    assert (told.returncode, told.stdout.count("unreadable"), told.stdout.count("token-issued")) == (0, 2, 1)
    assert [json.loads(line)["event"] is None for line in run("log", "tail", "--json").stdout.splitlines()][1:] == [
        True
    ] * 2
    assert "no event of Pratique" in run("log", "show", "1").stdout
    assert run("log", "verify").stdout.startswith("intact: 3 entries")
