"""`pratique doctor` as a person types it, with a gate that stands."""

import json
import sys
from pathlib import Path

from pratique.adapters.clients.runs import Run
from tests.cli.standing import UV, Standing, account

__all__ = ["account"]

INDEX = "https://index.example/simple/"


def kill(run: Run) -> None:
    """Let go of a run's lock, as the end of its process does."""
    (run.folder / "lock").rename(run.folder / "held")
    (run.folder / "lock").touch()


BARE = {"PATH": str(Path(UV).parent)}


async def test_a_machine_that_is_set_up_is_well_and_what_leads_past_makes_it_otherwise(account: Standing) -> None:
    code, said = await account.pratique("doctor", "--url", account.url, **BARE)
    assert code == 1
    assert (
        "! uv        asks the index that it knows by itself: nobody has told it another\n            do  pratique setup uv"
        in said
    )

    await account.pratique("setup", "--url", account.url, "uv", "pip")
    await account.run(UV, "venv", "--quiet", "--python", sys.executable, ".venv")
    await account.run(UV, "pip", "install", "--no-cache", "parentlook")
    code, said = await account.pratique("doctor", **BARE)
    assert code == 0, said
    assert f"  gate      {account.url} answers" in said
    assert "  pip       asks the gate: index-url in ~/.config/pip/pip.conf:3" in said
    assert "  uv        asks the gate: index in " in said
    assert "  installed the record knows 2 packages in ~/.venv, and each was let in" in said
    assert said.splitlines()[-1] == "Nothing leads past the gate."

    (account.home / "requirements.txt").write_text("a==1\n--extra-index-url https://ann:secret@other.example/simple\n")
    info = next(account.home.glob(".venv/lib/python3*/site-packages")) / "smuggled-6.6.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: smuggled\nVersion: 6.6\n")
    left = account.home / "left.txt"
    begun = Run.begin(
        Path(account.environment["PRATIQUE_HOME"]), left.parent.stat().st_mtime_ns, {"public": INDEX}, [left]
    )
    left.write_text("--index-url http://gate.pratique.invalid/simple/\n")
    kill(begun)
    code, said = await account.pratique("doctor", "--json", **BARE, UV_INDEX="https://more.example/simple")
    wrong = {each["about"]: each for each in json.loads(said)["findings"] if each["state"] == "wrong"}
    assert (code, set(wrong)) == (1, {"pip", "uv", "installed", "runs"})
    assert (wrong["pip"]["place"], wrong["pip"]["line"]) == (str(account.home / "requirements.txt"), 2)
    assert wrong["uv"]["do"] == "unset UV_INDEX"
    assert "smuggled 6.6" in wrong["installed"]["says"]
    assert "secret" not in said
    begun.end()


async def test_a_proxy_that_stands_in_the_way_and_a_ledger_that_was_rolled_back_are_said(account: Standing) -> None:
    await account.pratique("setup", "--url", account.url, "uv")
    ledger = Path(account.environment["PRATIQUE_HOME"])
    code, said = await account.pratique("doctor", HTTP_PROXY="http://proxy.example:3128", **BARE)
    assert code == 1
    assert "! proxy     what clients ask of the gate goes to the proxy http://proxy.example:3128" in said
    assert "it continues what this account saw last" in said
    note = (ledger / "seen/checkpoint").read_text()
    lines = note.split("\n")
    (ledger / "seen/checkpoint").write_text("\n".join([lines[0], str(int(lines[1]) + 7), *lines[2:]]))
    code, said = await account.pratique("doctor", **BARE)
    assert code == 1
    assert "! record" in said


async def test_a_gate_that_does_not_answer_is_said_and_a_record_that_is_elsewhere_is_no_fault(
    account: Standing,
) -> None:
    bare = {**BARE, "PRATIQUE_HOME": str(account.home / "none")}
    code, said = await account.pratique("doctor", "--url", "http://127.0.0.1:9/simple/", **bare)
    assert code == 1
    assert "! gate      http://127.0.0.1:9/simple/: nothing answers there" in said
    assert "  record    there is none in ~/none" in said


async def test_what_a_killed_command_left_is_put_right_when_it_is_asked_for(account: Standing) -> None:
    left = account.home / "left.txt"
    begun = Run.begin(
        Path(account.environment["PRATIQUE_HOME"]), account.home.stat().st_mtime_ns, {"public": INDEX}, [left]
    )
    left.write_text("--index-url http://gate.pratique.invalid/simple/\n")
    assert "runs" not in (await account.pratique("doctor", "--put-right", **BARE))[1]
    assert "gate.pratique.invalid" in left.read_text()
    kill(begun)
    assert "! runs      a wrapped command was killed" in (await account.pratique("doctor", **BARE))[1]
    assert "gate.pratique.invalid" in left.read_text()
    said = (await account.pratique("doctor", "--put-right", **BARE))[1]
    assert left.read_text() == f"--index-url {INDEX}\n"
    assert "! runs" not in said
    begun.end()
