"""An account with a home of its own, and a gate that stands before a simulated index."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pratique.simulators.upstream import SimulatedIndex, serving

UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"


class Standing:
    """An account with a home of its own, and a gate that stands before a simulated index."""

    def __init__(self, folder: Path, index: SimulatedIndex, upstream: str) -> None:
        self.home = folder / "account"
        self.home.mkdir()
        self.index = index
        self.url = ""
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),  # noqa: TID251 - a child needs the environment
            "PRATIQUE_HOME": str(folder / "ledger"),
            "PRATIQUE_INDEX__PUBLIC__URL": upstream,
            "PRATIQUE_SERVER__LOG": "json",
            "NO_COLOR": "1",
        }

    async def run(self, *command: str, **more: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.home,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 120)
        return process.returncode or 0, said.decode()

    async def pratique(self, *arguments: str, **more: str) -> tuple[int, str]:
        return await self.run(sys.executable, "-m", "pratique", *arguments, **more)

    async def pip(self, requirement: str) -> tuple[int, str]:
        return await self.run(
            sys.executable, "-m", "pip", "install", "--no-cache-dir", "--no-deps", "--target", "pip-target", requirement
        )

    async def uv(self, requirement: str) -> tuple[int, str]:
        return await self.run(
            UV, "pip", "install", "--no-cache", "--python", sys.executable, "--target", "uv-target", requirement
        )

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in sorted((self.home / ".config").rglob("*"))
            if path.is_file()
        }


@contextlib.asynccontextmanager
async def standing(folder: Path, index: SimulatedIndex) -> AsyncIterator[Standing]:
    async with serving(index) as upstream:
        account = Standing(folder, index, upstream)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pratique", "serve", "--port", "0"),
            cwd=account.home,
            env=account.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            assert process.stderr is not None
            opened: dict[str, Any] = json.loads(await process.stderr.readline())
            account.url = f"{opened['url']}/simple/"
            yield account
        finally:
            process.terminate()
            await process.communicate()


@pytest.fixture
async def account(tmp_path: Path, index: SimulatedIndex) -> AsyncIterator[Standing]:
    async with standing(tmp_path, index) as account:
        yield account
