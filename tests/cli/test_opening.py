"""The gate of one wrapped command: nothing is opened until a client comes, and a client whose gate cannot open is ended."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from pratique.cli.notices import Notices
from pratique.cli.opening import OneGate
from pratique.errors import Tampered
from pratique.policy.load import default_policy
from pratique.settings import IndexOptions, Settings
from pratique.simulators.upstream import SimulatedIndex, serving


@pytest.fixture
async def there(index: SimulatedIndex) -> AsyncIterator[str]:
    """An index on loopback."""
    async with serving(index) as url:
        yield url


def gate_of(home: Path, index: str) -> OneGate:
    settings = Settings(home=str(home), index={"public": IndexOptions(url=index)})
    return OneGate(settings, default_policy(), Notices())


async def test_who_asks_for_nothing_opens_nothing(tmp_path: Path, there: str) -> None:
    async with gate_of(tmp_path / "home", there) as gate:
        serving_it = asyncio.ensure_future(gate.serve())
        await asyncio.sleep(0.1)
        assert not serving_it.done()
        serving_it.cancel()
    assert not (tmp_path / "home").exists()


async def test_who_comes_first_waits_and_is_answered(tmp_path: Path, there: str) -> None:
    async with gate_of(tmp_path / "home", there) as gate, aiohttp.ClientSession() as session:
        asked = asyncio.ensure_future(session.get(f"http://127.0.0.1:{gate.port}/simple/llmlook/"))
        serving_it = asyncio.ensure_future(gate.serve())
        async with await asked as answer:
            assert answer.status == 200
            assert "llmlook-1.82.6" in await answer.text()
        assert await gate.world() is await gate.world()
        serving_it.cancel()
    assert (tmp_path / "home" / "ledger.sqlite").is_file()


async def test_a_gate_that_is_left_listens_no_more(tmp_path: Path, there: str) -> None:
    async with gate_of(tmp_path / "home", there) as gate:
        port = gate.port
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_ledger_that_cannot_be_trusted_stays_shut_and_nobody_waits_for_it(tmp_path: Path, there: str) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 1000)
    async with gate_of(tmp_path, there) as gate:
        port = gate.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with pytest.raises(Tampered):
            await asyncio.wait_for(gate.serve(), 30)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 30)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        writer.close()


def wrapped(home: Path, index: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What a person sees who runs uv around a gate."""
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pratique", "uv", *arguments],
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(home.parent),
            "PRATIQUE_HOME": str(home),
            "UV_DEFAULT_INDEX": index,
            "UV_NO_CONFIG": "1",
        },
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


async def test_a_command_that_has_all_it_needs_imports_no_server_and_writes_no_ledger(
    tmp_path: Path, there: str
) -> None:
    home = tmp_path / "home"
    done = await asyncio.to_thread(wrapped, home, there, "pip", "install", "--target", "t", "-r", os.devnull)
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert imported & {"aiohttp", "cryptography", "pratique.app"} == set()
    assert not (home / "ledger.sqlite").exists()
    assert not list(home.glob("runs/*"))


async def test_a_client_whose_gate_cannot_open_is_ended_and_why_is_said(tmp_path: Path, there: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "ledger.sqlite").write_bytes(b"no database" * 1000)
    done = await asyncio.to_thread(wrapped, home, there, "pip", "install", "--target", "t", "llmlook")
    assert done.returncode == 12
    assert "ledger.sqlite is no sound SQLite database" in done.stderr
    assert not (tmp_path / "t" / "llmlook").exists()
    assert not list(home.glob("runs/*"))
