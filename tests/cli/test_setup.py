"""`pratique setup` with a gate that stands, and the pip and uv of this environment, each in a home of its own."""

import json
import sys

import pytest

from pratique.simulators.upstream import serving
from tests.cli.standing import Standing, account

__all__ = ["account"]

REFUSED = "the gate stopped pratique-test-refused 1.0, as every gate does. It is a test, and it is passed"


async def test_pip_and_uv_come_through_the_gate_once_they_are_set_up_and_no_longer_after(account: Standing) -> None:
    pip_conf = account.home / ".config/pip/pip.conf"
    pip_conf.parent.mkdir(parents=True)
    pip_conf.write_text("# mine\n[global]\nindex-url = https://index.example/simple/ ; old\ntimeout = 5\n")
    before = account.files()

    code, said = await account.pratique("setup", "--url", account.url, "pip", "uv")
    assert code == 0, said
    assert said.splitlines()[0] == f"The gate is {account.url}, and it answers."
    for client in (account.pip, account.uv):
        assert (await client("parentlook"))[0] == 0
        code, said = await client("pratique-test-refused")
        assert code != 0
        assert REFUSED in " ".join(said.split())
    assert (account.home / "pip-target/parentlook-1.0.dist-info").is_dir()
    assert (account.home / "uv-target/llmlook-1.82.8.dist-info").is_dir()
    code, tail = await account.pratique("log", "find", "--package", "parentlook", "--json")
    assert tail.count("parentlook-1.0-py3-none-any.whl") >= 2
    assert "pratique-test-refused" not in account.index.requests

    asked = len(account.index.requests)
    again = account.files()
    assert "already so" in (await account.pratique("setup", "--url", account.url, "pip", "uv"))[1]
    assert account.files() == again
    code, said = await account.pratique("setup", "--undo")
    assert (code, account.files()) == (0, before), said
    assert (await account.pratique("setup", "--undo"))[1].strip() == "Nothing that setup wrote is remembered."
    assert len(account.index.requests) == asked


async def test_a_dry_run_shows_the_difference_without_secrets_and_writes_nothing(account: Standing) -> None:
    uv_toml = account.home / ".config/uv/uv.toml"
    uv_toml.parent.mkdir(parents=True)
    uv_toml.write_text('[[index]]\nurl = "https://ann:secret@index.example/simple/"\ndefault = true\n')
    before = account.files()
    code, said = await account.pratique("setup", "--url", account.url, "--dry-run", "uv")
    assert code == 0
    assert '-url = "https://***@index.example/simple/"' in said
    assert f'+url = "{account.url}"' in said
    assert "secret" not in said
    assert account.files() == before
    code, told = await account.pratique("setup", "--url", account.url, "--dry-run", "--json", "uv")
    assert json.loads(told)["files"][0] == {
        "client": "uv",
        "file": str(uv_toml),
        "changed": False,
        "would_change": True,
        "index_before": ["https://***@index.example/simple/"],
        "by_hand": False,
    }


async def test_the_gate_asks_the_index_that_this_machine_asked_before(account: Standing) -> None:
    bare = {"PRATIQUE_INDEX__PUBLIC__URL": "", "PRATIQUE_SERVER__PORT": account.url.split(":")[2].split("/")[0]}
    pip_conf = account.home / ".config/pip/pip.conf"
    pip_conf.parent.mkdir(parents=True)
    pip_conf.write_text("[global]\nindex-url = https://index.example/simple/\n")
    code, said = await account.pratique("setup", "pip", **bare)
    assert (code, "it asked https://index.example/simple/ before" in said) == (0, True), said
    code, said = await account.run(
        sys.executable,
        "-c",
        "from pratique.here import indexes_of, settings_here; print(indexes_of(settings_here())['public'])",
        **bare,
    )
    assert (code, said.strip()) == (0, "https://index.example/simple/")


async def test_what_is_there_is_set_up_and_what_cannot_be_is_said(account: Standing) -> None:
    tools = account.home / "tools"
    tools.mkdir()
    for name in ("uv", "pdm", "pipx", "poetry"):
        (tools / name).write_text("#!/bin/sh\n")
        (tools / name).chmod(0o755)
    code, said = await account.pratique("setup", "--url", account.url, PATH=str(tools))
    assert code == 0, said
    assert set(account.files()) == {".config/uv/uv.toml", ".config/pdm/config.toml", ".config/pip/pip.conf"}
    assert "pratique poetry ... puts a gate around each command" in said
    assert "pipx    asks what pip and uv ask" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("poetry",), "poetry has no such setting of its own"),
        (("conda",), "setup does not know conda"),
        (("--url", "ftp://gate.example/simple/"), "no URL of a gate"),
        (("--url", 'https://gate.example/"\nindex-url = x/simple/'), "no URL of a gate"),
        (("--url", "http://gate.example/simple/"), "pip takes no plain http from gate.example"),
        (("--undo", "pip"), "--undo takes back all that setup wrote"),
    ],
)
async def test_what_setup_cannot_do_is_said_before_anything_is_written(
    account: Standing, arguments: tuple[str, ...], sentence: str
) -> None:
    code, said = await account.pratique("setup", *arguments)
    assert (code, sentence in said) == (2, True), said
    assert account.files() == {}


async def test_a_gate_that_does_not_stand_yet_is_said(account: Standing) -> None:
    code, said = await account.pratique("setup", "--url", "http://127.0.0.1:9/simple/", "pip")
    assert (code, said.splitlines()[0]) == (0, "The gate is http://127.0.0.1:9/simple/; nothing answers there")
    async with serving(account.index) as other:
        said = (await account.pratique("setup", "--url", other, "pip"))[1]
    assert "something else than a gate listens there" in said


async def test_what_is_stronger_than_what_was_written_is_said(account: Standing) -> None:
    (account.home / "requirements.txt").write_text("--index-url https://ours.example/simple\n")
    code, said = await account.pratique(
        "setup", "--url", account.url, "pip", PIP_EXTRA_INDEX_URL="https://ann:secret@more.example/simple"
    )
    assert code == 0
    assert "! pip       also takes files from https://***@more.example/simple: the variable PIP_EXTRA_INDEX_URL" in said
    assert "            do  unset PIP_EXTRA_INDEX_URL" in said
    assert "ours.example" not in said
    assert "Stronger" not in (await account.pratique("setup", "--url", account.url, "pip"))[1]
